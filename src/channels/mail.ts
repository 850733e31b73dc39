// Mail by SMTP. One message per recipient; STARTTLS is required unless the host is this machine or plaintext was allowed.
import type { Readable } from 'node:stream';
import { type Transporter, createTransport } from 'nodemailer';
import { isFinal, refusalCause } from '../domain/mail/refusal.ts';
import { type MailCause, isSetup, setupAdvice } from '../domain/mail/smtp-advice.ts';
import { MINUTE } from '../domain/text/durations.ts';
import { oneLine } from '../domain/text/one-line.ts';
import type { Channel, Sent } from './channel.ts';
import { type SmtpError, causeOf } from './smtp-error.ts';
import { SMTP_PATIENCE, type SmtpServer, smtpOptions } from './smtp-options.ts';
import { probe } from './smtp-probe.ts';
import { asciiDomain, asciiOf, mailOf, needsSmtpUtf8 } from './templates/mail.ts';

export interface MailOptions extends SmtpServer {
  /** Most ms that the server may be silent when it was asked to accept the text. */
  readonly acceptance?: number;
  /** Takes our secrets out of a text: a server may repeat what it was sent. */
  readonly scrub: (text: string) => string;
}

/** Why the server would take no mail from us. `problem`: from outside, without our secrets. */
export interface MailProblem {
  readonly cause: MailCause;
  readonly problem: string;
}

export interface MailChannel extends Channel {
  /** Connects, secures the connection as for a mail, logs in, asks whether MAIL_FROM may send, leaves; sends nothing. null: all is well. */
  verify(): Promise<MailProblem | null>;
}

/** A server that has the text may take this long over it (RFC 5321, 4.5.3.2.6): who gives up sooner sends it twice. */
const ACCEPTANCE = 10 * MINUTE;
/** Networks drop connections that are silent for minutes, without notice. */
const IDLE = MINUTE;
/** A connection that the server closed meanwhile is noticed when it is used: then one more, and no other. */
const MAX_REQUEUES = 1;

export function createMailChannel(options: MailOptions): MailChannel {
  const { scrub, patience = SMTP_PATIENCE, acceptance = ACCEPTANCE } = options;
  const server = smtpOptions(options);
  const sender = asciiDomain(options.from);
  const transport = createTransport({
    ...server,
    socketTimeout: acceptance,
    pool: true,
    maxConnections: 2,
    maxRequeues: MAX_REQUEUES,
    idleTimeout: IDLE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const texts = watchTexts(transport);
  keepDomainsAscii(transport);
  const ask = (from: string | null) => probe({ ...server, socketTimeout: patience / 2 }, from);
  const offersSmtpUtf8 = async () => (await ask(null)).extensions.includes('SMTPUTF8');

  async function problemOf(thrown: unknown): Promise<MailProblem> {
    const error: SmtpError = thrown instanceof Error ? thrown : new Error('sending failed');
    const cause = causeOf(error);
    return { cause: cause === 'login' && (await wantsOAuth2()) ? 'oauth2' : cause, problem: inOneLine(error.message) };
  }

  function inOneLine(said: string): string {
    return oneLine(scrub(said), 400);
  }

  /** Where only a token can log in, each server answers a password in its own way. */
  async function wantsOAuth2(): Promise<boolean> {
    const { logins } = await ask(null).catch(() => ({ logins: [] }));
    return logins.length > 0 && logins.every((login) => login === 'XOAUTH2');
  }

  return {
    async send(outgoing) {
      const mail = mailOf(outgoing, options);
      const receiver = asciiDomain(outgoing.recipient);
      const silence = new AbortController();
      const timer = setTimeout(() => {
        if (!texts.isAskedFor(mail.messageId)) silence.abort();
      }, patience);
      try {
        const needing = [sender, receiver].find(needsSmtpUtf8);
        if (needing !== undefined && !(await offersSmtpUtf8()))
          return withoutSmtpUtf8(needing.address, needing === sender);
        const { response } = await transport.sendMail({ ...mail, signal: silence.signal });
        return { result: 'delivered', answer: inOneLine(response) };
      } catch (error) {
        if (!silence.signal.aborted) return judge(await problemOf(error));
        return {
          result: 'retry',
          reason: `the server did not request the text of the mail within ${patience / 1000} s`,
        };
      } finally {
        clearTimeout(timer);
        texts.forget(mail.messageId);
      }
    },
    async verify() {
      try {
        const { extensions, refused } = await ask(sender.address);
        if (needsSmtpUtf8(sender) && !extensions.includes('SMTPUTF8'))
          return { cause: 'sender', problem: lacksSmtpUtf8(sender.address) };
        if (refused === null) return null;
        return { cause: refusalCause(refused), problem: `MAIL FROM:<${sender.address}>: ${inOneLine(refused.text)}` };
      } catch (error) {
        return problemOf(error);
      }
    },
    close: () => {
      transport.close();
    },
  };
}

/** Which of the mails that are underway the server has asked the text of: nodemailer begins to read one then. By their ids. */
function watchTexts(transport: Pick<Transporter, 'use'>) {
  const texts = new Map<string, Readable>();
  transport.use('stream', ({ data, message }, done) => {
    message.processFunc((text) => {
      texts.set(String(data.messageId), text);
      return text;
    });
    done();
  });
  return {
    isAskedFor: (messageId: string) => texts.get(messageId)?.readableDidRead === true,
    forget: (messageId: string) => texts.delete(messageId),
  };
}

/** nodemailer writes a domain as it is read where the part before the @ is not ASCII. Servers know a domain by its ASCII form. */
function keepDomainsAscii(transport: Pick<Transporter, 'use'>): void {
  transport.use('stream', ({ message }, done) => {
    const { from, to } = message.getEnvelope();
    const envelope = { from: from === false ? from : inAscii(from), to: to.map(inAscii) };
    message.getEnvelope = () => envelope;
    // Whatever else of the headers is not ASCII is encoded.
    const headers = message.buildHeaders();
    message.buildHeaders = () => inAscii(headers);
    done();
  });
}

function inAscii(text: string): string {
  return text.replace(/(?<=@)[^\s<>,]+/g, asciiOf);
}

/** RFC 6531, 3.1: such an address is not given to a server that does not offer it. */
function withoutSmtpUtf8(address: string, isSender: boolean): Sent {
  const reason = lacksSmtpUtf8(address);
  if (!isSender) return { result: 'rejected', reason };
  const advice = setupAdvice('sender');
  return { result: 'retry', reason: `${reason}; ${advice}`, advice };
}

function lacksSmtpUtf8(address: string): string {
  return `the mail server does not offer SMTPUTF8, which ${address} needs: use an address with ASCII letters before the @`;
}

/** What is about this mail or its recipient is final. All else will be mended, so the message waits. */
function judge({ cause, problem }: MailProblem): Sent {
  if (isFinal(cause)) return { result: 'rejected', reason: problem };
  if (!isSetup(cause)) return { result: 'retry', reason: problem };
  const advice = setupAdvice(cause);
  return { result: 'retry', reason: `${problem}; ${advice}`, advice };
}

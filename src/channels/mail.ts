// Mail by SMTP. One message per recipient; STARTTLS is required unless the host is this machine or plaintext was allowed.
import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import { type Transporter, createTransport } from 'nodemailer';
import { MINUTE } from '../domain/text/durations.ts';
import type { Channel, Sent } from './channel.ts';
import { ehloName } from './ehlo-name.ts';
import { type MailStyle, domainOf, mailOf } from './templates/mail.ts';

export interface MailOptions extends MailStyle {
  /** `smtp://user:pass@host:587` or `smtps://host:465`. */
  readonly smtpUrl: string;
  readonly allowPlaintext: boolean;
  readonly isLoopback: boolean;
  /** Most ms until the server asks for the text of a mail, connecting and logging in included. */
  readonly patience?: number;
  /** Most ms that the server may be silent when it was asked to accept the text. */
  readonly acceptance?: number;
  /** This machine's name. */
  readonly hostname?: string;
  /** Takes our secrets out of a text: a server may repeat what it was sent. */
  readonly scrub: (text: string) => string;
}

/** Why the server would take no mail from us. `problem`: from outside, without our secrets. */
export interface MailProblem {
  readonly cause: 'login' | 'tls' | 'silence' | 'other';
  readonly problem: string;
}

export interface MailChannel extends Channel {
  /** Connects, secures the connection as for a mail, logs in, leaves; sends nothing. null: all of that went well. */
  verify(): Promise<MailProblem | null>;
}

/** Until the text is asked for (RFC 5321, 4.5.3.2.4). */
const TIMEOUT_MS = 2 * MINUTE;
/** A server that has the text may take this long over it (RFC 5321, 4.5.3.2.6): who gives up sooner sends it twice. */
const ACCEPTANCE = 10 * MINUTE;
/** To connect, and from there to the greeting. */
const GREETING = 30_000;
/** Networks drop connections that are silent for minutes, without notice. */
const IDLE = MINUTE;
/** A connection that the server closed meanwhile is noticed when it is used: then one more, and no other. */
const MAX_REQUEUES = 1;

export function createMailChannel(options: MailOptions): MailChannel {
  const { scrub, patience = TIMEOUT_MS, acceptance = ACCEPTANCE } = options;
  const transport = createTransport({
    ...connection(options),
    socketTimeout: acceptance,
    pool: true,
    maxConnections: 2,
    maxRequeues: MAX_REQUEUES,
    idleTimeout: IDLE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const texts = watchTexts(transport);

  return {
    async send(outgoing) {
      const mail = mailOf(outgoing, options);
      const silence = new AbortController();
      const timer = setTimeout(() => {
        if (!texts.isAskedFor(mail.messageId)) silence.abort();
      }, patience);
      try {
        await transport.sendMail({ ...mail, signal: silence.signal });
        return { result: 'delivered' };
      } catch (error) {
        if (!silence.signal.aborted) return judge(error, scrub);
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
      const once = createTransport({ ...connection(options), socketTimeout: patience / 2 });
      try {
        await once.verify();
        return null;
      } catch (error) {
        return problemOf(error, scrub);
      } finally {
        once.close();
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

function connection({ smtpUrl, allowPlaintext, isLoopback, from, ...options }: MailOptions) {
  const { patience = TIMEOUT_MS } = options;
  const url = new URL(smtpUrl);
  const name = ehloName(domainOf(from), options.hostname ?? hostname());
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !isLoopback && !allowPlaintext,
    ...(name !== null && { name }),
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: Math.min(GREETING, patience / 2),
    greetingTimeout: Math.min(GREETING, patience / 2),
  };
}

/**
 * 5yz to this message is final (RFC 5321, 4.2.1). A refused SMTP login also answers 5yz, but says nothing of the message:
 * it is our configuration's fault and will be mended, so the message waits.
 */
function judge(error: unknown, scrub: (text: string) => string): Sent {
  if (!(error instanceof Error)) return { result: 'retry', reason: 'sending failed' };
  const { responseCode, code } = error as Error & { responseCode?: number; code?: string };
  const reason = scrub(error.message).slice(0, 500);
  const isFinal = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH' && code !== 'ETLS';
  return { result: isFinal ? 'rejected' : 'retry', reason };
}

function problemOf(error: unknown, scrub: (text: string) => string): MailProblem {
  if (!(error instanceof Error)) return { cause: 'other', problem: 'it failed' };
  const { code } = error as Error & { code?: string };
  return { cause: causeOf(code ?? '', error.message), problem: scrub(error.message).slice(0, 500) };
}

/** By nodemailer's codes; a certificate that is not trusted, or TLS where there is none, comes as a broken socket. */
function causeOf(code: string, message: string): MailProblem['cause'] {
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'login';
  if (code === 'ETLS' || /certificate|altname|SSL|TLS/i.test(message)) return 'tls';
  return ['ESOCKET', 'ECONNECTION', 'ETIMEDOUT', 'EDNS', 'EPROTOCOL'].includes(code) ? 'silence' : 'other';
}

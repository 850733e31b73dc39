// Mail by SMTP. One message per recipient; STARTTLS is required unless the host is this machine or plaintext was allowed.
import { createTransport } from 'nodemailer';
import type { Channel, Outgoing, Sent } from './channel.ts';
import { mailHtml } from './templates/mail-html.ts';
import { mailText } from './templates/mail-text.ts';
import { subjectParts } from './templates/subject.ts';

export interface MailOptions {
  /** `smtp://user:pass@host:587` or `smtps://host:465`. */
  readonly smtpUrl: string;
  readonly allowPlaintext: boolean;
  readonly isLoopback: boolean;
  readonly from: string;
  readonly timeZone: string;
  /** Most ms that the server may be silent. */
  readonly patience?: number;
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

export function createMailChannel(options: MailOptions): MailChannel {
  const { timeZone, from } = options;
  const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
  const transport = createTransport({
    ...connection(options),
    pool: true,
    maxConnections: 2,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  function mail({ id, recipient, message, now }: Outgoing) {
    const thread = message.threadUploadId === null ? null : `<upload-${message.threadUploadId}@${domain}>`;
    const { headers, ...subject } = subjectParts(message.subject);
    return {
      from,
      to: recipient,
      ...subject,
      text: mailText(message, timeZone),
      html: mailHtml(message, timeZone),
      date: new Date(now),
      messageId: `<${id}@${domain}>`,
      ...(thread === null ? {} : { inReplyTo: thread, references: thread }),
      headers: {
        ...headers,
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        'List-Id': { prepared: true, value: `NOMAD upload monitor <nomad-upload-monitor.${domain}>` },
      },
    };
  }

  return {
    async send(outgoing) {
      try {
        await transport.sendMail(mail(outgoing));
        return { result: 'delivered' };
      } catch (error) {
        return judge(error, options.scrub);
      }
    },
    async verify() {
      try {
        await transport.verify();
        return null;
      } catch (error) {
        return problemOf(error, options.scrub);
      }
    },
    close: () => {
      transport.close();
    },
  };
}

function connection({ smtpUrl, allowPlaintext, isLoopback, patience = 60_000 }: MailOptions) {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !isLoopback && !allowPlaintext,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: patience / 2,
    greetingTimeout: patience / 2,
    socketTimeout: patience,
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

// Where and how to connect to the mail server, as nodemailer takes it.
import { hostname as ownName } from 'node:os';
import { MINUTE } from '../domain/text/durations.ts';
import { ehloName } from './ehlo-name.ts';
import { domainOf } from './templates/mail.ts';

export interface SmtpServer {
  /** `smtp://user:pass@host:587` or `smtps://host:465`. */
  readonly smtpUrl: string;
  readonly allowPlaintext: boolean;
  readonly isLoopback: boolean;
  readonly from: string;
  /** What we call ourselves (EHLO); null: see ehlo-name.ts. */
  readonly ehloName?: string | null;
  /** Most ms until the server asks for the text of a mail, connecting and logging in included. */
  readonly patience?: number;
  /** This machine's name. */
  readonly hostname?: string;
}

/** Until the text is asked for (RFC 5321, 4.5.3.2.4). */
export const SMTP_PATIENCE = 2 * MINUTE;
/** To connect, and from there to the greeting. */
const GREETING = 30_000;

export function smtpOptions({ smtpUrl, allowPlaintext, isLoopback, from, ...options }: SmtpServer) {
  const { patience = SMTP_PATIENCE } = options;
  const url = new URL(smtpUrl);
  const name = options.ehloName ?? ehloName(domainOf(from), options.hostname ?? ownName());
  const secure = url.protocol === 'smtps:';
  const hasLogin = url.username !== '';
  // Where plaintext may be sent, nothing is gained by giving up over a certificate that nobody signed, or over TLS that does not work.
  const isPlaintextGood = isLoopback || allowPlaintext;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usualPort(secure, isLoopback && !hasLogin) : Number(url.port),
    secure,
    requireTLS: !secure && !isPlaintextGood,
    opportunisticTLS: isPlaintextGood,
    tls: { rejectUnauthorized: !isPlaintextGood },
    ...(name !== null && { name }),
    ...(hasLogin && { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: Math.min(GREETING, patience / 2),
    greetingTimeout: Math.min(GREETING, patience / 2),
  };
}

/** Submission (RFC 6409), with TLS from the start RFC 8314; a server on this machine takes mail without a login on port 25. */
function usualPort(secure: boolean, isLocalRelay: boolean): number {
  if (secure) return 465;
  return isLocalRelay ? 25 : 587;
}

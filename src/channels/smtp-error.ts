// nodemailer's errors in the words of the domain: what the server refused, and at which step.
import { type SmtpAnswer, type SmtpStep, refusalCause } from '../domain/mail/refusal.ts';
import type { MailCause } from '../domain/mail/smtp-advice.ts';

/** What nodemailer adds to an Error. */
export interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

export function causeOf(error: SmtpError): MailCause {
  const answer = answerOf(error);
  if (answer !== null) return refusalCause(answer);
  const { code = '', message } = error;
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'login';
  // A certificate that is not trusted, or TLS where there is none, comes as a broken socket.
  if (code === 'ETLS' || /certificate|altname|SSL|TLS/i.test(message)) return 'tls';
  if (['ESOCKET', 'ECONNECTION', 'ETIMEDOUT', 'EDNS', 'EPROTOCOL'].includes(code)) return 'silence';
  // What nodemailer itself does not send: larger than the server said that it takes, or to no address.
  return code === 'EMESSAGE' || code === 'EENVELOPE' ? 'mail' : 'other';
}

/** null: the server refused nothing; the connection failed, or never came about. */
function answerOf({ code, command, response, responseCode }: SmtpError): SmtpAnswer | null {
  if (responseCode === undefined || response === undefined || code === 'ETLS') return null;
  return { step: stepOf(code ?? '', command ?? ''), code: responseCode, text: response };
}

function stepOf(code: string, command: string): SmtpStep {
  if (code === 'EAUTH' || command.startsWith('AUTH')) return 'login';
  if (command === 'MAIL FROM') return 'sender';
  if (command === 'RCPT TO') return 'recipient';
  return command === 'DATA' ? 'text' : 'connection';
}

// What to do about a set-up that a mail server refuses: one sentence each, for doctor, the log, the outbox and the page. Pure.
import type { RefusalCause, SetupCause } from './refusal.ts';

/** What has to be mended: `tls`: no connection that can be trusted came about. */
export type MailSetup = SetupCause | 'tls';

/** Why a mail was not taken. `silence`: no server was reached, or it stopped answering. */
export type MailCause = RefusalCause | MailSetup | 'silence' | 'other';

const ADVICE: Readonly<Record<MailSetup, string>> = {
  tls: 'the server must offer STARTTLS with a trusted certificate (NODE_EXTRA_CA_CERTS for your own authority); use smtps:// if it uses TLS from the start (port 465); where you trust the network, SMTP_ALLOW_PLAINTEXT=true does without both',
  login:
    'fix the user name and the password in SMTP_URL; write special characters there as %XX, for example an @ as %40',
  login_missing:
    'the server wants a login: write user and password into SMTP_URL, for example smtp://user:password@mail.lab.example:587',
  app_password:
    'this account needs an app password (application-specific password): create one at the mail provider, and write it into SMTP_URL instead of the usual password',
  oauth2:
    'this server takes no password over SMTP but wants OAuth2 or the like, which the monitor does not speak: send through a relay that takes mail without it, for example a Postfix on this machine',
  encryption:
    'the server wants an encrypted connection: use smtps:// with its port (usually 465), or smtp:// with its port for STARTTLS (usually 587)',
  sender: 'set MAIL_FROM to an address that this server lets you send from, with the user in SMTP_URL if there is one',
  relay:
    'the server does not let us send to this recipient: write user and password into SMTP_URL, or ask its administrators to allow this machine',
  limit:
    'the server has had as many mails from us as it allows: set MAIL_MAX_PER_HOUR lower, or ask for a higher limit',
  client:
    "the server does not accept this machine as a sender: ask the server's administrators; SMTP_EHLO_NAME sets the name that we give",
  domain:
    'the domain of MAIL_FROM does not allow mail from here (SPF, DKIM, DMARC or reverse DNS): send through the mail server of that domain',
  blocked: "the server has blocked the account or this machine: ask the server's administrators",
};

/** Whether that is what a refusal is about. */
export function isSetup(cause: MailCause): cause is MailSetup {
  return Object.hasOwn(ADVICE, cause);
}

export function setupAdvice(cause: MailSetup): string {
  return ADVICE[cause];
}

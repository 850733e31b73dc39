// Asks the mail server without sending anything: what it offers, and whether it lets us log in and send as MAIL_FROM.
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpAnswer } from '../domain/mail/refusal.ts';
import type { smtpOptions } from './smtp-options.ts';

export interface Probed {
  /** Of SMTPUTF8, 8BITMIME and the like. */
  readonly extensions: readonly string[];
  /** Ways to log in, of those that nodemailer knows. */
  readonly logins: readonly string[];
  /** The refusal of MAIL FROM; null: it was accepted, or not asked for. */
  readonly refused: SmtpAnswer | null;
}

export interface ProbeOptions extends ReturnType<typeof smtpOptions> {
  readonly socketTimeout: number;
}

/** nodemailer lets a handler of a login of our own speak to the server: ours logs nobody in. */
const ASK = 'ASK';

/** `sender`: null: the server is only greeted, without a login. Rejects with nodemailer's error where the connection or the login fails. */
export function probe({ auth, ...options }: ProbeOptions, sender: string | null): Promise<Probed> {
  return new Promise((resolve, reject) => {
    let probed: Probed | null = null;
    const connection = new SMTPConnection({
      ...options,
      customAuth: {
        [ASK]: async ({ extensions, authMethods, sendCommand }) => {
          const refused = sender === null ? null : await askSender(sender, extensions, sendCommand);
          probed = { extensions, logins: authMethods, refused };
        },
      },
    });
    const fail = (error: Error) => {
      reject(error);
      connection.close();
    };
    const ask = () => {
      connection.login({ method: ASK }, (error) => {
        if (error !== null || probed === null) {
          fail(error ?? new Error('the server said nothing'));
          return;
        }
        connection.quit();
        resolve(probed);
      });
    };
    connection.on('error', fail);
    connection.once('end', () => {
      fail(new Error('Connection closed unexpectedly'));
    });
    connection.connect((error) => {
      if (error) fail(error);
      else if (auth === undefined || sender === null || !connection.allowsAuth) ask();
      else
        connection.login(auth, (refusal) => {
          if (refusal === null) ask();
          else fail(refusal);
        });
    });
  });
}

type SendCommand = (command: string) => Promise<{ readonly response: string; readonly status: number }>;

async function askSender(
  sender: string,
  extensions: readonly string[],
  sendCommand: SendCommand,
): Promise<SmtpAnswer | null> {
  const isUtf8 = /[^\0-\x7f]/.test(sender) && extensions.includes('SMTPUTF8');
  const { response, status } = await sendCommand(`MAIL FROM:<${sender}>${isUtf8 ? ' SMTPUTF8' : ''}`);
  await sendCommand('RSET');
  return status >= 200 && status < 300 ? null : { step: 'sender', code: status, text: response };
}

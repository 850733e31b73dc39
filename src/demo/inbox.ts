// An inbox that speaks real SMTP on loopback and keeps what it gets. For the demo and the tests; it passes nothing on.
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly raw: string;
}

export interface SmtpRefusal {
  readonly code: number;
  readonly message: string;
}

/** Where a test steps in. */
export interface InboxHooks {
  readonly onLogin?: (username: string) => SmtpRefusal | undefined;
  readonly onRecipient?: (address: string) => SmtpRefusal | undefined;
  /** The mail is complete, the 250 not yet sent. A refused mail is not kept. */
  readonly beforeAccept?: (mail: ReceivedMail) => Promise<SmtpRefusal | undefined>;
  /** Before the greeting. */
  readonly onConnect?: () => Promise<void>;
  /** The mail is kept; the 250 is still not sent. */
  readonly afterKeeping?: (mail: ReceivedMail) => Promise<void>;
}

export interface InboxOptions {
  readonly port?: number;
  readonly onMail?: (mail: ReceivedMail) => void;
}

export interface Inbox {
  readonly url: string;
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  setHooks(hooks: InboxHooks): void;
  close(): Promise<void>;
}

export async function startInbox({ port = 0, onMail }: InboxOptions = {}): Promise<Inbox> {
  const mails: ReceivedMail[] = [];
  let hooks: InboxHooks = {};

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const mail = await read(
      Buffer.concat(chunks),
      session.envelope.rcptTo.map(({ address }) => address),
    );
    const refusal = await hooks.beforeAccept?.(mail);
    if (refusal !== undefined) throw toError(refusal);
    mails.push(mail);
    onMail?.(mail);
    await hooks.afterKeeping?.(mail);
  }

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    closeTimeout: 200,
    onAuth: (auth, _session, done) => {
      const refusal = hooks.onLogin?.(auth.username ?? '');
      if (refusal === undefined) done(null, { user: auth.username });
      else done(toError(refusal));
    },
    onConnect: (_session, done) =>
      void (hooks.onConnect?.() ?? Promise.resolve()).then(() => {
        done();
      }, done),
    onRcptTo: ({ address }, _session, done) => {
      const refusal = hooks.onRecipient?.(address);
      done(refusal === undefined ? null : toError(refusal));
    },
    onData: (stream, session, done) =>
      void take(stream, session).then(() => {
        done();
      }, done),
  });
  server.on('error', () => undefined); // a client that went away is no fault of the inbox
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const actual = (server.server.address() as AddressInfo).port;
  return {
    url: `smtp://127.0.0.1:${actual}`,
    port: actual,
    mails,
    setHooks: (next) => (hooks = next),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

async function read(raw: Buffer, to: readonly string[]): Promise<ReceivedMail> {
  const mail = await PostalMime.parse(raw);
  return {
    to,
    messageId: mail.messageId ?? '',
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
    raw: raw.toString('utf8'),
  };
}

function toError({ code, message }: SmtpRefusal): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

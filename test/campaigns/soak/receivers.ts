// Where messages of a soak go: a mail server, and an HTTP server for webhook, chat, Alertmanager and heartbeat. They count what they
// take and keep nothing of it, so that their own memory stays as it is.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Receivers {
  readonly smtpUrl: string;
  readonly hookUrl: string;
  readonly taken: () => { readonly mails: number; readonly hooks: number };
  /** Until it is called with false, both answer that they cannot take anything now. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

export async function startReceivers(): Promise<Receivers> {
  const taken = { mails: 0, hooks: 0 };
  let refusing = false;
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 200,
    onRcptTo: (_address, _session, done) => {
      done(refusing ? Object.assign(new Error('try again later'), { responseCode: 451 }) : null);
    },
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => {
        taken.mails += 1;
        done();
      });
    },
  });
  smtp.on('error', () => undefined); // a client that went away is no fault of the server
  const hook = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (!refusing) taken.hooks += 1;
      response.writeHead(refusing ? 503 : 200).end();
    });
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  return {
    smtpUrl: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    hookUrl: `http://127.0.0.1:${(hook.address() as AddressInfo).port}`,
    taken: () => ({ ...taken }),
    refuse: (isRefusing) => {
      refusing = isRefusing;
    },
    async close() {
      hook.closeAllConnections();
      await new Promise((resolve) => hook.close(resolve));
      await new Promise<void>((resolve) => {
        smtp.close(resolve);
      });
    },
  };
}

// Mail servers that say what a test wants, and a mail channel that sends to them.
import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type MailOptions, createMailChannel } from '../../src/channels/mail.ts';
import { T0, event, messageAbout, reader } from './builders.ts';

export const content = { kind: 'events', events: [event()] } as const;
export const message = messageAbout([event()]);

/** For servers that say nothing. Others are given time, however busy the machine is. */
export const IMPATIENT = { patience: 400, acceptance: 400 } as const;

export function mailer(context: TestContext, port: number, more: Partial<MailOptions> = {}) {
  const channel = createMailChannel({
    smtpUrl: `smtp://127.0.0.1:${port}`,
    allowPlaintext: false,
    isLoopback: true,
    from: 'Überwachung <m@bücher.example>',
    patience: 20_000,
    acceptance: 20_000,
    scrub: (text) => text.replaceAll('s3cret', '…'),
    ...more,
  });
  context.after(() => {
    channel.close();
  });
  const send = (recipient: string) =>
    channel.send({ id: 'd1', recipient, content, message, reader: reader(), now: T0 });
  return { ...channel, send };
}

/** A server that answers each line as told; null: not at all; undefined: it hangs up. */
export async function rude(context: TestContext, answer: (line: string) => string | null | undefined): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const reply = (line: string) => {
      const text = answer(line);
      if (text === undefined) socket.destroy();
      else if (text !== null) socket.write(`${text}\r\n`);
    };
    reply('');
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) reply(line);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Polite up to a point. */
export function until(point: RegExp, there: string | null | undefined): (line: string) => string | null | undefined {
  let isData = false;
  return (line) => {
    if (point.test(line)) return there;
    if (isData && line !== '.') return null;
    isData = line === 'DATA';
    if (line === '') return '220 rude';
    return isData ? '354 go on' : '250 ok';
  };
}

export async function strict(context: TestContext, options: SMTPServerOptions, host = '127.0.0.1'): Promise<number> {
  const server = new SMTPServer({ authOptional: true, closeTimeout: 100, ...options });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  context.after(
    () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  );
  return (server.server.address() as AddressInfo).port;
}

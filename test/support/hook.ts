// An HTTP server that takes what is sent to it, and answers as the test says.
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Hook {
  readonly url: string;
  readonly received: Received[];
  /** null: 200 and nothing more. */
  answer: ((request: Received, response: ServerResponse) => void) | null;
  close(): Promise<void>;
}

export async function startHook(context: TestContext): Promise<Hook> {
  const hook: { answer: Hook['answer'] } = { answer: null };
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const what = { method, path, headers, body };
      received.push(what);
      if (hook.answer === null) response.end('ok');
      else hook.answer(what, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  context.after(close);
  const { port } = server.address() as AddressInfo;
  return Object.assign(hook, { url: `http://127.0.0.1:${port}`, received, close });
}

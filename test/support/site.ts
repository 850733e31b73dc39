// The HTTP server of a test: all that it answers, with whatever the test changes; and what comes over a raw socket, where fetch cannot say it.
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { type HttpServerOptions, startHttp } from '../../src/http/server.ts';
import { type RawAnswer, answersIn } from './raw-answers.ts';
import { NO_PAGES } from './views.ts';

/** Answers with `http://127.0.0.1:PORT`. Ends with the test. */
export async function startSite(context: TestContext, change: Partial<HttpServerOptions> = {}): Promise<string> {
  const { url, close } = await startHttp({
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access: { token: null, basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: 'series 1\n' }),
    stuckLoops: () => [],
    notReady: async () => null,
    ...NO_PAGES,
    ...change,
  });
  context.after(close);
  return url;
}

/** Sends these lines as a request, as they are (`Connection: close` among them), and answers with the first answer. */
export async function askRaw(url: string, lines: readonly string[]): Promise<RawAnswer> {
  const { port } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  await once(socket, 'connect');
  socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
  const [answer] = answersIn(await buffer(socket));
  if (answer === undefined) throw new Error('there was no answer');
  return answer;
}

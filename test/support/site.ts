// The HTTP server of a test: all that it answers, with whatever the test changes; and what comes over a raw socket, where fetch cannot say it.
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { createAccountSite } from '../../src/http/account-site.ts';
import { createSite } from '../../src/http/routes.ts';
import { type HttpServerOptions, startHttp } from '../../src/http/server.ts';
import { type RawAnswer, answersIn } from './raw-answers.ts';
import type { Views } from '../../src/views/views.ts';
import { NO_PAGES, oneAccount } from './views.ts';

interface Change extends Partial<HttpServerOptions> {
  /** Of the one account that is watched. */
  readonly views?: Views;
}

/** Answers with `http://127.0.0.1:PORT`. Ends with the test. */
export async function startSite(context: TestContext, { views, ...change }: Change = {}): Promise<string> {
  const { url, close } = await startHttp({
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access: { token: null, basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: 'series 1\n' }),
    stuckLoops: () => [],
    notReady: async () => null,
    ...NO_PAGES,
    ...(views && { accounts: oneAccount(views) }),
    ...change,
  });
  context.after(close);
  return url;
}

/** Every route that there is: of the site, and of the account that is watched. */
export function allRoutes() {
  const options = {
    ...NO_PAGES,
    isLoopback: true,
    access: { token: null, basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    stuckLoops: () => [],
    notReady: async () => null,
  };
  const answer = () => new Response();
  const paths = { getPath: (request: Request) => new URL(request.url).pathname };
  const own = { ...options, ...paths, answerError: answer, answerNotFound: answer };
  const accounts = options.accounts().flatMap((account) => createAccountSite(account, own).routes);
  return { site: createSite(options).routes, accounts };
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

// Asks a monitor for text, whoever asks: so a Prometheus that always prefers OpenMetrics reads the other form too.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** `host:port`; ends with the test. */
export async function startTextRelay(context: TestContext, target: string): Promise<string> {
  const server = createServer((request, response) => {
    void fetch(`http://${target}${request.url ?? '/'}`, { headers: { accept: 'text/plain;version=0.0.4' } }).then(
      async (answer) => {
        const headers = { 'content-type': answer.headers.get('content-type') ?? '', connection: 'close' };
        response.writeHead(answer.status, headers).end(await answer.text());
      },
      () => response.writeHead(502).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

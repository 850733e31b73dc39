// What stands before NOMAD: compresses JSON as the nginx of NOMAD's own distribution does (gzip, from 1,000 bytes, where the client takes
// it), and counts the bytes that it sends.
import { type IncomingMessage, createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { constants, gzipSync } from 'node:zlib';

const SHORTEST = 1000;

export interface Gateway {
  readonly url: string;
  /** Over all connections, heads included. */
  bytesSent(): number;
}

export async function startGateway(behind: string): Promise<Gateway> {
  const { origin, pathname } = new URL(behind);
  let sent = 0;
  const server = createServer((incoming, response) => {
    const { 'accept-encoding': accepted = '', ...headers } = incoming.headers;
    const onward = request(`${origin}${incoming.url ?? ''}`, { method: incoming.method, headers });
    incoming.pipe(onward);
    onward.on('response', (answer) => {
      void collect(answer).then((body) => {
        const isZipped = /\bgzip\b/.test(accepted) && body.length >= SHORTEST;
        const { 'content-type': type, date } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, {
          'content-type': type,
          date,
          ...(isZipped ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
        });
        // nginx's level where its configuration names none.
        response.end(isZipped ? gzipSync(body, { level: constants.Z_BEST_SPEED }) : body);
      });
    });
  }).listen(0, '127.0.0.1');
  server.on('connection', (socket) => {
    let before = 0;
    const count = () => {
      sent += socket.bytesWritten - before;
      before = socket.bytesWritten;
    };
    socket.on('drain', count).on('data', count).on('close', count);
    open.add(count);
    socket.on('close', () => open.delete(count));
  });
  const open = new Set<() => void>();
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${pathname}`,
    bytesSent: () => {
      for (const count of open) count();
      return sent;
    },
  };
}

async function collect(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

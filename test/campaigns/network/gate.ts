// A door before a server that lets everything through and counts: connections, when each was opened, and the most at once.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';

export interface Gate {
  readonly port: number;
  /** When each connection was opened, ms. */
  readonly opened: readonly number[];
  limit(): number;
}

export async function startGate(context: TestContext, targetPort: number): Promise<Gate> {
  const opened: number[] = [];
  const open = new Set<object>();
  let limit = 0;
  const server = createServer((inside) => {
    const outside = connect(targetPort, '127.0.0.1');
    opened.push(Date.now());
    open.add(inside);
    limit = Math.max(limit, open.size);
    inside.pipe(outside).pipe(inside);
    const end = () => {
      inside.destroy();
      outside.destroy();
      open.delete(inside);
    };
    for (const socket of [inside, outside]) socket.on('error', end).on('close', end);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, opened, limit: () => limit };
}

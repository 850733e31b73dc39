// Stands between a client and the monitor, and lets each connection come from another address: one machine of 127/8 each. So that what is
// tried with wrong secrets is not slowed down, which is a test of its own.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { pipeline } from 'node:stream';

/** Answers with its port. */
export async function startRelay(context: TestContext, port: number): Promise<number> {
  let connections = 0;
  const relay = createServer({ noDelay: true }, (client) => {
    connections += 1;
    const localAddress = `127.1.${(connections >> 8) & 255}.${connections & 255}`;
    const monitor = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
    pipeline(client, monitor, client, () => undefined);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  context.after(() => relay.close());
  return (relay.address() as AddressInfo).port;
}

// Which address a request comes from: that of the connection, or what a proxy in front of us says of it.
import { BlockList, isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** `trusted`: networks as `address/bits`. */
export function createClientAddress(trusted: readonly string[]): (context: Context) => string {
  const list = new BlockList();
  for (const network of trusted) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  const isTrusted = (address: string) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  return (context) =>
    nearestUntrusted(getConnInfo(context).remote.address ?? '', context.req.header('x-forwarded-for') ?? '', isTrusted);
}

/**
 * Each proxy adds at the right whom it was asked by. What a trusted one added is believed, and what it was asked by is then judged in turn: the
 * first that is not trusted is the client, and could have written all that is left of it. What is no address ends this: it says nothing.
 */
export function nearestUntrusted(
  connected: string,
  forwardedFor: string,
  isTrusted: (address: string) => boolean,
): string {
  const added = forwardedFor.split(',');
  let address = addressIn(connected) ?? connected;
  while (isTrusted(address)) {
    const before = addressIn(added.pop() ?? '');
    if (before === null) break;
    address = before;
  }
  return address;
}

/** `192.0.2.7`, also with a port, or as IPv6 (`::ffff:192.0.2.7`); `2001:db8::7`, also with brackets and a port. null: none of these. */
function addressIn(text: string): string | null {
  const trimmed = text.trim();
  const bare =
    /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed.replace(/%.*$/, '');
  const plain = /^::ffff:([\d.]+)$/i.exec(bare)?.[1] ?? bare;
  return isIP(plain) === 0 ? null : plain;
}

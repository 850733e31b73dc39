// Whom a request comes from: the connection says, and proxies that are trusted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestUntrusted } from '../../src/http/client-address.ts';
import { startSite } from '../support/site.ts';

const trusted = (address: string) => /^(127\.|10\.|::1$|fd00:)/.test(address);
const cases: readonly (readonly [connected: string, forwardedFor: string, client: string])[] = [
  ['192.0.2.7', '', '192.0.2.7'],
  ['192.0.2.7', '198.51.100.1', '192.0.2.7'],
  ['127.0.0.1', '', '127.0.0.1'],
  ['127.0.0.1', '192.0.2.7', '192.0.2.7'],
  ['127.0.0.1', ' 192.0.2.7 ', '192.0.2.7'],
  ['127.0.0.1', '198.51.100.1, 192.0.2.7', '192.0.2.7'],
  ['127.0.0.1', '198.51.100.1,192.0.2.7,10.0.0.1, 10.0.0.2', '192.0.2.7'],
  ['127.0.0.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
  ['127.0.0.1', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
  ['::1', '2001:db8::7', '2001:db8::7'],
  ['::1', '[2001:db8::7]:4711', '2001:db8::7'],
  ['::1', '[2001:db8::7]', '2001:db8::7'],
  ['127.0.0.1', '192.0.2.7:4711', '192.0.2.7'],
  ['::ffff:127.0.0.1', '::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:10.1.2.3', '192.0.2.7, ::ffff:10.0.0.1', '192.0.2.7'],
  ['127.0.0.1', 'fe80::1%eth0', 'fe80::1'],
  ['127.0.0.1', '192.0.2.7, fd00::1', '192.0.2.7'],
  // What says nothing: the nearest that is known.
  ['127.0.0.1', 'unknown', '127.0.0.1'],
  ['127.0.0.1', '192.0.2.7, unknown', '127.0.0.1'],
  ['127.0.0.1', '192.0.2.7, _hidden, 10.0.0.1', '10.0.0.1'],
  ['127.0.0.1', '192.0.2.7,', '127.0.0.1'],
  ['127.0.0.1', ',,', '127.0.0.1'],
  ['127.0.0.1', '192.0.2.777', '127.0.0.1'],
  ['127.0.0.1', '192.0.2', '127.0.0.1'],
  ['127.0.0.1', '3221225991', '127.0.0.1'],
  ['127.0.0.1', '"192.0.2.7"', '127.0.0.1'],
  ['127.0.0.1', '[192.0.2.7', '127.0.0.1'],
  ['127.0.0.1', 'localhost', '127.0.0.1'],
  ['127.0.0.1', '<script>', '127.0.0.1'],
  ['', '192.0.2.7', ''],
];
for (const [connected, forwardedFor, client] of cases) {
  test(`connected from "${connected}", forwarded for "${forwardedFor}": ${client}`, () => {
    assert.equal(nearestUntrusted(connected, forwardedFor, trusted), client);
  });
}

const networks: readonly (readonly [trusted: readonly string[], forwardedFor: string, client: string])[] = [
  [['127.0.0.0/8', '::1/128'], '192.0.2.7', '192.0.2.7'],
  [[], '192.0.2.7', '127.0.0.1'],
  [['10.0.0.0/8'], '192.0.2.7', '127.0.0.1'],
  [['127.0.0.1/32', '10.1.2.3/8'], '192.0.2.7, 10.200.0.1', '192.0.2.7'],
  [['127.0.0.0/8', '10.0.0.0/30'], '192.0.2.7, 10.0.0.4', '10.0.0.4'],
  [['127.0.0.0/8', 'fd00::/8'], '2001:db8::7, FD12::1', '2001:db8::7'],
  [['127.0.0.0/8', '::ffff:10.0.0.0/104'], '192.0.2.7, 10.0.0.4', '192.0.2.7'],
];
for (const [trustedProxies, forwardedFor, client] of networks) {
  test(`trusted ${trustedProxies.join(' ')}, forwarded for "${forwardedFor}": ${client}, in two headers as in one`, async (context) => {
    const said: unknown[] = [];
    const url = await startSite(context, {
      access: { token: 'secret', basic: null },
      trustedProxies,
      onRefusal: ({ who }) => said.push(who['address']),
    });
    await fetch(url, { headers: { 'x-forwarded-for': forwardedFor } });
    const headers = new Headers();
    for (const each of forwardedFor.split(', ')) headers.append('x-forwarded-for', each);
    await fetch(url, { headers });
    assert.deepEqual(said, [client]);
  });
}

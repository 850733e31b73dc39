// What we call ourselves to a mail server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ehloName } from '../../src/channels/ehlo-name.ts';

const rows: readonly (readonly [string, domain: string, hostname: string, string | null])[] = [
  ['the machine has a full name', 'lab.example', 'monitor.lab.example', null],
  ['the machine is called localhost', 'lab.example', 'localhost.localdomain', 'lab.example'],
  ['the machine has an address in place of a name', 'lab.example', '192.0.2.7', 'lab.example'],
  ['a name that no DNS knows', 'lab.example', 'my_machine.lab', 'lab.example'],
  ['it has none', 'lab.example', '3f2a9c', 'lab.example'],
  ['a domain that is not ASCII', 'bücher.example', '3f2a9c', 'xn--bcher-kva.example'],
  ['a sender without a full domain', 'localhost', '3f2a9c', null],
  ['an address in place of a domain', '192.0.2.7', '3f2a9c', null],
  ['what is no domain', 'a_b.example', '3f2a9c', null],
  ['what is nothing', '', '', null],
];
for (const [what, domain, hostname, expected] of rows) {
  test(`EHLO: ${what}`, () => {
    assert.equal(ehloName(domain, hostname), expected);
  });
}

// docs/network.md has a cell for each scenario of `npm run test:network`, and no other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LINKS } from './lab.ts';
import { SCENARIOS } from './scenarios.ts';
import { STORMS } from './storms.ts';

const rows = readFileSync('docs/network.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('docs/network.md says of each fault what it does on each link, and of no other', () => {
  const documented = rows
    .filter((cells) => cells.length === 1 + LINKS.length)
    .slice(2)
    .flatMap(([fault, ...cells]) =>
      LINKS.filter((_, index) => cells[index] !== '–').map((link) => `${link}: ${fault}`),
    );
  assert.deepEqual(documented.toSorted(), SCENARIOS.map(({ link, fault }) => `${link}: ${fault}`).toSorted());
});

test('docs/network.md counts the requests of each outage, and of no other', () => {
  const documented = rows
    .filter((cells) => cells.length === 5)
    .slice(2)
    .map(([outage]) => `no storm: ${outage}`);
  assert.deepEqual(documented.toSorted(), STORMS.map(({ name }) => name).toSorted());
});

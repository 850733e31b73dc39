// What is generated of the documents is as `npm run docs` would write it now: who changes a variable or a metric is reminded of it here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generated } from '../../scripts/docs/generated.ts';
import { VARIABLES } from '../../src/config/variables/all.ts';

for (const { path, text } of await generated()) {
  test(`${path} is not stale`, () => {
    assert.ok(readFileSync(path, 'utf8') === text, `${path} is stale: npm run docs`);
  });
}

test('docs/configuration.md has a row for each variable', () => {
  const rows = [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  for (const { name } of VARIABLES) assert.equal(rows.filter((row) => row === name).length, 1, name);
});

// The kept answers are still what the real NOMAD answers.
import assert from 'node:assert/strict';
import { REQUESTS, askAll, fixtureOf, shapeOf } from '../../support/answers.ts';
import { PATHS, askPaging, readKept } from '../../demo/paging.ts';
import { askWithPats, keptPats } from '../../demo/pats.ts';
import { type Case, makePat } from './cases.ts';
import { seedFixtures } from './fixtures.ts';
import type { RealNomad } from './start.ts';

function keptOf({ version, facts: { kept } }: RealNomad): 1 | 2 {
  if (kept === null) throw new Error(`no answers of ${version} are kept`);
  return kept;
}

export const fixturesCases: readonly Case[] = [
  {
    name: `${REQUESTS.length} kept answers are what the server answers`,
    when: ({ kept }) => kept !== null,
    async run(real) {
      await seedFixtures(real);
      for (const [name, answer] of await askAll(real.url)) {
        assert.deepEqual(shapeOf(answer), shapeOf(fixtureOf(keptOf(real), name)), name);
      }
    },
  },
  {
    name: `${PATHS.length} kept answers about pages, orders and filters are what the server answers`,
    when: ({ kept }) => kept !== null,
    async run(real) {
      await seedFixtures(real);
      assert.deepEqual(Object.fromEntries(await askPaging(real.url)), readKept(keptOf(real)));
    },
  },
  {
    name: 'kept answers to personal access tokens are what the server answers',
    when: ({ kept }) => kept === 2,
    async run(real) {
      await seedFixtures(real);
      assert.deepEqual(await askWithPats(real.url, (scopes) => makePat(real, scopes)), keptPats());
    },
  },
];

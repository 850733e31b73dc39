// Lives of uploads: what people do by NOMAD's own routes, what NOMAD's own code makes of it, and what the monitor tells after each step.
// The same is told of each version, but where a line says otherwise.
import assert from 'node:assert/strict';
import type { Case } from './cases.ts';
import { handOf } from './hand.ts';
import { LIVES_OF_PEOPLE } from './lives-people.ts';
import { LIVES_OF_RUNS } from './lives-runs.ts';
import { watching } from './watching.ts';

export const livesCases: readonly Case[] = [...LIVES_OF_RUNS, ...LIVES_OF_PEOPLE].map(
  ({ name, when, stuckAfter, beats }) => ({
    name: `told of a life: ${name}`,
    ...(when !== undefined && { when }),
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      const kinds = await watching(real, context, stuckAfter);
      assert.deepEqual(await kinds(), ['monitor.baseline']);
      const [told, expected]: [string[][], string[][]] = [[], []];
      for (const [act, kindsOfBeat] of beats(hand, id, real)) {
        await act();
        told.push((await kinds()).toSorted());
        expected.push(kindsOfBeat.toSorted());
      }
      assert.deepEqual(told, expected);
      assert.deepEqual(await kinds(), [], 'and nothing more');
    },
  }),
);

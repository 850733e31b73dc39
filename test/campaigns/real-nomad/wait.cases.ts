// `wait` on a real NOMAD, with no monitor beside it: each way in which a processing can end, by NOMAD's own routes and its own code.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { GRACE } from '../../../src/demo/nomad-state.ts';
import { createLook } from '../../../src/jobs/wait-look.ts';
import { findNew } from '../../../src/jobs/wait-new.ts';
import { type WaitEnd, waitFor } from '../../../src/jobs/wait.ts';
import { type Case, wireTo } from './cases.ts';
import type { Facts } from './generations.ts';
import { BAD, GOOD, type Hand, handOf } from './hand.ts';
import { FAILS, fill } from './life.ts';
import type { RealNomad } from './start.ts';

type Act = (hand: Hand, id: string, real: RealNomad) => Promise<unknown>;

/** Waits, and does one of these in each pause; then nothing more, and the time is up. */
async function waitWhile(
  real: RealNomad,
  context: TestContext,
  acts: readonly (() => Promise<unknown>)[],
  stuckAfter?: number,
) {
  const { nomad, clock, ahead } = wireTo(real, context);
  const over = new AbortController();
  const left = [...acts];
  const pause = async (milliseconds: number) => {
    ahead.by += milliseconds;
    const act = left.shift();
    if (act === undefined) over.abort();
    await act?.();
    return act !== undefined;
  };
  const parts = { clock, random: () => 0.5, pause, signal: over.signal };
  const look = createLook({ nomad, deployment: real.url, stuckAfter: stuckAfter ?? 7_200_000, clock, counts: false });
  const run = (ids: readonly string[]) =>
    waitFor({ ...parts, ids, look, stored: async () => null, nextLook: () => 0, onStep: () => undefined });
  return { ...parts, nomad, run };
}

function said({ uploads: [first] }: WaitEnd): string {
  const outcome = first?.outcome;
  if (outcome === undefined) return '';
  if (!outcome.ended) return outcome.waitsFor;
  return outcome.reason === null ? outcome.result : `${outcome.result}: ${outcome.reason}`;
}

const put: Act = (hand, id) => hand.put(id, 'a.archive.yaml', GOOD);
const work: Act = (hand, id) => hand.work(id);
const match: Act = (hand, id) => hand.work(id, { until: 'Matching' });
const parse: Act = (hand, id) => hand.work(id, { until: 'Parsing level' });
const nothing: Act = async () => undefined;

const reset =
  (...options: readonly string[]): Act =>
  (_, id, real) =>
    real.control(`uploads/${id}/admin`, ['reset', ...options]);
const halfDone =
  (then: Act): Act =>
  async (hand, id, real) => {
    for (const act of [put, match, then]) await act(hand, id, real);
  };

interface End {
  readonly what: string;
  readonly when?: (facts: Facts) => boolean;
  readonly before?: Act;
  readonly acts: readonly Act[];
  readonly end: RegExp;
  readonly stuckAfter?: number;
}

const ENDS: readonly End[] = [
  { what: 'good', acts: [put, match, parse, work], end: /^good$/ },
  { what: 'good, and it was so before', before: fill, acts: [], end: /^good$/ },
  {
    what: 'good again',
    before: async (hand, id) => {
      await fill(hand, id);
      await hand.process(id);
    },
    acts: [match, work],
    end: /^good$/,
  },
  {
    what: 'an entry failed',
    acts: [(hand, id) => hand.put(id, 'b.archive.yaml', BAD), parse, work],
    end: /^entries_failed: 1 of 1 entry failed/,
  },
  {
    what: 'nothing was recognised',
    acts: [(hand, id) => hand.put(id, 'notes.txt', 'x'), work],
    end: /^empty: no file matched a parser$/,
  },
  {
    what: 'failed, and the two writes of it',
    acts: [put, (hand, id) => hand.work(id, { until: 'half', ...FAILS }), work],
    end: /^failed: OSError: No space left on device$/,
  },
  {
    what: 'it had failed, and is processed again',
    before: async (hand, id) => {
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, FAILS);
      await hand.process(id);
    },
    acts: [match, work],
    end: /^good$/,
  },
  {
    what: 'stopped by its author',
    when: ({ worker }) => worker === 'temporal',
    acts: [put, match, (hand, id) => hand.stop(id)],
    end: /^stopped: an author stopped the processing$/,
  },
  {
    what: 'reset by an administrator',
    acts: [put, match, reset()],
    end: /^reset: an administrator reset it/,
  },
  { what: 'reset by an administrator before a worker took it', acts: [put, reset()], end: /^reset: / },
  { what: 'it had been reset before', before: halfDone(reset()), acts: [], end: /^reset: / },
  { what: 'reset to SUCCESS', acts: [put, match, reset('--success')], end: /^reset: / },
  { what: 'reset to FAILURE', before: halfDone(reset('--failure')), acts: [], end: /^reset: / },
  { what: 'deleted before it was processed', acts: [(hand, id) => hand.remove(id)], end: /^deleted: it was deleted$/ },
  {
    what: 'given away',
    acts: [(_, id, real) => real.control(`uploads/${id}`, { main_author: GRACE.id }, 'PATCH')],
    end: /^unshared: it is no longer shared with you$/,
  },
  { what: 'stuck', acts: [put, nothing, nothing], stuckAfter: 0, end: /^stuck: nothing has moved for too long/ },
  { what: 'never processed', acts: [nothing], end: /^begin$/ },
];

const ofEnd = ({ what, when, before, acts, end, stuckAfter }: End): Case => ({
  name: `wait: ${what}`,
  ...(when !== undefined && { when }),
  async run(real, context) {
    const hand = await handOf(real);
    const id = await hand.create();
    await before?.(hand, id, real);
    const doing = acts.map((act) => () => act(hand, id, real));
    const { run } = await waitWhile(real, context, doing, stuckAfter);
    assert.match(said(await run([id])), end);
  },
});

export const waitCases: readonly Case[] = [
  ...ENDS.map(ofEnd),
  {
    name: 'wait: an id that is not there, and one that is not ours',
    async run(real, context) {
      const hand = await handOf(real);
      const [mine, theirs] = [await hand.create(), await hand.create()];
      await real.control(`uploads/${theirs}`, { main_author: GRACE.id }, 'PATCH');
      const { run } = await waitWhile(real, context, []);
      const got = await run([mine, 'aaaaaaaaaaaaaaaaaaaaaa', theirs]);
      assert.ok(got.why === 'unknown');
      assert.deepEqual([...got.unknown.values()], ['deleted', 'unshared']);
    },
  },
  {
    name: 'wait --new: the upload that was just made, and two of one name',
    async run(real, context) {
      const hand = await handOf(real);
      await hand.create('older');
      const ids: string[] = [];
      const make = async () => ids.push(await hand.create('new'));
      const parts = await waitWhile(real, context, [async () => undefined, make]);
      const find = () => findNew({ ...parts, name: 'new', onStep: () => undefined });
      assert.deepEqual(await find(), { why: 'found', ids });
      await make();
      assert.equal(((await find()) as { ids?: readonly string[] }).ids?.length, 2);
    },
  },
];

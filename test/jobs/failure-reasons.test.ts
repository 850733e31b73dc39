// How many logs of failed entries a poll reads, and when it stops.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entries } from '../../src/domain/upload.ts';
import { explain } from '../../src/jobs/failure-reasons.ts';
import type { EntryLogAnswer } from '../../src/nomad/entry-log.ts';
import type { Nomad } from '../../src/nomad/nomad.ts';
import { entries } from '../support/builders.ts';

const LOG = { reason: "KeyError: 'atomtypes'", before: null };
const named = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `e${index}`, mainfile: `${index}`, parser: 'p', error: 'E' }));
const failed = (count: number): Entries =>
  entries({ total: count, successful: 0, failed: count, failing: named(Math.min(5, count)) });

interface Script {
  readonly log?: EntryLogAnswer;
  readonly page?: null;
  /** ms that each request takes. */
  readonly takes?: number;
}

function world({ log = LOG, page, takes = 0 }: Script) {
  const asked: string[] = [];
  const timeouts: number[] = [];
  let time = 1000;
  const nomad = {
    failing: async (id: string, count: number) => {
      asked.push(`page ${id} ${count}`);
      time += takes;
      return page === null ? null : named(Math.min(50, count));
    },
    entryLog: async (id: string, timeout: number) => {
      asked.push(`log ${id}`);
      timeouts.push(timeout);
      time += takes;
      return log;
    },
  } as unknown as Nomad;
  return { nomad, asked, timeouts, monotonic: () => time };
}

const cases: readonly (readonly [
  what: string,
  uploads: readonly number[],
  script: Script,
  expected: { readonly pages: number; readonly logs: number; readonly explained: number },
])[] = [
  ['nothing failed', [], {}, { pages: 0, logs: 0, explained: 0 }],
  ['two entries', [2], {}, { pages: 0, logs: 2, explained: 1 }],
  ['as many as the list names', [5], {}, { pages: 0, logs: 5, explained: 1 }],
  ['500 entries of one upload', [500], {}, { pages: 1, logs: 5, explained: 1 }],
  ['500 entries of two', [500, 500], {}, { pages: 2, logs: 10, explained: 2 }],
  ['500 entries of each of ten', Array(10).fill(500) as number[], {}, { pages: 10, logs: 10, explained: 10 }],
  ['500 entries of each of forty', Array(40).fill(500) as number[], {}, { pages: 10, logs: 10, explained: 10 }],
  ['one entry of each of forty', Array(40).fill(1) as number[], {}, { pages: 0, logs: 20, explained: 20 }],
  ['the longer list does not come', [500], { page: null }, { pages: 1, logs: 5, explained: 1 }],
  ['a token that may not read entries', [500, 500], { log: 'scope' }, { pages: 1, logs: 1, explained: 0 }],
  ['no log says why', [5], { log: 'unknown' }, { pages: 0, logs: 5, explained: 0 }],
  ['NOMAD does not answer', [5, 5], { log: 'silence' }, { pages: 0, logs: 2, explained: 0 }],
  ['NOMAD answers slowly', [5, 5], { takes: 6000 }, { pages: 0, logs: 4, explained: 1 }],
];
for (const [what, uploads, script, { pages, logs, explained }] of cases) {
  test(`${what}: ${pages} page(s) and ${logs} log(s), ${explained} explained`, async () => {
    const { nomad, asked, timeouts, monotonic } = world(script);
    const given = uploads.map((count, index) => [`u${index}`, failed(count)] as const);
    const { answers, refused } = await explain(nomad, given, { monotonic, signal: undefined });
    const count = (start: string) => asked.filter((each) => each.startsWith(start)).length;
    assert.deepEqual(
      { pages: count('page'), logs: count('log'), explained: answers.length },
      { pages, logs, explained },
    );
    assert.equal(refused, script.log === 'scope');
    assert.ok(timeouts.every((each) => each > 0 && each <= 10_000));
    assert.ok(asked.length <= 20);
  });
}

test('when the monitor is being stopped, nothing more is asked', async () => {
  const { nomad, asked, monotonic } = world({});
  const { answers } = await explain(nomad, [['u1', failed(5)]], { monotonic, signal: AbortSignal.abort() });
  assert.deepEqual([answers, asked], [[], []]);
});

test('what the answer held before is still in it', async () => {
  const { nomad, monotonic } = world({});
  const { answers } = await explain(nomad, [['u1', failed(2)]], { monotonic, signal: undefined });
  const [first] = answers;
  const { explanation, ...rest } = first?.[1] ?? failed(0);
  assert.deepEqual(rest, failed(2));
  assert.equal(explanation?.groups[0]?.reason, LOG.reason);
});

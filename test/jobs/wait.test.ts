// `wait` without a monitor and beside one: against the simulated NOMAD in all three generations, with a clock that the test moves.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { GENERATIONS, type Generation } from '../../src/demo/nomad-generations.ts';
import {
  type SimulatedUpload,
  type World,
  addUpload,
  fail,
  queue,
  remove,
  reset,
  start,
  stop,
  succeed,
  unshare,
  waitForEntries,
} from '../../src/demo/nomad-state.ts';
import { HEALTHY, type Health } from '../../src/domain/nomad/health.ts';
import type { TrackedUpload } from '../../src/domain/upload.ts';
import { NOT_SEEN } from '../../src/domain/wait/outcome.ts';
import { findNew } from '../../src/jobs/wait-new.ts';
import { createLook } from '../../src/jobs/wait-look.ts';
import { type WaitEnd, type WaitOptions, waitFor } from '../../src/jobs/wait.ts';
import type { StoredSight } from '../../src/store/sql/sight.ts';
import { MINUTE, T0, inspected, watched } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';

const ENTRY = { id: 'e1', mainfile: 'x', parser: 'p', error: 'E' };
type Step = (upload: SimulatedUpload, now: number, world: World) => unknown;

interface Deeds {
  readonly before?: (upload: SimulatedUpload, now: number, world: World) => void;
  /** What happens in each pause; then nothing more. */
  readonly steps?: readonly Step[];
  readonly generation: Generation;
  readonly stored?: WaitOptions['stored'];
  readonly stuckAfter?: number;
  /** How long it is waited, ms. */
  readonly span?: number;
}

async function setUp(
  context: TestContext,
  { before, steps = [], generation, stored, stuckAfter, span = 30 * MINUTE }: Deeds,
) {
  const wired = await wire({ generation });
  context.after(() => wired.close());
  const { time, nomad, server } = wired;
  const upload = addUpload(server.world, 'u1', T0 - MINUTE, { name: 'batch-42' });
  before?.(upload, T0, server.world);
  const over = new AbortController();
  const left = [...steps];
  const pause = async (milliseconds: number) => {
    time.now += milliseconds;
    left.shift()?.(upload, time.now, server.world);
    if (time.now >= T0 + span) over.abort();
    return !over.signal.aborted;
  };
  const clock = () => time.now;
  const parts = { clock, random: () => 0.5, pause, signal: over.signal };
  const look = createLook({
    nomad,
    deployment: server.url,
    stuckAfter: stuckAfter ?? 120 * MINUTE,
    clock,
    counts: true,
  });
  const problems: (string | null)[] = [];
  const onStep = ({ problem }: { readonly problem: string | null }) => void problems.push(problem);
  const wait = (ids: readonly string[] = ['u1']) =>
    waitFor({
      ...parts,
      ids,
      look,
      stored: stored ?? (async () => null),
      nextLook: (lookedAt) => lookedAt + 3 * MINUTE,
      onStep,
    });
  return { ...wired, ...parts, upload, wait, problems };
}

/** `failed: KeyError: x`; of an open one what is waited for. */
function said({ uploads: [first] }: WaitEnd): string {
  const outcome = first?.outcome ?? NOT_SEEN;
  if (!outcome.ended) return outcome.waitsFor;
  return outcome.reason === null ? outcome.result : `${outcome.result}: ${outcome.reason}`;
}

const process: Step = (upload, _, world) => {
  queue(world, upload);
};
const parse: Step = (upload) => {
  start(upload);
};
const good: Step = (upload, now) => {
  succeed(upload, now, 3);
};
const bad: Step = (upload, now) => {
  fail(upload, now, ['KeyError: x']);
};
const partly: Step = (upload, now) => {
  succeed(upload, now, 3, [ENTRY]);
};
const nothing: Step = (upload, now) => {
  succeed(upload, now, 0);
};
const gone: Step = (upload, _, world) => {
  remove(world, upload);
};
const RESET = 'reset: an administrator reset it: nothing is processed';

const ENDS: readonly (readonly [what: string, readonly Step[], end: string])[] = [
  ['good', [good], 'good'],
  ['failed', [bad], 'failed: KeyError: x'],
  ['some entries failed', [partly], 'entries_failed: 1 of 3 entries failed'],
  ['empty', [nothing], 'empty: no file matched a parser'],
  ['reset by an administrator', [reset], RESET],
  ['deleted', [gone], 'deleted: it was deleted'],
  ['given away', [unshare], 'unshared: it is no longer shared with you'],
];

for (const generation of GENERATIONS) {
  for (const [what, steps, end] of ENDS) {
    test(`NOMAD ${generation}, seen while it is processed: ${what}`, async (context) => {
      const all = [process, parse, waitForEntries, () => undefined, ...steps];
      const { wait } = await setUp(context, { generation, steps: all });
      const got = await wait();
      assert.deepEqual([got.why, said(got)], ['ended', end]);
    });
    if (what === 'deleted' || what === 'given away') continue;
    test(`NOMAD ${generation}, it was so before: ${what}`, async (context) => {
      const before = (upload: SimulatedUpload, now: number, world: World) => {
        for (const step of [process, parse, ...steps]) step(upload, now, world);
      };
      const { wait, lines } = await setUp(context, { generation, before });
      const got = await wait();
      assert.deepEqual([got.why, said(got)], ['ended', end]);
      const looks = lines().filter((line) => line.startsWith('GET /uploads/u1') && !line.includes('entries'));
      assert.equal(looks.length, 1, 'it answers at once');
    });
  }

  test(`NOMAD ${generation}: the run after a failure counts, not the failure`, async (context) => {
    const { wait } = await setUp(context, {
      generation,
      before(upload, now, world) {
        bad(upload, now - MINUTE, world);
        queue(world, upload);
      },
      steps: [parse, good],
    });
    assert.equal(said(await wait()), 'good');
  });

  test(`NOMAD ${generation}: reset before a worker took it, while nothing but its status showed that`, async (context) => {
    const { wait } = await setUp(context, { generation, steps: [process, () => undefined, reset] });
    assert.equal(said(await wait()), RESET);
  });

  test(`NOMAD ${generation}: one that nobody processes, and the time is up`, async (context) => {
    const { wait } = await setUp(context, { generation });
    const got = await wait();
    assert.deepEqual([got.why, said(got)], ['aborted', 'begin']);
  });

  test(`NOMAD ${generation}: stuck`, async (context) => {
    const { wait } = await setUp(context, { generation, before: process, stuckAfter: 10 * MINUTE });
    assert.match(said(await wait()), /^stuck: nothing has moved for too long: /);
  });
}

test('an author stops it (1.4 and later)', async (context) => {
  const { wait } = await setUp(context, { generation: '1.4', steps: [process, parse, stop] });
  assert.equal(said(await wait()), 'stopped: an author stopped the processing');
});

test('an id that is not there, and one that is not ours: at once', async (context) => {
  const { wait, server } = await setUp(context, { generation: '2.0' });
  const theirs = addUpload(server.world, 'theirs', T0);
  unshare(theirs);
  const got = await wait(['u1', 'nope', 'theirs']);
  assert.ok(got.why === 'unknown');
  assert.deepEqual(
    [...got.unknown],
    [
      ['nope', 'deleted'],
      ['theirs', 'unshared'],
    ],
  );
  assert.equal(server.requests.filter(({ line }) => line.startsWith('GET /uploads')).length, 3);
});

test('NOMAD away: it goes on, with growing pauses, and says what is wrong', async (context) => {
  let isAway = true;
  const { wait, problems, server } = await setUp(context, {
    generation: '2.0',
    before: good,
    steps: [...Array.from({ length: 5 }, () => () => undefined), () => (isAway = false)],
  });
  server.setFault(() => (isAway ? { status: 503, headers: { 'retry-after': '60' } } : undefined));
  const got = await wait();
  assert.equal(said(got), 'good');
  assert.match(problems[0] ?? '', /503/);
  assert.equal(problems.at(-1), null);
});

test('a refused login ends it at once', async (context) => {
  const { wait, server } = await setUp(context, { generation: '2.0' });
  server.setFault(({ path }) =>
    path === '/auth/token'
      ? {
          status: 401,
          body: '{"detail":"Incorrect username or password"}',
          headers: { 'content-type': 'application/json' },
        }
      : undefined,
  );
  const got = await wait();
  assert.ok(got.why === 'refused');
  assert.match(got.problem, /NOMAD_PASSWORD/);
});

/** A monitor's state: polls of `polls`, in turn, one for each look at it. */
function monitor(polls: readonly Partial<StoredSight>[]): { readonly stored: WaitOptions['stored'] } {
  const left = [...polls];
  let last: Partial<StoredSight> = {};
  return {
    stored: async () => {
      last = left.shift() ?? last;
      const health: Health = { ...HEALTHY, lookedAt: last.polledAt ?? T0 - 1 };
      return {
        sequence: 7,
        takenAt: T0,
        total: 3,
        polledAt: null,
        uploads: new Map(),
        gone: new Map(),
        health,
        ...last,
      };
    },
  };
}

const of = (upload: TrackedUpload) => new Map([[upload.upload.id, upload]]);
const idle = watched({}, { inspection: inspected() });
const atWork = watched({ status: 'PENDING', message: 'Parsing level 0' });
const broken = watched({ status: 'FAILURE', errors: ['KeyError: x'] });
const BEFORE = { polledAt: T0 - 1000 };
const SINCE = { polledAt: T0 + 1000 };
const DURING: Partial<StoredSight> = { uploads: of(atWork), ...BEFORE };

const BESIDE: readonly (readonly [what: string, polls: readonly Partial<StoredSight>[], end: string])[] = [
  [
    'an end from before the question counts only when a later poll shows it',
    [
      { uploads: of(idle), ...BEFORE },
      { uploads: of(broken), ...SINCE },
    ],
    'failed: KeyError: x',
  ],
  [
    'it goes on being good',
    [
      { uploads: of(idle), ...BEFORE },
      { uploads: of(idle), ...SINCE },
    ],
    'good',
  ],
  ['it is processed, and ends', [DURING, { uploads: of(atWork), ...SINCE }, { uploads: of(idle), ...SINCE }], 'good'],
  ['it is deleted', [DURING, { gone: new Map([['u1', 'deleted']]), ...SINCE }], 'deleted: it was deleted'],
  [
    'it is given away',
    [DURING, { gone: new Map([['u1', 'unshared']]), ...SINCE }],
    'unshared: it is no longer shared with you',
  ],
  [
    'the clocks do not agree',
    [
      { uploads: of(idle), ...BEFORE },
      { uploads: of(broken), ...BEFORE, sequence: 8 },
      { uploads: of(idle), ...BEFORE, sequence: 9 },
    ],
    'good',
  ],
  [
    'of a large account an end that was seen to come',
    [
      { ...DURING, total: 2000 },
      { uploads: of(broken), ...SINCE, total: 2000 },
    ],
    'failed: KeyError: x',
  ],
];

for (const [what, polls, end] of BESIDE) {
  test(`beside a monitor, without a request: ${what}`, async (context) => {
    const { wait, lines } = await setUp(context, { generation: '2.0', ...monitor(polls) });
    const got = await wait();
    assert.deepEqual([got.why, said(got), lines()], ['ended', end, []]);
  });
}

const ASKED: readonly (readonly [what: string, polls: readonly Partial<StoredSight>[]])[] = [
  ['does not know it', [SINCE]],
  ['does not find it in its list', [{ uploads: of({ ...idle, absence: { askAt: T0 } }), ...SINCE }]],
  ['does not know how many entries failed', [{ uploads: of(watched()), ...SINCE }]],
  ['lists the account only now and then, and the upload rested', [{ uploads: of(idle), ...SINCE, total: 2000 }]],
  ['does not poll when it should', [{ uploads: of(atWork), ...BEFORE }]],
];

for (const [what, polls] of ASKED) {
  test(`NOMAD is asked where the monitor ${what}`, async (context) => {
    const { wait, lines } = await setUp(context, { generation: '2.0', before: partly, ...monitor(polls) });
    const got = await wait();
    assert.deepEqual([got.why, said(got)], ['ended', 'entries_failed: 1 of 3 entries failed']);
    assert.ok(lines().some((line) => line === 'GET /uploads/u1'));
  });
}

test('beside a monitor whose NOMAD is away: it says so, and sends no request', async (context) => {
  const failing = { since: T0, problem: 'list of uploads: NOMAD answered 503', told: false };
  const health = { ...HEALTHY, failing, lookedAt: T0 + 30 * MINUTE };
  const { wait, lines } = await setUp(context, { generation: '2.0', ...monitor([{ uploads: of(atWork), health }]) });
  const got = await wait();
  assert.deepEqual([got.why, got.problem, lines()], ['aborted', failing.problem, []]);
});

test('beside a monitor whose login is refused', async (context) => {
  const refused = { since: T0, polls: 1, told: true };
  const health = { ...HEALTHY, refused, lookedAt: T0 + 1000 };
  const { wait, lines } = await setUp(context, { generation: '2.0', ...monitor([{ uploads: of(atWork), health }]) });
  assert.deepEqual([(await wait()).why, lines()], ['refused', []]);
});

test('the upload just made: it appears, there are two, it never comes', async (context) => {
  const setup = {
    generation: '2.0',
    steps: [() => undefined, (_: unknown, now: number, world: World) => addUpload(world, 'u2', now, { name: 'new' })],
  } as const;
  const { nomad, server, ...parts } = await setUp(context, setup);
  const find = (name: string) => findNew({ ...parts, nomad, name, onStep: () => undefined });
  assert.deepEqual(await find('new'), { why: 'found', ids: ['u2'] });
  addUpload(server.world, 'u3', T0 + 10 * 1000, { name: 'new' });
  assert.deepEqual(await find('new'), { why: 'found', ids: ['u3', 'u2'] });
  assert.deepEqual(await find('never'), { why: 'aborted', problem: null });
});

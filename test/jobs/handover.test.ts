// When a leader hands over, when another one offers itself, and that what only a leader does is left out by the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandover } from '../../src/jobs/handover.ts';
import { ALONE, NotLeading } from '../../src/store/leadership.ts';
import { logger } from '../support/logger.ts';

interface Situation {
  readonly leads: boolean;
  /** The last poll got no complete listing. */
  readonly failing?: boolean;
  readonly reaches?: boolean;
  /** A poll was good since it leads. */
  readonly good?: boolean;
  readonly asked?: boolean;
  readonly offered?: boolean;
  /** A poll has waited for an answer for so long, ms. */
  readonly waiting?: number;
  /** It has led for so long, ms. */
  readonly ledFor?: number;
}

async function doesIn(situation: Situation): Promise<string> {
  const did: string[] = [];
  const time = { now: 0 };
  const note = (what: string) => async () => void did.push(what);
  const { leads, failing = false, reaches = false, good = true, asked = false, offered = false } = situation;
  const lead = createHandover({
    leadership: {
      ...ALONE,
      isLeading: () => leads,
      ask: note('asks'),
      offer: note('offers'),
      isAsked: async () => asked,
      isOffered: async () => offered,
      resign: () => void did.push('resigns'),
    },
    log: logger().log,
    monotonic: () => time.now,
    isFailing: () => failing,
    canReach: async () => reaches,
    wasGood: () => good,
  });
  const { signal } = new AbortController();
  if (situation.ledFor !== undefined) {
    await lead.runOnce(0, signal);
    did.length = 0;
    time.now += situation.ledFor;
  }
  const run = async () => {
    time.now += situation.waiting ?? 0;
    await lead.runOnce(0, signal);
  };
  await (situation.waiting === undefined ? run() : lead.asking(run));
  return did.join(' ');
}

const MINUTE = 60_000;
const ROWS: readonly (readonly [string, Situation, string])[] = [
  ['all is well', { leads: true, offered: true }, ''],
  ['a poll failed, nobody offers', { leads: true, failing: true }, 'asks'],
  ['a poll failed, another one reaches NOMAD', { leads: true, failing: true, offered: true }, 'asks resigns'],
  ['a poll waits, not for long', { leads: true, waiting: 2900, offered: true }, ''],
  ['a poll waits, and NOMAD answers nothing else', { leads: true, waiting: 3100, offered: true }, 'asks resigns'],
  ['a poll waits, and NOMAD answers something else', { leads: true, waiting: 3100, reaches: true, offered: true }, ''],
  ['it has just taken over, and fails as well', { leads: true, failing: true, good: false, offered: true }, ''],
  [
    'it has led for ten minutes and never saw NOMAD',
    { leads: true, failing: true, good: false, offered: true, ledFor: 10 * MINUTE },
    'asks resigns',
  ],
  ['it stands by', { leads: false, reaches: true }, ''],
  ['it stands by, is asked, and reaches NOMAD', { leads: false, asked: true, reaches: true }, 'offers'],
  ['it stands by, is asked, and does not reach it either', { leads: false, asked: true }, ''],
];
for (const [name, situation, expected] of ROWS) {
  test(`${name}: ${expected === '' ? 'nothing' : expected}`, async () => {
    assert.equal(await doesIn(situation), expected);
  });
}

test('what only a leader does is left out by others; one that lost the lead in the middle says so and goes on', async () => {
  const { log, logged } = logger();
  const leads = { now: false };
  const lead = createHandover({
    leadership: { ...ALONE, isLeading: () => leads.now },
    ...{ log, monotonic: () => 0, isFailing: () => false, canReach: async () => true, wasGood: () => true },
  });
  const runs: number[] = [];
  const { signal } = new AbortController();
  const run = lead.whenLeading(async (now) => void runs.push(now));
  await run(1, signal);
  leads.now = true;
  await run(2, signal);
  assert.deepEqual(runs, [2]);
  await lead.whenLeading(async () => {
    throw new NotLeading('another one leads');
  })(3, signal);
  assert.match(JSON.stringify(logged), /another one leads/);
  await assert.rejects(
    lead.whenLeading(async () => {
      throw new Error('a fault of ours');
    })(4, signal),
    /a fault of ours/,
  );
});

// Target: the whole way from NOMAD's bytes to the state: client, tokens, listing, comparison, commit, against a server that lies in every way.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { connectNomad } from '../../../src/app/nomad.ts';
import { messageOf } from '../../../src/domain/message/message.ts';
import { partialQuery } from '../../../src/domain/diff/partial.ts';
import { createPoll } from '../../../src/jobs/poll.ts';
import { type PollOutcome, POLL_RESULTS } from '../../../src/jobs/poll-outcome.ts';
import { createLog, createScrubber } from '../../../src/log.ts';
import type { Nomad } from '../../../src/nomad/nomad.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { MINUTE, T0 } from '../../support/builders.ts';
import { routing } from '../../support/routing.ts';
import { read } from './answers.ts';
import { REASONS, checkEntries, checkFound, checkListing, checkProblem } from './checks.ts';
import { type Liar, startLiar } from './liar.ts';
import { type Script, scripts } from './nomad-answers.ts';
import { type Running, running } from './target.ts';

interface Input {
  readonly first: Script;
  readonly second: Script;
  readonly minutes: number;
  readonly byToken: boolean;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  first: scripts,
  second: scripts,
  minutes: fc.oneof(fc.nat(20), fc.nat(10_000)),
  byToken: fc.boolean(),
});

const PASSWORD = 'correct-horse-battery';
const TOKEN = 'a-token-of-somebody';
const SECRETS = [PASSWORD, TOKEN, 'fuzz-access-token', 'fuzz-app-token'];

/** `wrap`: what a bad implementation does to NOMAD's answers. */
export async function startListing(wrap: (nomad: Nomad) => Nomad = (nomad) => nomad): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-fuzz-'));
  const store = openSqliteStore(folder);
  const liar = await startLiar();
  const unexpected: unknown[] = [];
  const note = (error: unknown) => unexpected.push(error);
  process.on('uncaughtException', note).on('unhandledRejection', note);
  let run = 0;

  async function check({ first, second, minutes, byToken }: Input): Promise<void> {
    const time = { now: T0 };
    const scrubber = createScrubber([PASSWORD, TOKEN]);
    const logged: string[] = [];
    const log = createLog({
      level: 'debug',
      format: 'json',
      colour: false,
      scrub: scrubber.scrub,
      write: (line) => logged.push(line),
    });
    const credentials = byToken
      ? ({ kind: 'token', token: TOKEN } as const)
      : ({ kind: 'password', username: 'ada', password: PASSWORD } as const);
    const { client, nomad: real } = connectNomad({
      config: { url: liar.url, credentials, tokenLifetime: 3600, roles: [], proxyEnv: {} },
      version: '1',
      scrubber,
      clock: () => time.now,
      random: () => 0.5,
      refusals: { recent: async () => [], add: async () => undefined },
    });
    const nomad = wrap(real);
    run += 1;
    const poll = createPoll({
      nomad,
      store,
      log,
      // Each run is an account of its own.
      deployment: `https://nomad-${run}.example/api/v1`,
      login: 'login',
      routing: routing({ mail: { to: null }, webhook: true, chat: true }),
      stuckAfter: 120 * MINUTE,
      unreachableAfter: 0,
      sweepAfter: (at) => at,
      clock: () => time.now,
      monotonic: () => time.now,
      random: () => 0.5,
    });
    try {
      liar.play(first);
      await checkQuestions(nomad, liar, time.now);
      for (const script of [first, second]) {
        liar.play(script);
        await checkOutcome(await poll.runOnce(time.now), store);
        time.now += minutes * MINUTE;
      }
      const all = logged.join('');
      for (const secret of SECRETS) assert.ok(!all.includes(secret), 'a secret in the log');
      for (const line of logged) JSON.parse(line);
      assert.deepEqual(unexpected, [], 'an error that nobody caught');
    } finally {
      client.close();
    }
  }

  return running(inputs, check, async () => {
    process.off('uncaughtException', note).off('unhandledRejection', note);
    await liar.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

async function checkQuestions(nomad: Nomad, liar: Liar, now: number): Promise<void> {
  let seen = { count: 0, total: 0 };
  const listing = await nomad.list(now, undefined, (count, total) => (seen = { count, total }));
  if (listing.ok) {
    checkListing(listing.value);
    const { uploads, malformed } = listing.value;
    assert.equal(uploads.length + malformed.length, seen.total, 'complete, and not all of it');
    assert.equal(totalSaid(liar.said.at(-1)), seen.total, 'complete, and NOMAD says another number');
  } else checkFailure(listing);
  const part = await nomad.listPart(partialQuery({ sequence: 1, takenAt: now, uploads: new Map() }, now), now);
  if (part.ok) checkListing(part.value);
  else checkFailure(part);
  assert.ok(['deleted', 'unshared', 'present', 'unknown'].includes(await nomad.verdict('u1', 'ada')));
  for (const look of ['counts', 'few', 'many'] as const) {
    const entries = await nomad.entries('u1', look);
    if (typeof entries === 'object') checkEntries(entries);
  }
  for (const [id, name] of await nomad.names(['ada', 'grace']))
    assert.ok(id !== '' && name !== '' && name.length <= 2000);
}

function totalSaid(body: Buffer | undefined): unknown {
  const said = read(body ?? Buffer.alloc(0));
  if (typeof said !== 'object' || said === null || !('pagination' in said)) return null;
  const { pagination } = said;
  return typeof pagination === 'object' && pagination !== null && 'total' in pagination ? pagination.total : null;
}

function checkFailure({
  reason,
  problem,
  retryAfter,
}: {
  readonly reason: string;
  readonly problem: string;
  readonly retryAfter: number | null;
}): void {
  assert.ok(REASONS.includes(reason), reason);
  checkProblem(problem, SECRETS);
  assert.ok(
    retryAfter === null || (Number.isFinite(retryAfter) && retryAfter >= 0),
    `retry after ${String(retryAfter)}`,
  );
}

async function checkOutcome(outcome: PollOutcome, store: Store): Promise<void> {
  assert.ok(POLL_RESULTS.includes(outcome.result), outcome.result);
  for (const event of outcome.events) {
    checkFound(event);
    assert.match(event.id, /^[\da-f]{32}$/);
    const text = JSON.stringify(event);
    for (const secret of SECRETS) assert.ok(!text.includes(secret), `a secret in an event: ${text}`);
  }
  const health = JSON.stringify(outcome.health);
  for (const secret of SECRETS) assert.ok(!health.includes(secret), `a secret in the state: ${health}`);
  if (outcome.events.length > 0) messageOf({ kind: 'events', events: outcome.events });
  if (outcome.watching === null) return;
  assert.deepEqual(
    await store.loadSnapshot(outcome.watching.account),
    outcome.snapshot,
    'the state is not what was seen',
  );
}

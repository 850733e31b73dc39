// One poll: who are we, what is there, what changed, ONE commit. Sends nothing. A poll that fails changes no upload's state;
// what it tells of NOMAD itself is committed the same way.
import { createHash } from 'node:crypto';
import type { Verdicts } from '../domain/diff/missing.ts';
import { type ClockReading, jumpBetween } from '../domain/nomad/clock-jump.ts';
import { diff } from '../domain/diff/diff.ts';
import type { Event, DetectedChange } from '../domain/event.ts';
import {
  type Contact,
  type Health,
  type Identity,
  type Judgement,
  HEALTHY,
  judgeHealth,
  judgeSilence,
  judgeWaiting,
  shiftHealth,
} from '../domain/nomad/health.ts';
import type { EntriesAnswers } from '../domain/diff/entry-check.ts';
import { guiOf } from '../domain/text/links.ts';
import type { Notification } from '../domain/notify/hold.ts';
import { partialQuery } from '../domain/diff/partial.ts';
import { pollDelay } from '../domain/notify/backoff.ts';
import type { RunDuration } from '../domain/diff/transition.ts';
import type { Malformed, Snapshot, Upload } from '../domain/upload.ts';
import type { Log } from '../log.ts';
import type { Failure } from '../nomad/failure.ts';
import type { Nomad } from '../nomad/nomad.ts';
import { type Account, type AccountId, StateNotWrittenError, type Store } from '../store/store.ts';
import { askAboutEntries, askAboutMissing } from './follow-up.ts';
import type { Routing } from './recipients.ts';
import { createPollLog } from './poll-log.ts';

export const POLL_RESULTS = ['ok', 'unreachable', 'unauthorized', 'invalid', 'incomplete', 'skipped'] as const;
export type PollResult = (typeof POLL_RESULTS)[number];

/** sweep: the whole listing of a large account; poll: every other. */
export const POLL_KINDS = ['poll', 'sweep'] as const;

export interface PollOutcome {
  readonly kind: (typeof POLL_KINDS)[number];
  readonly result: PollResult;
  readonly startedAt: number;
  readonly milliseconds: number;
  /** null unless `ok`. */
  readonly snapshot: Snapshot | null;
  readonly names: ReadonlyMap<string, string>;
  readonly events: readonly Event[];
  readonly durations: readonly RunDuration[];
  readonly malformed: readonly Malformed[];
  /** Whose uploads these are; null unless `ok`. */
  readonly watching: {
    readonly account: AccountId;
    readonly identity: Identity;
    /** When the account was first polled, ms. */
    readonly watchedSince: number;
  } | null;
  /** What is known of NOMAD itself after it. */
  readonly health: Health;
}

export interface PollOptions {
  readonly nomad: Nomad;
  readonly store: Store;
  readonly log: Log;
  /** The API base; with the user it is the account. */
  readonly deployment: string;
  /** Names the login without any secret; stands for the user where the token may not say who it is. */
  readonly login: string;
  readonly routing: Routing;
  /** ms. */
  readonly stuckAfter: number;
  readonly unreachableAfter: number;
  /** When the next sweep is due after one at that time, ms. */
  readonly sweepAfter: (time: number) => number;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  /** When NOMAD last answered something that was no failure, as `monotonic` tells it. */
  readonly answeredAt?: () => number;
  readonly random: () => number;
}

type FailedPoll = Failure & { readonly kind?: PollOutcome['kind'] };

export interface PollJob {
  runOnce(now: number, signal?: AbortSignal): Promise<PollOutcome>;
  /** Whether NOMAD is left alone for now: it failed, or asked for it. */
  isWaiting(now: number): boolean;
  /** Tells an outage at its time: while a poll waits for an answer, and while NOMAD is left alone. null: nothing to tell. */
  lookAtSilence(now: number): Promise<PollOutcome | null>;
}

/** A listing of up to this many takes five requests, and shows everything: an account is large beyond it. */
const LARGE = 1000;

export function createPoll(options: PollOptions): PollJob {
  const { nomad, store, log, deployment, unreachableAfter, stuckAfter } = options;
  const healthKey = `${deployment} ${options.login}`;
  const pollLog = createPollLog(log);
  let me: Identity | null = null;
  let health: Health | null = null;
  let isFirst = true;
  let failures = 0;
  /** No poll between these two. */
  let wait = { from: 0, until: 0 };
  /** When a large account was last listed in full; null: not since the start. */
  let sweptAt: number | null = null;
  let last: ClockReading | null = null;
  let isRunning = false;
  /** When the poll underway began; null: there is none, or it asks NOMAD nothing more. */
  let asking: ClockReading | null = null;
  /** The look at the silence that is underway: what it stores comes before what a poll stores. */
  let looking: Promise<unknown> = Promise.resolve();
  /** What this process committed last: the store need not be read again while it is what is stored. */
  let held: { readonly account: AccountId; readonly snapshot: Snapshot } | null = null;

  async function runOnce(now: number, signal?: AbortSignal): Promise<PollOutcome> {
    isRunning = true;
    await looking;
    try {
      return await attempt(now, signal);
    } catch (error) {
      // Then what is stored may be newer than what is remembered here.
      if (error instanceof StateNotWrittenError && error.mayBeStored) health = null;
      throw error;
    } finally {
      isRunning = false;
      asking = null;
    }
  }

  async function attempt(now: number, signal?: AbortSignal): Promise<PollOutcome> {
    const begun = { now, monotonic: options.monotonic() };
    const before = noticeClock(now, health ?? (await store.loadHealth(healthKey)) ?? HEALTHY);
    health = before;
    if (isWaiting(now)) {
      const judged = judgeWaiting(before, unreachableAfter, now);
      return outcome(now, { result: 'skipped', events: await commitHealth(judged, now) });
    }
    asking = begun;
    const result = await poll(now, before, signal);
    if (!('reason' in result)) {
      pollLog.answers(failures, now);
      failures = 0;
      return result;
    }
    await hasAsked();
    // A request without an answer takes its time: it is part of the outage, and the wait begins after it.
    const endedAt = now + Math.round(options.monotonic() - begun.monotonic);
    const since = result.reason === 'unreachable' ? silentSince(begun) : now;
    failures += 1;
    wait = { from: endedAt, until: endedAt + pollDelay(failures, result.retryAfter, options.random()) };
    pollLog.failing(result, { failures, wait_s: Math.round((wait.until - endedAt) / 1000) }, endedAt);
    // What was cut because we are ending says nothing about NOMAD.
    const isCut = signal?.aborted === true;
    const events = isCut ? [] : await commitHealth(judge(health, { ...result, since }, endedAt), endedAt);
    return outcome(now, { result: result.reason, events, kind: result.kind ?? 'poll' });
  }

  function isWaiting(now: number): boolean {
    return now >= wait.from && now < wait.until;
  }

  async function poll(now: number, healthBefore: Health, signal?: AbortSignal): Promise<PollOutcome | FailedPoll> {
    if (me === null) {
      const known = await nomad.identity(signal);
      if (!known.ok) return known;
      me = known.value;
      pollLog.identity(me, options.routing.mailTo(me));
    }
    const account = await accountOf(me, now);
    const before = await store.loadSnapshot(account.id, held?.account === account.id ? held.snapshot : null);
    const isLarge = before !== null && before.uploads.size > LARGE;
    const kind = isLarge && isSweepDue(now) ? 'sweep' : 'poll';
    const read = await (isLarge && kind === 'poll'
      ? nomad.listPart(partialQuery(before, now), now, signal)
      : nomad.list(now, signal));
    // A set that never holds still must not keep the small polls from being made.
    const isFull = before === null || kind === 'sweep';
    if (isFull && !read.ok && read.reason === 'incomplete') sweptAt = now;
    if (!read.ok) return { ...read, kind };
    const listing = read.value;
    pollLog.malformed(listing);

    const about = { nomad, pollLog, listing, userId: me.userId, stuckAfter, isBack: failures > 0, now, signal };
    const verdicts: Verdicts = before === null ? new Map() : await askAboutMissing({ ...about, before });
    const entries: EntriesAnswers = before === null ? new Map() : await askAboutEntries({ ...about, before });
    const names = await namesOf(authorsOf(before, listing.uploads), healthBefore, signal);
    const gui = guiOf(deployment);
    const { found, after, stall, ...changes } = diff({
      before,
      listing,
      verdicts,
      entries,
      stall: before === null ? null : (healthBefore.stall ?? null),
      names,
      userId: me.userId,
      stuckAfter,
      gui,
      now,
    });
    await hasAsked();
    const { found: ofNomad, health: judged } = judge(health ?? healthBefore, { ok: true, identity: me }, now);
    const healthAfter: Health = { ...judged, names: Object.fromEntries(names), stall };
    const told = await store.commitPoll({
      ...toTell([...ofNomad, ...found], account, me),
      account: account.id,
      login: healthKey,
      health: healthAfter,
      comparedWith: before?.sequence ?? null,
      takenAt: after.takenAt,
      changed: changes.changed,
      removed: changes.removed,
      now,
    });
    if (isFull) sweptAt = now;
    held = { account: account.id, snapshot: after };
    noteHealth(healthAfter);
    pollLog.events(told);
    return outcome(now, {
      kind,
      result: 'ok',
      snapshot: after,
      names,
      events: told,
      durations: changes.durations,
      malformed: listing.malformed,
      watching: { account: account.id, identity: me, watchedSince: account.createdAt },
    });
  }

  /** A poll has its answers: from now on it judges by itself. */
  async function hasAsked(): Promise<void> {
    asking = null;
    await looking;
  }

  /** Requests of a poll follow one another: the one underway was made when the one before was answered. */
  function silentSince(begun: ClockReading): number {
    return begun.now + Math.max(0, Math.round((options.answeredAt?.() ?? 0) - begun.monotonic));
  }

  function lookAtSilence(now: number): Promise<PollOutcome | null> {
    const look = looking.then(() => lookNow(now));
    looking = look.catch(() => undefined);
    return look;
  }

  async function lookNow(now: number): Promise<PollOutcome | null> {
    if (health === null || (isRunning && asking === null)) return null;
    if (asking === null && !isWaiting(now)) return null;
    const judged =
      asking === null
        ? judgeWaiting(health, unreachableAfter, now)
        : judgeSilence(health, silentSince(asking), { isFirst, unreachableAfter, now });
    if (judged.found.length === 0) return null;
    return outcome(now, { result: 'skipped', events: await commitHealth(judged, now) });
  }

  async function commitHealth(judged: Judgement, now: number): Promise<readonly Event[]> {
    if (judged.health === health) return [];
    const identity = me ?? judged.health.identity ?? { userId: null, email: null };
    const account = await accountOf(identity, now);
    const told = await store.commitHealth({
      ...toTell(judged.found, account, identity),
      account: account.id,
      login: healthKey,
      health: judged.health,
      now,
    });
    noteHealth(judged.health);
    pollLog.events(told);
    return told;
  }

  function judge(before: Health, result: Contact, now: number): Judgement {
    return judgeHealth(before, { contact: result, token: nomad.tokenLife(), isFirst, unreachableAfter, now });
  }

  /** Those whom NOMAD does not name at the moment keep the name that it told before. */
  async function namesOf(authors: readonly string[], { names = {} }: Health, signal?: AbortSignal) {
    const known = new Map(Object.entries(names));
    const told = await nomad.names(authors, signal);
    const named = authors.map((id) => [id, told.get(id) ?? known.get(id)] as const);
    return new Map(named.filter((each): each is readonly [string, string] => each[1] !== undefined));
  }

  function noteHealth(judged: Health): void {
    health = judged;
    isFirst = false;
  }

  function noticeClock(now: number, before: Health): Health {
    const reading = { now, monotonic: options.monotonic() };
    const jump = jumpBetween(last ?? reading, reading);
    last = reading;
    if (jump === 0) return before;
    // NOMAD asked for so much time, not for a time by our clock.
    wait = { from: wait.from + jump, until: wait.until + jump };
    log.warn({ by_s: Math.round(jump / 1000) }, 'the clock was set, or the machine slept');
    return shiftHealth(before, jump);
  }

  function isSweepDue(now: number): boolean {
    return sweptAt === null || now < sweptAt || now >= options.sweepAfter(sweptAt);
  }

  async function accountOf({ userId }: Identity, now: number): Promise<Account & { readonly user: string }> {
    const user = userId ?? options.login;
    return { user, ...(await store.openAccount(deployment, user, now)) };
  }

  function toTell(
    found: readonly DetectedChange[],
    account: Account & { readonly user: string },
    identity: Identity,
  ): { readonly events: readonly Event[]; readonly notifications: readonly Notification[] } {
    const identify = (text: string) => hash(`${deployment} ${account.user} ${account.createdAt} ${text}`);
    const events = found.map(({ key, ...rest }): Event => ({ id: identify(key), ...rest }));
    return { events, notifications: options.routing.notifications(events, identity) };
  }

  function outcome(startedAt: number, rest: Partial<PollOutcome> & { readonly result: PollResult }): PollOutcome {
    const milliseconds = Math.max(0, options.clock() - startedAt);
    const nothing = {
      snapshot: null,
      names: new Map<string, string>(),
      events: [],
      durations: [],
      malformed: [],
      watching: null,
    };
    return { kind: 'poll', startedAt, milliseconds, health: health ?? HEALTHY, ...nothing, ...rest };
  }

  return { runOnce, isWaiting, lookAtSilence };
}

/** Of all that are shown and of those that went: a small poll lists only a part. */
function authorsOf(before: Snapshot | null, listed: readonly Upload[]): readonly string[] {
  const authors = new Set(listed.map(({ mainAuthor }) => mainAuthor));
  for (const { upload } of before?.uploads.values() ?? []) authors.add(upload.mainAuthor);
  return [...authors];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

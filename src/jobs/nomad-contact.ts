// Whether NOMAD may be asked now, and how it treats us: pauses after failures, outages, refused logins, and what is reported of them. A poll
// that fails changes no upload's state; what it shows of NOMAD itself is committed here. Sends nothing.
import type { Event } from '../domain/event.ts';
import {
  type Contact,
  type Health,
  type Identity,
  type Judgement,
  type TokenLife,
  HEALTHY,
  judgeHealth,
  judgeSilence,
  judgeWaiting,
  shiftHealth,
} from '../domain/nomad/health.ts';
import { pollDelay } from '../domain/notify/backoff.ts';
import { StateNotWrittenError, type Store } from '../store/store.ts';
import type { FailedListing, GoodListing, PollOutcome } from './poll-outcome.ts';
import type { PollLog } from './poll-log.ts';
import type { WatchedAccount } from './watched-account.ts';

export interface NomadContactOptions {
  readonly store: Pick<Store, 'loadHealth' | 'commitHealth'>;
  readonly account: WatchedAccount;
  readonly pollLog: PollLog;
  /** Of the token in use. */
  readonly tokenLife: () => TokenLife;
  /** What is known of NOMAD is stored by login: an outage must be reported even before we know which user we are. */
  readonly login: string;
  /** ms. */
  readonly unreachableAfter: number;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions; what is stored has none. */
  readonly monotonic: () => number;
  /** When NOMAD last answered without an error, on the `monotonic` clock. */
  readonly answeredAt: () => number;
  readonly random: () => number;
}

/** What one poll asks of NOMAD, and what it needs to know for that. */
export type AskNomad = (poll: {
  /** As it was when the poll began. */
  readonly health: Health;
  /** NOMAD failed until now. */
  readonly isBack: boolean;
  /** To be called when everything has been asked: how NOMAD treats us, after a listing that was good. */
  judge(identity: Identity): Promise<Judgement>;
}) => Promise<GoodListing | FailedListing>;

export interface NomadContact {
  /** One poll, unless NOMAD is to be left alone. */
  poll(now: number, ask: AskNomad, signal?: AbortSignal): Promise<PollOutcome>;
  /** Whether NOMAD is left alone for now: it failed, or asked for it. */
  isWaiting(now: number): boolean;
  /** Reports an outage at its time: while a poll waits for an answer, and while NOMAD is left alone. null: nothing to report. */
  lookAtSilence(now: number): Promise<PollOutcome | null>;
  /** Our clock was set by so much, ms, or the machine slept. */
  clockSet(jump: number): void;
}

/** When a poll began, by both clocks. */
interface Begun {
  readonly now: number;
  readonly monotonic: number;
}

interface State extends NomadContactOptions {
  /** null: not read from the store yet. */
  health: Health | null;
  /** No judgement was made by this process yet. */
  isFirst: boolean;
  /** In a row. */
  failures: number;
  /** No poll between these two. */
  wait: { readonly from: number; readonly until: number };
  isRunning: boolean;
  /** The poll underway; null: there is none, or it asks NOMAD nothing more. */
  asking: Begun | null;
  /** The look at the silence that is underway: what it stores comes before what a poll stores. */
  looking: Promise<unknown>;
}

export function createNomadContact(options: NomadContactOptions): NomadContact {
  const state: State = {
    ...options,
    health: null,
    isFirst: true,
    failures: 0,
    wait: { from: 0, until: 0 },
    isRunning: false,
    asking: null,
    looking: Promise.resolve(),
  };
  return {
    isWaiting: (now) => isWaiting(state, now),
    clockSet(jump) {
      // NOMAD asked for so much time, not for a time by our clock.
      state.wait = { from: state.wait.from + jump, until: state.wait.until + jump };
      if (state.health !== null) state.health = shiftHealth(state.health, jump);
    },
    async poll(now, ask, signal) {
      state.isRunning = true;
      await state.looking;
      try {
        return await attempt(state, now, ask, signal);
      } catch (error) {
        // Then what is stored may be newer than what is remembered here.
        if (error instanceof StateNotWrittenError && error.mayBeStored) state.health = null;
        throw error;
      } finally {
        state.isRunning = false;
        state.asking = null;
      }
    },
    lookAtSilence(now) {
      const look = state.looking.then(() => lookNow(state, now));
      state.looking = look.catch(() => undefined);
      return look;
    },
  };
}

async function attempt(state: State, now: number, ask: AskNomad, signal?: AbortSignal): Promise<PollOutcome> {
  const begun = { now, monotonic: state.monotonic() };
  state.health ??= (await state.store.loadHealth(state.login)) ?? HEALTHY;
  const before = state.health;
  if (isWaiting(state, now)) {
    const judged = judgeWaiting(before, state.unreachableAfter, now);
    return outcome(state, now, { result: 'skipped', events: await commit(state, judged, now) });
  }
  state.asking = begun;
  const result = await ask({
    health: before,
    isBack: state.failures > 0,
    async judge(identity) {
      await hasAsked(state);
      return judge(state, state.health ?? before, { ok: true, identity }, now);
    },
  });
  if ('reason' in result) return failed(state, begun, result, signal);
  noteHealth(state, result.health);
  if (state.failures > 0) state.pollLog.answers(state.failures, now);
  state.failures = 0;
  return outcome(state, now, { ...result, result: 'ok' });
}

async function failed(state: State, begun: Begun, result: FailedListing, signal?: AbortSignal): Promise<PollOutcome> {
  await hasAsked(state);
  // A request without an answer takes its time: it is part of the outage, and the wait begins after it.
  const endedAt = begun.now + Math.round(state.monotonic() - begun.monotonic);
  const since = result.reason === 'unreachable' ? silentSince(state, begun) : begun.now;
  state.failures += 1;
  const pause = pollDelay(state.failures, result.retryAfter, state.random());
  state.wait = { from: endedAt, until: endedAt + pause };
  state.pollLog.failing(result, { failures: state.failures, wait_s: Math.round(pause / 1000) }, endedAt);
  // What was aborted because we are shutting down says nothing about NOMAD.
  const isAborted = signal?.aborted === true;
  const judged = isAborted ? null : judge(state, state.health ?? HEALTHY, { ...result, since }, endedAt);
  const events = judged === null ? [] : await commit(state, judged, endedAt);
  return outcome(state, begun.now, { result: result.reason, events, kind: result.kind ?? 'poll' });
}

/** A poll has its answers: from now on it judges by itself. */
async function hasAsked(state: State): Promise<void> {
  state.asking = null;
  await state.looking;
}

function isWaiting({ wait }: State, now: number): boolean {
  return now >= wait.from && now < wait.until;
}

/** Requests of a poll follow one another: the one underway was made when the one before was answered. */
function silentSince(state: State, begun: Begun): number {
  return begun.now + Math.max(0, Math.round(state.answeredAt() - begun.monotonic));
}

async function lookNow(state: State, now: number): Promise<PollOutcome | null> {
  const { health, asking, isFirst, unreachableAfter } = state;
  if (health === null || (state.isRunning && asking === null)) return null;
  if (asking === null && !isWaiting(state, now)) return null;
  const judged =
    asking === null
      ? judgeWaiting(health, unreachableAfter, now)
      : judgeSilence(health, silentSince(state, asking), { isFirst, unreachableAfter, now });
  if (judged.found.length === 0) return null;
  return outcome(state, now, { result: 'skipped', events: await commit(state, judged, now) });
}

function judge(state: State, before: Health, contact: Contact, now: number): Judgement {
  const { isFirst, unreachableAfter } = state;
  return judgeHealth(before, { contact, token: state.tokenLife(), isFirst, unreachableAfter, now });
}

async function commit(state: State, judged: Judgement, now: number): Promise<readonly Event[]> {
  if (judged.health === state.health) return [];
  const identity = state.account.identity() ?? judged.health.identity ?? { userId: null, email: null };
  const account = await state.account.open(identity, now);
  const events = await state.store.commitHealth({
    ...state.account.toNotify(judged.found, account, identity),
    account: account.id,
    login: state.login,
    health: judged.health,
    now,
  });
  noteHealth(state, judged.health);
  state.pollLog.events(events);
  return events;
}

function noteHealth(state: State, health: Health): void {
  state.health = health;
  state.isFirst = false;
}

/** `rest` may leave out what there is only after a good listing. */
function outcome(
  state: State,
  startedAt: number,
  rest: Partial<PollOutcome> & Pick<PollOutcome, 'result'>,
): PollOutcome {
  return {
    kind: 'poll',
    startedAt,
    milliseconds: Math.max(0, state.clock() - startedAt),
    health: state.health ?? HEALTHY,
    snapshot: null,
    names: new Map(),
    events: [],
    durations: [],
    malformed: [],
    watching: null,
    ...rest,
  };
}

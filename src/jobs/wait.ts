// Waits until the processing of uploads has ended. Beside a monitor the answer comes from what that stores, and costs NOMAD nothing; what the
// monitor does not know, and everything where none runs, NOMAD itself is asked. Writes nothing.
import { pollDelay } from '../domain/notify/backoff.ts';
import { SECOND } from '../domain/text/durations.ts';
import { type TrackedUpload, isProcessing } from '../domain/upload.ts';
import {
  type Gone,
  type Outcome,
  type WaitsFor,
  NOT_SEEN,
  goneOutcome,
  isListed,
  isSince,
  outcomeOf,
} from '../domain/wait/outcome.ts';
import { lookPause } from '../domain/wait/pace.ts';
import type { Failure } from '../nomad/failure.ts';
import type { StoredSight } from '../store/sql/sight.ts';
import type { Done, Look } from './wait-look.ts';

export interface WaitOptions {
  readonly ids: readonly string[];
  readonly look: Look;
  /** What a running monitor's state says; null: no monitor runs, or it cannot be read. */
  readonly stored: (ids: readonly string[]) => Promise<StoredSight | null>;
  /** By when a monitor that looked at NOMAD at that time has done so again, ms. */
  readonly nextLook: (lookedAt: number) => number;
  readonly clock: () => number;
  readonly random: () => number;
  /** false: the signal was aborted meanwhile. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<boolean>;
  /** After each look at anything. */
  readonly onStep: (step: WaitStep) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** What is known of an upload that is waited for. */
export interface Waited {
  readonly id: string;
  /** As last seen; null: not yet. */
  readonly watched: TrackedUpload | null;
  readonly outcome: Outcome;
  /** null: not known. */
  readonly done: Done | null;
}

export interface WaitStep {
  readonly uploads: readonly Waited[];
  /** Why NOMAD gives no answer at the moment; null: it does. */
  readonly problem: string | null;
}

export type WaitEnd = WaitStep &
  (
    | { readonly why: 'ended' | 'aborted' }
    | { readonly why: 'refused'; readonly problem: string }
    /** NOMAD has no such upload for us. */
    | { readonly why: 'unknown'; readonly unknown: ReadonlyMap<string, Gone> }
  );

/** How often a monitor's state is looked at, ms. */
const TICK = 2 * SECOND;

interface State extends WaitOptions {
  readonly startedAt: number;
  readonly waited: Map<string, Waited>;
  readonly wasProcessing: Set<string>;
  /** The number of the poll that was stored when the waiting began; null: none yet. */
  first: number | null;
  lookAt: number;
  failures: number;
  problem: string | null;
}

export async function waitFor(options: WaitOptions): Promise<WaitEnd> {
  const startedAt = options.clock();
  const state: State = {
    ...options,
    startedAt,
    waited: new Map(options.ids.map((id) => [id, { id, watched: null, outcome: NOT_SEEN, done: null }])),
    wasProcessing: new Set(),
    first: null,
    lookAt: startedAt,
    failures: 0,
    problem: null,
  };
  const { signal, clock } = options;
  for (;;) {
    const ended = await step(state);
    if (signal.aborted) return { ...stepOf(state), why: 'aborted' };
    if (ended !== null) return ended;
    state.onStep(stepOf(state));
    if (openOf(state).length === 0) return { ...stepOf(state), why: 'ended' };
    const untilLook = state.lookAt - clock();
    const isOn = await state.pause(untilLook > 0 ? Math.min(TICK, untilLook) : TICK, signal);
    if (!isOn) return { ...stepOf(state), why: 'aborted' };
  }
}

function stepOf({ waited, problem }: State): WaitStep {
  return { uploads: [...waited.values()], problem };
}

function openOf({ waited }: State): readonly string[] {
  return [...waited.values()].filter(({ outcome }) => !outcome.ended).map(({ id }) => id);
}

/** null: it goes on. */
async function step(state: State): Promise<WaitEnd | null> {
  const sight = await state.stored(openOf(state));
  const refused = sight === null ? null : lookAtStored(state, sight);
  if (refused !== null) return { ...stepOf(state), why: 'refused', problem: refused };
  const toAsk = sight === null || isLate(state, sight) ? openOf(state) : notKnown(state, sight);
  if (toAsk.length === 0 || state.clock() < state.lookAt) return null;
  const looked = await state.look(toAsk, sight?.uploads ?? new Map<string, TrackedUpload>(), state.signal);
  if (state.signal.aborted) {
    // It was cut off in the middle of a request.
    if (!looked.ok && !isAnySeen(state)) state.problem ??= 'it has not answered yet';
    return null;
  }
  const now = state.clock();
  if (!looked.ok) return failed(state, looked, now);
  state.failures = 0;
  state.problem = null;
  state.lookAt = now + lookPause(now - state.startedAt, toAsk.length);
  for (const id of toAsk) {
    const watched = looked.uploads.get(id);
    if (watched !== undefined) see(state, watched, looked.done.get(id) ?? null);
  }
  const unknown = new Map([...looked.gone].filter(([id]) => state.waited.get(id)?.watched === null));
  if (unknown.size > 0) return { ...stepOf(state), why: 'unknown', unknown };
  for (const [id, gone] of looked.gone) leave(state, id, gone);
  return null;
}

function isAnySeen({ waited }: State): boolean {
  return [...waited.values()].some(({ watched }) => watched !== null);
}

function failed(state: State, failure: Failure, now: number): WaitEnd | null {
  state.failures += 1;
  const own = Math.max(lookPause(0, 1), pollDelay(state.failures, failure.retryAfter, state.random()));
  state.lookAt = now + own;
  state.problem = failure.problem;
  if (failure.reason !== 'unauthorized') return null;
  return { ...stepOf(state), why: 'refused', problem: failure.problem };
}

/** Takes over what counts. Returns why the monitor's login is refused; null: it is not, as far as known. */
function lookAtStored(state: State, sight: StoredSight): string | null {
  state.first ??= sight.sequence;
  const { failing, refused, lookedAt } = sight.health;
  if (isLate(state, sight)) return null;
  if (refused?.told === true && lookedAt >= state.startedAt) return 'NOMAD refuses the login of the monitor';
  if (failing !== null && lookedAt >= state.startedAt) state.problem = failing.problem;
  const counts = isSince(sight, state.startedAt, state.first);
  if (counts && failing === null) state.problem = null;
  for (const id of openOf(state)) {
    const watched = sight.uploads.get(id);
    if (watched !== undefined) seeStored(state, watched, counts, sight.total);
    else if (counts && sight.gone.has(id) && state.waited.get(id)?.watched !== null)
      leave(state, id, sight.gone.get(id) ?? 'deleted');
  }
  return null;
}

function seeStored(state: State, watched: TrackedUpload, counts: boolean, total: number): void {
  const { id } = watched.upload;
  if (isProcessing(watched.upload.status)) state.wasProcessing.add(id);
  const outcome = outcomeOf(watched, state.wasProcessing.has(id));
  // What rests is not looked at by each poll of a large account: only an end that was seen to come counts.
  const isSeen = counts && watched.absence === null && isListed(outcome, total, state.wasProcessing.has(id));
  state.waited.set(id, { id, watched, outcome: isSeen ? outcome : NOT_SEEN, done: state.waited.get(id)?.done ?? null });
}

/** The monitor has not looked at NOMAD when it should have: it watches another account, or stands still. */
function isLate({ startedAt, nextLook, clock }: State, { health }: StoredSight): boolean {
  return clock() > nextLook(Math.max(startedAt, health.lookedAt));
}

/** Of the open ones those of which the monitor cannot say what is wanted: it does not list them, or knows too little of them. */
function notKnown(state: State, sight: StoredSight): readonly string[] {
  const counts = isSince(sight, state.startedAt, state.first ?? sight.sequence);
  return openOf(state).filter((id) => {
    const watched = sight.uploads.get(id);
    if (watched?.absence !== null) return true;
    if (!counts) return false;
    const outcome = state.waited.get(id)?.outcome ?? NOT_SEEN;
    return isOpenFor(outcome, 'poll') || isOpenFor(outcome, 'entries');
  });
}

function see(state: State, watched: TrackedUpload, done: Done | null): void {
  const { id, status } = watched.upload;
  if (isProcessing(status)) state.wasProcessing.add(id);
  state.waited.set(id, { id, watched, outcome: outcomeOf(watched, state.wasProcessing.has(id)), done });
}

function leave(state: State, id: string, gone: Gone): void {
  const watched = state.waited.get(id)?.watched ?? null;
  state.waited.set(id, { id, watched, outcome: goneOutcome(gone), done: null });
}

function isOpenFor(outcome: Outcome, what: WaitsFor): boolean {
  return !outcome.ended && outcome.waitsFor === what;
}

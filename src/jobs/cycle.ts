// What follows a poll of an account and a change of the lead: metrics, reminders, summaries, the heartbeat, open pages, and the loops that now
// have something to do.
import type { Event } from '../domain/event.ts';
import type { Log } from '../log.ts';
import type { LastPoll } from './last-poll.ts';
import type { PollJob } from './poll.ts';
import type { PollOutcome } from './poll-outcome.ts';
import type { RemindersJob } from './reminders.ts';
import type { SummariesJob } from './summaries.ts';

export interface CycleOptions {
  /** A poll that remembers nothing. */
  readonly newPoll: () => PollJob;
  readonly reminders: RemindersJob;
  readonly summaries: SummariesJob;
  readonly heartbeat: () => void;
  readonly lastPoll: LastPoll;
  readonly isLeading: () => boolean;
  /** Base of NOMAD's GUI. */
  readonly gui: string;
  readonly metrics: {
    onPoll(outcome: PollOutcome): void;
    onEvents(events: readonly Event[]): void;
  };
  /** Open pages ask again. */
  readonly notifyPages: () => void;
  /** Polls now. */
  readonly triggerPoll: () => void;
  /** Something is there to be sent. */
  readonly triggerRelay: () => void;
  /** After each poll of the schedule, and when the lead changes. */
  readonly onPolled: () => void;
  readonly log: Log;
}

export interface Cycle {
  /** One poll and what follows it. */
  poll(now: number, signal?: AbortSignal): Promise<PollOutcome>;
  /** The same, as the schedule runs it. */
  scheduledPoll(now: number, signal: AbortSignal): Promise<void>;
  lookAtSilence(now: number): Promise<void>;
  /** Whether NOMAD is left alone for now. */
  isWaiting(now: number): boolean;
  clockSet(jump: number): void;
  /** Nothing that this instance remembers of polls is of use after another one led. */
  leadChanged(isLeading: boolean): void;
}

interface State extends CycleOptions {
  job: PollJob;
  /** Aborted when the lead changes: a poll that was begun before another one led is of no use after it. */
  leading: AbortController;
}

export function createCycle(options: CycleOptions): Cycle {
  const state: State = { ...options, job: options.newPoll(), leading: new AbortController() };
  return {
    poll: (now, signal) => poll(state, now, signal),
    async scheduledPoll(now, signal) {
      const { events } = await poll(state, now, signal);
      state.onPolled();
      if (events.length > 0) state.triggerRelay();
    },
    async lookAtSilence(now) {
      const found = await state.job.lookAtSilence(now);
      if (found === null) return;
      state.metrics.onEvents(found.events);
      state.lastPoll.note(found);
      state.notifyPages();
      state.triggerRelay();
    },
    isWaiting: (now) => state.job.isWaiting(now),
    clockSet(jump) {
      state.job.clockSet(jump);
    },
    leadChanged(isLeading) {
      leadChanged(state, isLeading);
    },
  };
}

async function poll(state: State, now: number, signal?: AbortSignal): Promise<PollOutcome> {
  const { leading, lastPoll, log } = state;
  const ending = signal === undefined ? leading.signal : AbortSignal.any([signal, leading.signal]);
  const outcome = await state.job.runOnce(now, ending);
  state.metrics.onPoll(outcome);
  const { kind, result, milliseconds, events, snapshot, names, watching } = outcome;
  log.debug({ kind, result, uploads: snapshot?.uploads.size, events: events.length, milliseconds }, 'polled');
  if (!state.isLeading()) return outcome;
  lastPoll.note(outcome);
  state.notifyPages();
  if (snapshot === null || watching === null) return outcome;
  const view = { snapshot, names, gui: state.gui, userId: watching.identity.userId };
  await state.reminders.runOnce({ ...watching, view }, now);
  await state.summaries.runOnce({ ...watching, view }, now);
  state.heartbeat();
  return outcome;
}

function leadChanged(state: State, isLeading: boolean): void {
  state.leading.abort();
  state.leading = new AbortController();
  state.job = state.newPoll();
  state.lastPoll.forget();
  state.notifyPages();
  if (isLeading) state.triggerPoll();
}

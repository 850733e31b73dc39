// What polls of an account come to, counted: results, and the events found.
import { Counter, type Registry } from 'prom-client';
import { type Event, EVENT_KINDS } from '../domain/event.ts';
import { POLL_KINDS, POLL_RESULTS, type PollOutcome } from '../jobs/poll-outcome.ts';
import { describing } from './registry.ts';

export interface PollCounters {
  onPoll(outcome: Pick<PollOutcome, 'kind' | 'result' | 'events'>): void;
  onSkippedPoll(): void;
  onEvents(events: readonly Event[]): void;
}

export function createPollCounters(registry: Registry): PollCounters {
  const in_ = describing(registry);
  const events = new Counter(in_('events_total', 'Events found.', ['kind']));
  const polls = new Counter(
    in_('polls_total', 'Polls by result; a sweep lists a large account in full.', ['kind', 'result']),
  );

  for (const kind of EVENT_KINDS) events.inc({ kind }, 0);
  for (const kind of POLL_KINDS) for (const result of POLL_RESULTS) polls.inc({ kind, result }, 0);

  return {
    onPoll({ kind, result, ...found }) {
      polls.inc({ kind, result });
      for (const event of found.events) events.inc({ kind: event.kind });
    },
    onSkippedPoll() {
      polls.inc({ kind: 'poll', result: 'skipped' });
    },
    onEvents(found) {
      for (const event of found) events.inc({ kind: event.kind });
    },
  };
}

// What polls come to, counted: results and durations, the events found, the runs that ended.
import { Counter, Histogram, type Registry } from 'prom-client';
import { type Event, EVENT_KINDS } from '../domain/event.ts';
import type { RunDuration } from '../domain/diff/transition.ts';
import { KNOWN_PROCESSES as PROCESSES } from '../domain/process/names.ts';
import { POLL_KINDS, POLL_RESULTS, type PollOutcome } from '../jobs/poll-outcome.ts';
import { describing } from './registry.ts';

export interface PollCounters {
  onPoll(outcome: Pick<PollOutcome, 'kind' | 'result' | 'milliseconds' | 'events' | 'durations'>): void;
  onSkippedPoll(): void;
  onEvents(events: readonly Event[]): void;
}

/** NOMAD's process names are free text: only those that are known become label values. */
const OTHER = 'other';
const RUN_RESULTS: readonly RunDuration['result'][] = ['succeeded', 'failed'];

export function createPollCounters(registry: Registry): PollCounters {
  const in_ = describing(registry);
  const events = new Counter(in_('events_total', 'Events found.', ['kind']));
  const processing = new Histogram({
    ...in_('processing_duration_seconds', 'Duration of runs, from the first poll that saw them running to their end.', [
      'process',
      'result',
    ]),
    buckets: [10, 30, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400],
  });
  const polls = new Counter(
    in_('polls_total', 'Polls by result; a sweep lists a large account in full.', ['kind', 'result']),
  );
  const pollDuration = new Histogram({
    ...in_('poll_duration_seconds', 'How long polls took.', ['kind']),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  });

  for (const kind of EVENT_KINDS) events.inc({ kind }, 0);
  for (const process of [...PROCESSES, OTHER]) for (const result of RUN_RESULTS) processing.zero({ process, result });
  for (const kind of POLL_KINDS) {
    pollDuration.zero({ kind });
    for (const result of POLL_RESULTS) polls.inc({ kind, result }, 0);
  }

  return {
    onPoll({ kind, result, milliseconds, durations, ...found }) {
      polls.inc({ kind, result });
      for (const event of found.events) events.inc({ kind: event.kind });
      if (result === 'skipped') return;
      pollDuration.observe({ kind }, milliseconds / 1000);
      for (const run of durations) {
        const process = PROCESSES.find((name) => name === run.process) ?? OTHER;
        processing.observe({ process, result: run.result }, run.milliseconds / 1000);
      }
    },
    onSkippedPoll() {
      polls.inc({ kind: 'poll', result: 'skipped' });
    },
    onEvents(found) {
      for (const event of found) events.inc({ kind: event.kind });
    },
  };
}

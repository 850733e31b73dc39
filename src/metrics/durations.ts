// How long polls took, and the runs that they saw. Of all accounts together: histograms of each would be thousands of series.
import { Histogram, type Registry } from 'prom-client';
import type { RunDuration } from '../domain/diff/transition.ts';
import { KNOWN_PROCESSES as PROCESSES } from '../domain/process/names.ts';
import { POLL_KINDS, type PollOutcome } from '../jobs/poll-outcome.ts';
import { describing } from './registry.ts';

export interface Durations {
  onPoll(outcome: Pick<PollOutcome, 'kind' | 'result' | 'milliseconds' | 'durations'>): void;
}

/** NOMAD's process names are free text: only those that are known become label values. */
const OTHER = 'other';
const RUN_RESULTS: readonly RunDuration['result'][] = ['succeeded', 'failed'];

export function createDurations(registry: Registry): Durations {
  const in_ = describing(registry);
  const processing = new Histogram({
    ...in_('processing_duration_seconds', 'Duration of runs, from the first poll that saw them running to their end.', [
      'process',
      'result',
    ]),
    buckets: [10, 30, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400],
  });
  const pollDuration = new Histogram({
    ...in_('poll_duration_seconds', 'How long polls took.', ['kind']),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  });

  for (const process of [...PROCESSES, OTHER]) for (const result of RUN_RESULTS) processing.zero({ process, result });
  for (const kind of POLL_KINDS) pollDuration.zero({ kind });

  return {
    onPoll({ kind, result, milliseconds, durations }) {
      if (result === 'skipped') return;
      pollDuration.observe({ kind }, milliseconds / 1000);
      for (const run of durations) {
        const process = PROCESSES.find((name) => name === run.process) ?? OTHER;
        processing.observe({ process, result: run.result }, run.milliseconds / 1000);
      }
    },
  };
}

// How long NOMAD itself lets a process stand still, as its settings are unless its administrators changed them. Read in its source, and
// passed on purpose beside real workers (docs/nomad.md). Pure.
import { HOUR } from '../text/durations.ts';
import type { Engine } from './names.ts';

/** NOMAD's own time limit for what an upload is doing. */
export interface OwnLimit {
  /** ms */
  readonly limit: number;
  /** It begins with the step, and waiting for a worker within it counts too. */
  readonly countsWaiting: boolean;
}

/**
 * 1.3: a Celery task is interrupted after 30 min (`celery.timeout`), and its process killed after twice that. 1.4 and later: an hour for
 * each step (`update_files_timeout`, `match_all_timeout`, `cleanup_timeout`, …) with its tries and its waiting together; entries are
 * parsed five to a task, which has five times the limit of one (`process_entry_timeout`, `entry_activity_batch_size`; 2 h in 1.4.0 and 1.4.1).
 */
export function ownLimit(engine: Engine, message: string | null): OwnLimit {
  if (engine === 'celery') return { limit: HOUR, countsWaiting: false };
  const isParsing = /^Parsing\b/.test(message ?? '');
  return { limit: isParsing ? 10 * HOUR : HOUR, countsWaiting: true };
}

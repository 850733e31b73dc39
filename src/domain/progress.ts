// Whether an upload that is being processed moves. A clock runs for each signature of what it is doing; only movement starts it anew,
// not our own time away nor NOMAD's. Pure; times are the server's, ms.
import type { Entries, Progress, Upload } from './upload.ts';
import { phaseOf } from './upload.ts';

export interface Advance {
  readonly progress: Progress | null;
  readonly change: 'stuck' | 'unstuck' | null;
}

/** `entries`: what NOMAD says of its entries, where it was asked. `stuckAfter` in ms. */
export function advance(
  known: Progress | null,
  upload: Upload,
  entries: Entries | null,
  takenAt: number,
  stuckAfter: number,
): Advance {
  const wasStuck = known?.stuck === true;
  if (phaseOf(upload.status) === 'idle') return { progress: null, change: wasStuck ? 'unstuck' : null };

  const signature = signatureOf(upload);
  const text = entries === null ? null : `${entries.total} ${entries.successful} ${entries.failed}`;
  const counted = (since: number) => (text === null ? null : { text, since, askedAt: takenAt });
  const moved =
    known?.signature !== signature || (text !== null && known.counts !== null && known.counts.text !== text);
  if (moved) {
    const progress = { signature, since: takenAt, stuck: false, counts: counted(takenAt) };
    return { progress, change: wasStuck ? 'unstuck' : null };
  }
  // A server whose clock was set back must not make the wait longer.
  const since = Math.min(known.since, takenAt);
  const counts = counted(Math.min(known.counts?.since ?? takenAt, takenAt)) ?? known.counts;
  // While it waits, an unchanged message proves nothing: its entries must be known not to have moved, then and now.
  const quietSince = isWaiting(upload) ? (text === null ? null : (counts?.since ?? null)) : since;
  const stuck = wasStuck || (quietSince !== null && takenAt - quietSince >= stuckAfter);
  return { progress: { signature, since, stuck, counts }, change: stuck && !wasStuck ? 'stuck' : null };
}

/** Whether its entries have to be asked about to see if it moves. */
export function wantsCounts(known: Progress | null, upload: Upload, takenAt: number, stuckAfter: number): boolean {
  if (!isWaiting(upload)) return false;
  if (known?.signature !== signatureOf(upload) || known.counts === null) return true;
  const isLongAgo = Math.abs(takenAt - known.counts.askedAt) >= stuckAfter / 4;
  return isLongAgo || (!known.stuck && takenAt - known.counts.since >= stuckAfter);
}

function isWaiting(upload: Upload): boolean {
  return upload.status === 'WAITING_FOR_RESULT';
}

/** The number of entries grows while files are matched: movement too. The end of the run before tells a new run in the same words. */
function signatureOf({ status, process, message, completeTime, entries }: Upload): string {
  return JSON.stringify([status, process, message, completeTime, entries]);
}

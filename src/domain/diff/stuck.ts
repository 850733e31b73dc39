// Whether an upload that is being processed moves. A clock runs for each signature of what it is doing; only movement starts it anew,
// not our own time away nor NOMAD's. Pure; times are the server's, ms.
//
// An unchanged message proves nothing while entries are parsed (hours, on a large upload): then the entries must be known not to have
// moved. Their counts alone do not show it, since NOMAD 1.4 and 2.0 parse entries twice and the counts stand still the second time; when
// each was done, and what it is doing, does.
import { MINUTE } from '../text/durations.ts';
import { type Entries, type Progress, type Upload, isProcessing } from '../upload.ts';

/** `entries`: what NOMAD says of its entries, where it was asked. `stuckAfter` in ms. null: it is not being processed. */
export function advance(
  known: Progress | null,
  upload: Upload,
  entries: Entries | null,
  takenAt: number,
  stuckAfter: number,
): Progress | null {
  if (!isProcessing(upload.status)) return null;
  const signature = signatureOf(upload);
  const text = entries === null ? null : textOf(entries);
  const isSame = known?.signature === signature;
  const haveMoved = isSame && text !== null && known.counts !== null && known.counts.text !== text;
  if (!isSame || haveMoved) {
    const counts = text === null ? null : { text, since: takenAt, askedAt: takenAt };
    return { signature, since: takenAt, stuck: false, told: false, counts };
  }
  // A server whose clock was set back must not make the wait longer.
  const since = Math.min(known.since, takenAt);
  const counts = text === null ? known.counts : { text, since: stillSince(known, entries, takenAt), askedAt: takenAt };
  const quietSince = upload.entries > 0 ? (text === null ? null : (counts?.since ?? null)) : since;
  const stuck = known.stuck || (quietSince !== null && takenAt - quietSince >= stuckAfter);
  return { signature, since, stuck, told: stuck && known.told, counts };
}

/** Since when its entries are as they are now, as far as seen. Where none says when it was done, the first check can say nothing of before. */
function stillSince(known: Progress, entries: Entries | null, takenAt: number): number {
  const lastEnd = entries?.newestEnd ?? null;
  const since = known.counts?.since ?? (lastEnd === null ? takenAt : known.since);
  return Math.min(Math.max(since, lastEnd ?? 0), takenAt);
}

/** When it last moved, as far as seen. */
export function movedAt({ since, counts }: Progress): number {
  return Math.max(since, counts?.since ?? since);
}

/** Whether its entries have to be asked about to see if it moves. `within`: what is known of them may be this old, ms. */
export function wantsEntries(
  known: Progress | null,
  upload: Upload,
  takenAt: number,
  stuckAfter: number,
  within: number,
): boolean {
  if (!isProcessing(upload.status) || upload.entries === 0) return false;
  if (known?.signature !== signatureOf(upload)) return false;
  const age = Math.abs(takenAt - (known.counts?.askedAt ?? known.since));
  if (age >= Math.min(stuckAfter / 4, within, known.counts === null ? MINUTE : within)) return true;
  return !known.stuck && takenAt - movedAt(known) >= stuckAfter;
}

/** Comparable between two looks of the same kind: a still upload gives the same text. */
function textOf({ total, successful, failed, newestEnd, messages }: Entries): string {
  const doing = new Map<string, number>();
  for (const message of messages) doing.set(message, (doing.get(message) ?? 0) + 1);
  const told = [...doing].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, 10);
  return JSON.stringify([total, successful, failed, newestEnd, told]);
}

/** The number of entries grows while files are matched: movement too. The end of the run before distinguishes a new run in the same words. */
function signatureOf({ status, process, message, completeTime, entries }: Upload): string {
  return JSON.stringify([status, process, message, completeTime, entries]);
}

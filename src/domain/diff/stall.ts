// Whether NOMAD processes anything at all: a dead worker leaves every upload waiting, and one statement about NOMAD says more than one
// about each. Pure; times are the server's, ms.
//
// Decided from lives recorded beside real workers (docs/nomad.md): a worker that lives takes a queued upload within seconds, or moves
// another one. So it stands still when an upload is queued, taken by nobody, and nothing that is being processed has moved, for 10
// minutes. What is merely at work for long (one entry that takes hours) is none: that is `upload.stuck`, in its time.
import { MINUTE } from '../text/durations.ts';
import { movedAt } from './stuck.ts';
import { type TrackedUpload, phaseOf } from '../upload.ts';

export interface Stall {
  /** When a worker was last seen to do something. */
  readonly movedAt: number;
  /** Reported as standing still: since when, and how many waited then; null: it moves, as far as known. */
  readonly told: { readonly since: number; readonly waiting: number } | null;
}

export interface StallStep {
  readonly stall: Stall;
  readonly change: 'stalled' | 'resumed' | null;
  /** Uploads that wait for a worker now. */
  readonly waiting: number;
}

export const STALLED_AFTER = 10 * MINUTE;

/** `moved`: something was seen to move since the poll before. */
export function judgeStall(
  known: Stall | null,
  uploads: ReadonlyMap<string, TrackedUpload>,
  moved: boolean,
  takenAt: number,
): StallStep {
  const queued: number[] = [];
  let lastMove = moved ? takenAt : Math.min(known?.movedAt ?? takenAt, takenAt);
  let isDoubtful = false;
  for (const { upload, progress, oldMessage } of uploads.values()) {
    if (progress === null) continue;
    if (phaseOf(upload, oldMessage) === 'queued') {
      queued.push(Math.min(progress.since, takenAt));
      continue;
    }
    lastMove = Math.max(lastMove, Math.min(movedAt(progress), takenAt));
    // While its entries are parsed only they show whether it moves.
    if (upload.entries > 0 && takenAt - (progress.counts?.askedAt ?? 0) >= STALLED_AFTER) isDoubtful = true;
  }
  const told = known?.told ?? null;
  const waiting = queued.length;
  const isStill = takenAt - lastMove >= STALLED_AFTER;
  if (known !== null && told !== null) {
    const isOver = waiting === 0 || lastMove > known.movedAt;
    return { stall: { movedAt: lastMove, told: isOver ? null : told }, change: isOver ? 'resumed' : null, waiting };
  }
  const longest = Math.min(...queued);
  const isStalled = waiting > 0 && isStill && !isDoubtful && takenAt - longest >= STALLED_AFTER;
  if (!isStalled) return { stall: { movedAt: lastMove, told: null }, change: null, waiting };
  return {
    stall: { movedAt: lastMove, told: { since: Math.max(longest, lastMove), waiting } },
    change: 'stalled',
    waiting,
  };
}

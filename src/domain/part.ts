// What a small poll of a large account has to ask for (docs/polling.md). Pure.
import { type Snapshot, type Watched, phaseOf } from './upload.ts';

export interface PartQuestion {
  /** Uploads that were listed at the last poll: their number tells whether there are new ones. */
  readonly known: ReadonlySet<string>;
  /** Of these, what became of them is asked for by id. */
  readonly wanted: readonly string[];
}

/** What was at work, or is still to be asked about, may have ended since: NOMAD lists it no longer among what is being processed. */
export function partQuestion(before: Snapshot, now: number): PartQuestion {
  const all = [...before.uploads.values()].filter(({ absence }) => absence === null);
  const isOpen = ({ upload, inspection }: Watched) =>
    phaseOf(upload.status) !== 'idle' || (inspection?.askAt ?? Number.POSITIVE_INFINITY) <= now;
  const idOf = ({ upload }: Watched) => upload.id;
  return { known: new Set(all.map(idOf)), wanted: all.filter(isOpen).map(idOf) };
}

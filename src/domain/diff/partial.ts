// What a small poll of a large account has to ask for (docs/polling.md). Pure.
import { type Snapshot, type TrackedUpload, isProcessing } from '../upload.ts';

export interface PartQuestion {
  /** Uploads that were listed at the last poll: their number shows whether there are new ones. */
  readonly known: ReadonlySet<string>;
  /** Of these, what became of them is asked for by id. */
  readonly wanted: readonly string[];
}

/** A listing of up to this many takes five requests, and shows everything. */
const LARGE = 1000;

/** Of an account with so many uploads the polls between two sweeps list only what may have moved. */
export function isLarge(uploads: number): boolean {
  return uploads > LARGE;
}

/** Older uploads whose entries are asked about step by step: so many in a poll. */
const MAX_OLD = 20;

/** What was at work, or is still to be asked about, may have ended since: NOMAD lists it no longer among what is being processed. */
export function partialQuery(before: Snapshot, now: number): PartQuestion {
  const all = [...before.uploads.values()].filter(({ absence }) => absence === null);
  const isDue = ({ inspection }: TrackedUpload) => (inspection?.askAt ?? Number.POSITIVE_INFINITY) <= now;
  const isOld = ({ inspection }: TrackedUpload) => inspection?.why === 'before';
  const open = all.filter((each) => isProcessing(each.upload.status) || (isDue(each) && !isOld(each)));
  const old = all.filter((each) => isOld(each) && isDue(each)).slice(0, MAX_OLD);
  const idOf = ({ upload }: TrackedUpload) => upload.id;
  return { known: new Set(all.map(idOf)), wanted: [...open, ...old].map(idOf) };
}

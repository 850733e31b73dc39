// Summaries: when each is due, and what it says of the uploads that it is about. Pure; the clock and the schedules are arguments.
import type { EventKind, EventUpload } from '../event.ts';
import { type Wrong, WRONG, conditionsOf, isNotLookedAt } from '../report/conditions.ts';
import { roleIn, titleOf, type TrackedUpload } from '../upload.ts';
import type { AuthorTally, Standing, Summary, Tally } from './delivery-content.ts';
import { type SummaryRule, type UploadSubject, mismatchOf } from './routing.ts';
import { type PollView, standingOf, worstFirst } from './standing.ts';

export interface SummaryPlan {
  /** By schedule that is due: from when its summary counts what happened, ms. */
  readonly due: ReadonlyMap<string, number>;
  /** What to remember when nothing is made: by schedule, the end of the time that its last summary covered, ms. */
  readonly times: ReadonlyMap<string, number>;
}

/** The schedule of a time that was stored when there was one summary: it is any schedule's. */
const ANY = '';

/**
 * A schedule that is new here is due at its next time; one that is no longer there is forgotten. `known`: as remembered. `nextAfter`:
 * when a schedule comes next after a time, ms.
 */
export function summaryPlan(
  schedules: readonly string[],
  known: ReadonlyMap<string, number>,
  nextAfter: (schedule: string, time: number) => number,
  now: number,
): SummaryPlan {
  const from = new Map(schedules.map((schedule) => [schedule, known.get(schedule) ?? known.get(ANY) ?? now]));
  const due = [...from].filter(([schedule, time]) => time < now && nextAfter(schedule, time) <= now);
  // A time to come was written by a clock since set back.
  return { due: new Map(due), times: new Map([...from].map(([schedule, time]) => [schedule, Math.min(time, now)])) };
}

/** Whether there is anything to write. */
export function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([schedule, time]) => b.get(schedule) === time);
}

/** That events of a kind were found of an upload. */
export interface Happened {
  readonly uploadId: string;
  readonly kind: EventKind;
  /** As it was when it was found to be gone; null: of another kind. */
  readonly gone: EventUpload | null;
}

export interface SummaryInput {
  readonly rule: Pick<SummaryRule, 'match' | 'groupBy'>;
  readonly view: PollView;
  /** Within (from, to]. */
  readonly happened: readonly Happened[];
  readonly from: number;
  readonly to: number;
}

const MAX_LISTED = 50;
/** One author's failures leave room for those of the others. */
const MAX_OF_AUTHOR = 10;
const MAX_AUTHORS = 25;
const MAX_NAMES = 5;
const NAME_LENGTH = 40;
/** After these nothing is left to do. */
const WELL: ReadonlySet<EventKind> = new Set(['upload.succeeded', 'upload.recovered', 'upload.published']);

export function summaryOf({ rule, view, happened, from, to }: SummaryInput): Summary {
  const about = lookedAt(rule, view, happened);
  const byAuthor = Map.groupBy(about, ({ author }) => author);
  const groups = rule.groupBy === null ? null : groupsOf(byAuthor);
  const wrong = about.flatMap(({ standing }) => standing ?? []).sort(worstFirst);
  const standing = (groups === null ? wrong : firstOfEach(groups, wrong)).slice(0, MAX_LISTED);
  return {
    kind: 'summary',
    from,
    to,
    ...tallyOf(about),
    events: eventsOf(rule, view, happened),
    standing,
    more: wrong.length - standing.length,
    unchecked: about.filter(({ isUnchecked }) => isUnchecked).length,
    authors: byAuthor.size,
    groups,
  };
}

/** An upload that a summary is about. */
interface Looked {
  readonly author: string;
  readonly name: string;
  readonly standing: Standing | null;
  readonly isWell: boolean;
  readonly isProcessing: boolean;
  readonly isUnchecked: boolean;
}

function lookedAt(
  { match }: Pick<SummaryRule, 'match'>,
  view: PollView,
  happened: readonly Happened[],
): readonly Looked[] {
  const endedWell = new Set(happened.filter(({ kind }) => WELL.has(kind)).map(({ uploadId }) => uploadId));
  return [...view.snapshot.uploads.values()].flatMap((watched) => {
    const subject = subjectOf(watched, view);
    if (mismatchOf(match, subject) !== null) return [];
    const standing = standingOf(watched, view);
    return {
      author: subject.author,
      name: titleOf(watched.upload, NAME_LENGTH),
      standing,
      isWell: standing === null && endedWell.has(watched.upload.id),
      isProcessing: conditionsOf(watched).includes('processing'),
      isUnchecked: isNotLookedAt(watched),
    };
  });
}

function subjectOf({ upload }: TrackedUpload, { names, userId }: PollView): UploadSubject {
  return {
    name: upload.name ?? '',
    author: names.get(upload.mainAuthor) ?? upload.mainAuthor,
    role: roleIn(upload, userId),
  };
}

function tallyOf(about: readonly Looked[]): Tally {
  const inCondition = (condition: Wrong) => about.filter(({ standing }) => standing?.condition === condition).length;
  const wrong = Object.fromEntries(WRONG.map((condition) => [condition, inCondition(condition)]));
  const processing = about.filter(({ standing, isProcessing }) => standing === null && isProcessing).length;
  return {
    uploads: about.length,
    counts: { ...(wrong as Record<Wrong, number>), processing },
    well: about.filter(({ isWell }) => isWell).length,
  };
}

function groupsOf(byAuthor: ReadonlyMap<string, readonly Looked[]>): readonly AuthorTally[] {
  const groups = [...byAuthor].map(([author, about]): AuthorTally => {
    const names = about.filter(({ isWell }) => isWell).map(({ name }) => name);
    return { author, ...tallyOf(about), names: names.length <= MAX_NAMES ? names.sort() : [] };
  });
  return groups.sort(mostToDoFirst).slice(0, MAX_AUTHORS);
}

/** Then who had something go well, then by name. */
function mostToDoFirst(a: AuthorTally, b: AuthorTally): number {
  for (const condition of WRONG) {
    if (a.counts[condition] !== b.counts[condition]) return b.counts[condition] - a.counts[condition];
  }
  return Number(b.well > 0) - Number(a.well > 0) || (a.author < b.author ? -1 : 1);
}

/** Of each group as many as there is room for; in the order given. */
function firstOfEach(groups: readonly AuthorTally[], wrong: readonly Standing[]): readonly Standing[] {
  const room = new Map(groups.map(({ author }) => [author, MAX_OF_AUTHOR]));
  return wrong.filter(({ upload: { author } }) => {
    const left = room.get(author) ?? 0;
    room.set(author, left - 1);
    return left > 0;
  });
}

/** Of the uploads that are there, and of those that are gone. */
function eventsOf(
  { match }: Pick<SummaryRule, 'match'>,
  view: PollView,
  happened: readonly Happened[],
): Summary['events'] {
  const gone = new Map<string, UploadSubject>();
  for (const { uploadId, gone: upload } of happened) {
    if (upload !== null) gone.set(uploadId, { ...upload, name: upload.name ?? '' });
  }
  const counts: Partial<Record<EventKind, number>> = {};
  for (const { uploadId, kind } of happened) {
    const watched = view.snapshot.uploads.get(uploadId);
    const subject = watched === undefined ? gone.get(uploadId) : subjectOf(watched, view);
    if (subject === undefined || mismatchOf(match, subject) !== null) continue;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

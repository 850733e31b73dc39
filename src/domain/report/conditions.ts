// The state of all uploads at a glance: how many are in which condition, and which deserve a closer look.
import { workOf } from '../process/names.ts';
import { DAY } from '../text/durations.ts';
import { PROCESS_STATUSES, type ProcessStatus, type Snapshot, type TrackedUpload, isProcessing } from '../upload.ts';

/** An upload can be in several. Worst first. */
const CONDITION_TESTS = {
  failed: hasFailed,
  stuck: ({ progress }: TrackedUpload) => progress?.stuck === true,
  entries_failed: ({ inspection }: TrackedUpload) => (inspection?.failed ?? 0) > 0,
  empty: isEmpty,
  processing: ({ upload }: TrackedUpload) => isProcessing(upload.status),
  published: ({ upload }: TrackedUpload) => upload.published,
} as const;
export type Condition = keyof typeof CONDITION_TESTS;
export const CONDITIONS = Object.keys(CONDITION_TESTS) as readonly Condition[];
/** Those in which somebody should look at it. Worst first. */
export const WRONG = ['failed', 'stuck', 'entries_failed', 'empty'] as const satisfies readonly Condition[];
export type Wrong = (typeof WRONG)[number];

/**
 * A failure that no processing has mended, though NOMAD says SUCCESS after an edit; not while the files are being processed anew.
 * One that NOMAD shows is one, whatever we remember.
 */
function hasFailed({ upload, failure }: TrackedUpload): boolean {
  if (upload.status === 'FAILURE') return true;
  return failure !== null && !(isProcessing(upload.status) && workOf(upload.process) === 'processing');
}

/** Nothing in it was recognised. What failed has no entries for another reason, and what is published had some. */
function isEmpty({ upload, failure }: TrackedUpload): boolean {
  return upload.status === 'SUCCESS' && upload.entries === 0 && failure === null && !upload.published;
}

const TESTS = CONDITIONS.map((condition) => CONDITION_TESTS[condition]);
/** Of which conditions, as bits. Many uploads are in the same ones: those share one list. */
const combinations = new Map<number, readonly Condition[]>();

/** Worst first. */
export function conditionsOf(watched: TrackedUpload): readonly Condition[] {
  const bits = TESTS.reduce((sum, test, index) => (test(watched) ? sum | (1 << index) : sum), 0);
  const known = combinations.get(bits);
  if (known !== undefined) return known;
  const made = CONDITIONS.filter((_, index) => (bits & (1 << index)) !== 0);
  combinations.set(bits, made);
  return made;
}

export interface Overview {
  readonly byStatus: ReadonlyMap<ProcessStatus, number>;
  readonly byCondition: ReadonlyMap<Condition, number>;
  /** Processing, failed, or with an event in the last 24 h; newest first, at most as many as asked for. */
  readonly notable: readonly TrackedUpload[];
  /** How many that bound left out. */
  readonly leftOut: number;
}

/** Of how many uploads from before the first poll nothing is known of their entries yet. */
export function notLookedAt({ uploads }: Snapshot): number {
  let count = 0;
  for (const watched of uploads.values()) if (isNotLookedAt(watched)) count += 1;
  return count;
}

/** It is from before the first poll, and nothing is known of its entries yet. */
export function isNotLookedAt({ inspection }: TrackedUpload): boolean {
  return inspection?.why === 'before' && inspection.askAt !== null;
}

export const EMPTY_SNAPSHOT: Snapshot = { sequence: 0, takenAt: 0, uploads: new Map() };
const RECENT = DAY;

/** `now` in ms, our clock. */
export function overviewOf(snapshot: Snapshot, mostNotable: number, now: number): Overview {
  const all = [...snapshot.uploads.values()];
  const count = (test: (watched: TrackedUpload) => boolean) => all.filter(test).length;
  const notable = all.filter((watched) => isNotable(watched, now)).sort((a, b) => newest(b) - newest(a));
  return {
    byStatus: new Map(PROCESS_STATUSES.map((status) => [status, count(({ upload }) => upload.status === status)])),
    byCondition: new Map(CONDITIONS.map((condition) => [condition, count(CONDITION_TESTS[condition])])),
    notable: notable.slice(0, mostNotable),
    leftOut: Math.max(0, notable.length - mostNotable),
  };
}

function isNotable(watched: TrackedUpload, now: number): boolean {
  const { upload, changedAt } = watched;
  const isRecent = changedAt !== null && now - changedAt < RECENT;
  return isProcessing(upload.status) || hasFailed(watched) || isRecent;
}

function newest({ changedAt, statusSince }: TrackedUpload): number {
  return Math.max(changedAt ?? 0, statusSince);
}

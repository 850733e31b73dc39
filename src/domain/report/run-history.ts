// What became of the runs of an upload, and of NOMAD day by day: cells of a strip that is taken in at a glance. Pure.
import type { Event, EventKind } from '../event.ts';
import { workOf } from '../process/names.ts';
import { DAY } from '../text/durations.ts';

/** How a run ended, best first. */
export const RUN_RESULTS = ['good', 'empty', 'entries_failed', 'failed'] as const;
export type RunResult = (typeof RUN_RESULTS)[number];

export interface Run {
  readonly result: RunResult;
  /** When we found its end, ms since the epoch. */
  readonly time: number;
  /** ms; null: its start was not seen. */
  readonly took: number | null;
}

const ENDS: Readonly<Partial<Record<EventKind, RunResult>>> = {
  'upload.succeeded': 'good',
  'upload.recovered': 'good',
  'upload.empty': 'empty',
  'upload.entries_failed': 'entries_failed',
  'upload.failed': 'failed',
};
/** The events that a strip is made of. */
export const RUN_ENDS = Object.keys(ENDS) as readonly EventKind[];

/** What an event says about the end of a run. */
export interface ReportedRunEnd {
  readonly kind: EventKind;
  readonly time: number;
  /** Names the run, as in the ids of events. */
  readonly run: string;
  /** null: this event does not say, or NOMAD did not. */
  readonly process: string | null;
  /** How long the run took, ms; null: this event does not say. */
  readonly took: number | null;
}

/** The name of a run in the details of an event; those of earlier versions had its time alone. */
export function runOf(run: unknown, completeTime: unknown): string {
  return typeof run === 'string' ? run : `run ${String(completeTime)}`;
}

/** Oldest first. `ends`: of one upload, in the order found. Several events of one run (it succeeded, but is empty) count as one run. */
export function runsOf(ends: readonly ReportedRunEnd[]): readonly Run[] {
  const runs = new Map<string, Run>();
  for (const { kind, time, run, took } of ends) {
    const result = ENDS[kind];
    if (result === undefined) continue;
    const known = runs.get(run) ?? { result, time, took };
    const isWorse = RUN_RESULTS.indexOf(result) > RUN_RESULTS.indexOf(known.result);
    runs.set(run, { result: isWorse ? result : known.result, time: known.time, took: known.took ?? took });
  }
  return [...runs.values()];
}

/** When a processing last ended well before `time`, ms; null: not known. `ends`: of one upload, in the order found. */
export function wentWellBefore(ends: readonly ReportedRunEnd[], time: number): number | null {
  const others = new Set(ends.filter(({ process }) => workOf(process) !== 'processing').map(({ run }) => run));
  const good = runsOf(ends.filter(({ run }) => !others.has(run))).filter(
    (run) => run.result === 'good' && run.time < time,
  );
  return good.at(-1)?.time ?? null;
}

/** Fewer say nothing of what is usual. */
const ENOUGH_RUNS = 3;

/** The median of how long these took, ms; null: too few are known. */
export function usualLength(runs: readonly Run[]): number | null {
  const lengths = runs.flatMap(({ took }) => took ?? []).sort((a, b) => a - b);
  return lengths.length < ENOUGH_RUNS ? null : (lengths[Math.floor(lengths.length / 2)] ?? null);
}

export interface Day {
  /** When it began, ms since the epoch. */
  readonly start: number;
  /** How long NOMAD was away in it, ms. */
  readonly away: number;
  /** The monitor did not watch yet. */
  readonly isBefore: boolean;
}

export interface DaysInput {
  /** `nomad.unreachable` and `nomad.reachable`, in the order found. */
  readonly events: readonly Event[];
  /** When it was first watched, ms. */
  readonly from: number;
  /** Unreachable since, as known now; null: it is there. */
  readonly awaySince: number | null;
  readonly days: number;
  readonly now: number;
}

/** NOMAD's days, oldest first, the last one is today. Days are of 24 hours up to now, so that no time zone matters. */
export function nomadDays({ events, from, awaySince, days, now }: DaysInput): readonly Day[] {
  const outages = outagesOf(events, awaySince, now);
  return Array.from({ length: days }, (_, index): Day => {
    const start = now - (days - index) * DAY;
    const end = start + DAY;
    const away = outages.reduce(
      (sum, each) => sum + Math.max(0, Math.min(each.to, end) - Math.max(each.from, start)),
      0,
    );
    return { start, away, isBefore: end <= from };
  });
}

interface Outage {
  readonly from: number;
  readonly to: number;
}

/** An outage is reported after it has lasted a while, with its start; so is its end. */
function outagesOf(events: readonly Event[], awaySince: number | null, now: number): readonly Outage[] {
  const over = events
    .filter(({ kind }) => kind === 'nomad.reachable')
    .map(({ details, time }) => ({ from: Number(details['since']), to: time }));
  return awaySince === null ? over : [...over, { from: awaySince, to: now }];
}

// What was tried on an upload since it last went well, as far as it was seen: when it first went wrong, how often it was processed again,
// who stopped or reset it. For those who are asked for help. Pure.
import type { Event, EventKind } from '../event.ts';
import { againSuffix, eventPhrase, eventReason, processOf } from '../message/event-text.ts';
import { type Work, workOf } from '../process/names.ts';
import { counted } from '../text/one-line.ts';
import { timeText } from '../text/time-format.ts';
import { RUN_ENDS, runOf } from './run-history.ts';

const TROUBLE: readonly EventKind[] = ['upload.failed', 'upload.entries_failed', 'upload.empty', 'upload.stuck'];
const GOOD: readonly EventKind[] = ['upload.succeeded', 'upload.recovered'];
const ENDED_BY: Readonly<Partial<Record<EventKind, string>>> = {
  'upload.stopped': 'stopped by one of its authors',
  'upload.reset': 'reset by an administrator',
};
/** Where what an upload is called now is not what happened then. */
const WORDS: Readonly<Partial<Record<EventKind, string>>> = {
  'upload.entries_failed': 'ended with failed entries',
  'upload.empty': 'ended without entries',
  'upload.stuck': 'found stuck',
};
const MAX_ENDED = 5;

/** A line each, in the order of time, in UTC. `events`: of one upload, in the order found. Empty: nothing of it was seen. */
export function attemptsOf(events: readonly Event[]): readonly string[] {
  const since = sinceLastGood(events);
  const first = since.find(({ kind }) => TROUBLE.includes(kind));
  if (first === undefined) return [];
  const later = since.slice(since.indexOf(first) + 1);
  const work = workOf(processOf(first));
  const again = runsIn(later, work);
  const done = work === 'processing' ? 'processed again' : 'tried again';
  const last = later.findLast(({ kind }) => TROUBLE.includes(kind));
  const ended = later.flatMap(({ kind, time }) =>
    ENDED_BY[kind] === undefined ? [] : `${ENDED_BY[kind]} on ${at(time)}`,
  );
  const tried = again === 0 && ended.length === 0 ? [`not ${done} since then, as far as the monitor saw`] : [];
  return [
    sentence(first),
    ...(again === 0 ? [] : [`${done} ${counted(again, 'time')} since then`]),
    ...ended.slice(-MAX_ENDED),
    ...(last === undefined ? [] : [`last: ${sentence(last)}`]),
    ...tried,
  ];
}

function sentence(event: Event): string {
  const reason = eventReason(event);
  const words = WORDS[event.kind] ?? `${eventPhrase(event)}${againSuffix(event)}`;
  return `${words} on ${at(event.time)}${reason === null ? '' : `: ${reason}`}`;
}

function at(time: number): string {
  return timeText(time, 'UTC');
}

/** What came after the last run of its files that ended well. A run that succeeded, but is empty, did not. */
function sinceLastGood(events: readonly Event[]): readonly Event[] {
  const bad = new Set(events.filter(({ kind }) => TROUBLE.includes(kind)).map(runIn));
  const isGood = (event: Event) =>
    GOOD.includes(event.kind) && workOf(processOf(event)) === 'processing' && !bad.has(runIn(event));
  return events.slice(events.findLastIndex(isGood) + 1);
}

function runIn({ details }: Event): string {
  return runOf(details['run'], details['complete_time']);
}

/** How many runs of that work began or ended in these: the start or the end of a short one may not have been seen. */
function runsIn(events: readonly Event[], work: Work): number {
  const ended = new Set<string>();
  let [count, isOpen] = [0, false];
  for (const event of events) {
    if (workOf(processOf(event)) !== work) continue;
    if (event.kind === 'upload.started') {
      [count, isOpen] = [count + 1, true];
      continue;
    }
    if (ENDED_BY[event.kind] !== undefined) isOpen = false;
    if (!RUN_ENDS.includes(event.kind) || ended.has(runIn(event))) continue;
    ended.add(runIn(event));
    if (!isOpen) count += 1;
    isOpen = false;
  }
  return count;
}

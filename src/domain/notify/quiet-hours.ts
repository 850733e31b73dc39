// Quiet hours: when they are, and when they end. Walls clocks of a time zone, with its changes to and from summer time. Pure.
import type { EventKind } from '../event.ts';
import { MINUTE } from '../text/durations.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface Quiet {
  /** On which it begins; null: every day. */
  readonly days: readonly Weekday[] | null;
  /** Minutes since midnight, by the wall clock; null: the whole day. `to` before `from` lies in the next day. */
  readonly from: number | null;
  readonly to: number | null;
  /** IANA name; null: the monitor's. */
  readonly timeZone: string | null;
  readonly except: readonly EventKind[];
}

const MINUTES_A_DAY = 1440;
/** Quiet for ever is looked at again after this. */
const MAX_AHEAD = 8 * MINUTES_A_DAY;

/** The same for one moment and any kind, reckoned once for each. */
export function quietAt(quiet: readonly Quiet[], now: number, timeZone: string): (kind: EventKind) => number | null {
  const known = new Map<EventKind, number | null>();
  return (kind) => {
    const before = known.get(kind);
    if (before !== undefined) return before;
    const until = quietUntil(quiet, kind, now, timeZone);
    known.set(kind, until);
    return until;
  };
}

/** When the quiet that covers this kind now is over, ms, to the minute; null: it is not quiet for it. */
export function quietUntil(quiet: readonly Quiet[], kind: EventKind, now: number, timeZone: string): number | null {
  const covering = quiet.filter(({ except }) => !except.includes(kind));
  const isQuiet = (time: number) => covering.some((each) => isIn(each, time, timeZone));
  if (!isQuiet(now)) return null;
  const minute = Math.floor(now / MINUTE) * MINUTE;
  // Borders lie on full minutes, all zones' offsets are of full quarters today: steps of 15 min, then the minute itself.
  let step = 1;
  while (step * 15 < MAX_AHEAD && isQuiet(minute + step * 15 * MINUTE)) step += 1;
  const from = minute + (step - 1) * 15 * MINUTE;
  for (let offset = 1; offset <= 15; offset += 1) {
    if (!isQuiet(from + offset * MINUTE)) return from + offset * MINUTE;
  }
  return minute + MAX_AHEAD * MINUTE;
}

function isIn({ days, from, to, timeZone }: Quiet, time: number, ownZone: string): boolean {
  const { day, minutes } = wallClock(time, timeZone ?? ownZone);
  const on = (index: number) => days === null || days.includes(WEEKDAYS[(index + 7) % 7] ?? 'mon');
  if (from === null || to === null) return on(day);
  if (from < to) return on(day) && minutes >= from && minutes < to;
  return (on(day) && minutes >= from) || (on(day - 1) && minutes < to);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `day`: 0 is Monday. */
function wallClock(time: number, timeZone: string): { readonly day: number; readonly minutes: number } {
  const options = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', options);
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.findIndex((each) => each === parts.get('weekday')?.toLowerCase());
  return { day, minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

// Times as people read them, always with their zone.

interface Formats {
  readonly full: Intl.DateTimeFormat;
  readonly zone: Intl.DateTimeFormat;
  readonly clock: Intl.DateTimeFormat;
}

/** Making one takes longer than most pages; a process has one time zone, a test a few. */
const made = new Map<string, Formats>();

function formatsOf(timeZone: string): Formats {
  const known = made.get(timeZone);
  if (known !== undefined) return known;
  const formats = {
    full: new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' }),
    zone: new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' }),
    clock: new Intl.DateTimeFormat('en-GB', {
      timeZone,
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    }),
  };
  made.set(timeZone, formats);
  return formats;
}

export function timeText(time: number, timeZone: string): string {
  return `${formatsOf(timeZone).full.format(time)} ${zoneText(time, timeZone)}`;
}

/** `CET`, or `GMT+9` where the zone has no short name. */
export function zoneText(time: number, timeZone: string): string {
  const named = formatsOf(timeZone).zone.formatToParts(time);
  return named.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** Day and time, where the zone is given elsewhere in the message. */
export function clockText(time: number, timeZone: string): string {
  return formatsOf(timeZone).clock.format(time);
}

/** For what is reported as soon as it was found. */
export function foundLine(time: number, timeZone: string): string {
  return `Found on ${timeText(time, timeZone)}.`;
}

/** For what is reported later than it happened. */
export function spanLine({ from, to }: { readonly from: number; readonly to: number }, timeZone: string): string {
  return `All of this happened between ${clockText(from, timeZone)} and ${timeText(to, timeZone)}.`;
}

// Times as people read them, always with their zone.

export function timeText(time: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' });
  const zone = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' })
    .formatToParts(time)
    .find((part) => part.type === 'timeZoneName');
  return `${format.format(time)} ${zone?.value ?? timeZone}`;
}

/** Day and time, where the zone is told elsewhere in the message. */
export function clockText(time: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(time);
}

/** For what was not told when it happened. */
export function spanLine({ from, to }: { readonly from: number; readonly to: number }, timeZone: string): string {
  return `All of this happened between ${clockText(from, timeZone)} and ${timeText(to, timeZone)}.`;
}

// Times as people read them, always with their zone.

export function timeText(time: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' });
  const zone = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' })
    .formatToParts(time)
    .find((part) => part.type === 'timeZoneName');
  return `${format.format(time)} ${zone?.value ?? timeZone}`;
}

// Names of time zones.

/** Asking for one takes long, and thousands of accounts can have the same. */
const ZONES = new Map<string, string | null>();

/** As it is usually written; null: there is none of this name. */
export function zoneNamed(name: string): string | null {
  const known = ZONES.get(name);
  if (known !== undefined) return known;
  const zone = askForZone(name);
  ZONES.set(name, zone);
  return zone;
}

function askForZone(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

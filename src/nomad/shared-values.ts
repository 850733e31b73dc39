// Values that nearly all uploads have alike, kept once: of 60,000 uploads they were more than half of the memory.

const said = new Map<string, string>();
/** What NOMAD sends is hostile: short texts alone, and not without bound. */
const MAX_SAID = 10_000;
const LONGEST_SAID = 100;
const NONE: readonly string[] = Object.freeze([]);

/** The same text, and the same place in memory as of one that was here before. */
export function once(value: string): string {
  if (value.length > LONGEST_SAID) return value;
  const known = said.get(value);
  if (known !== undefined) return known;
  if (said.size >= MAX_SAID) said.clear();
  said.set(value, value);
  return value;
}

export function sharedText(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : once(value);
}

/** The same list: those without anything in them are one. */
export function listOf(values: readonly string[]): readonly string[] {
  return values.length === 0 ? NONE : values;
}

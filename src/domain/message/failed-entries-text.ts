// Which entries of an upload failed and why, in lines. It reads the details of stored events, which may be an earlier version's. Pure; no markup.
import type { Details } from '../event.ts';
import { NO_REASON, shareText } from '../failure-reasons.ts';
import { webLink } from '../text/links.ts';
import { oneLine } from '../text/one-line.ts';

interface Line {
  readonly text: string;
  /** The entry in NOMAD; null: none. */
  readonly link: string | null;
}

interface Failing {
  readonly file: string;
  readonly parser: string;
  readonly error: string | null;
  /** By its log; null: not known. */
  readonly reason: string | null;
  readonly link: string | null;
}

interface Group {
  readonly parser: string;
  readonly error: string | null;
  readonly reason: string;
  readonly before: string | null;
  readonly entries: number;
  readonly checked: number;
}

/** The commonest reason, in one line; null: no entry is named. */
export function failedEntriesReason(details: Details): string | null {
  const [group] = groupsIn(details);
  if (group !== undefined) return oneLine(group.reason, 120);
  const [first] = failingIn(details);
  return first === undefined ? null : oneLine(first.error ?? NO_REASON, 120);
}

/** The same, with in how many of them, where not in all. */
export function failedEntriesSummary(details: Details): string | null {
  const reason = failedEntriesReason(details);
  const [group] = groupsIn(details);
  if (reason === null || group === undefined) return reason;
  return `${reason}${shareText(group.entries, Number(details['seen']), Number(details['failed']))}`;
}

/** Entries that failed alike under one line with their number, the others each in a line of its own. */
export function failedEntriesLines(details: Details): readonly Line[] {
  const failing = failingIn(details);
  const groups = groupsIn(details).filter(({ entries }) => entries > 1);
  const alone = failing.filter((entry) => !groups.some((group) => isIn(entry, group)));
  const more = Number(details['failed']) - failing.length;
  return [
    ...groups.flatMap((group) => [
      { text: groupText(group, details), link: null },
      ...failing.filter((entry) => isIn(entry, group)).map(({ file, link }) => ({ text: file, link })),
    ]),
    ...alone.map((entry) => ({ text: entryText(entry, groupsIn(details)), link: entry.link })),
    ...(more > 0 ? [{ text: `… and ${more} more`, link: null }] : []),
  ];
}

function isIn({ parser, error, reason }: Failing, group: Group): boolean {
  if (parser !== group.parser || error !== group.error) return false;
  return reason === null ? group.checked < group.entries : reason === group.reason;
}

/** `14 of 20 failed entries (parsers/vasp): KeyError: 'atomtypes'`. */
function groupText({ parser, reason, before, entries, checked }: Group, { failed, seen }: Details): string {
  const atLeast = Number(seen) < Number(failed) ? 'at least ' : '';
  const found = checked > 0 && checked < entries ? ` (read in the logs of ${checked} of them)` : '';
  const text = `${atLeast}${entries} of ${Number(failed)} failed entries (${oneLine(parser, 60)}): ${oneLine(reason, 150)}`;
  return `${text}${found}${beforeText(before)}`;
}

function entryText({ file, parser, error, reason }: Failing, groups: readonly Group[]): string {
  const own = groups.find((group) => group.parser === parser && group.reason === reason);
  const why = oneLine(reason ?? error ?? NO_REASON, 150);
  return `${file} (${oneLine(parser, 60)}): ${why}${beforeText(own?.before ?? null)}`;
}

function beforeText(before: string | null): string {
  return before === null ? '' : `; before it: ${oneLine(before, 150)}`;
}

function failingIn({ failing }: Details): readonly Failing[] {
  return recordsIn(failing).map(({ mainfile, parser, error, reason, link }) => ({
    file: oneLine(String(mainfile), 120),
    parser: String(parser),
    error: textOrNull(error),
    reason: textOrNull(reason),
    link: webLink(link),
  }));
}

function groupsIn({ reasons }: Details): readonly Group[] {
  return recordsIn(reasons).map(({ parser, error, reason, before, entries, checked }) => ({
    parser: String(parser),
    error: textOrNull(error),
    reason: String(reason),
    before: textOrNull(before),
    entries: Number(entries),
    checked: Number(checked),
  }));
}

function recordsIn(value: Details[string] | undefined): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : [];
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

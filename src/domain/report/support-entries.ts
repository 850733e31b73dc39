// The entries that a text for NOMAD's administrators names: from NOMAD's answers, and from the details of an event that keeps them. Pure.
import type { Details, Event } from '../event.ts';
import { entryLink } from '../text/links.ts';
import type { Entries, UnfinishedEntry } from '../upload.ts';

export interface SupportEntries {
  readonly total: number;
  /** null: not known. */
  readonly successful: number | null;
  readonly failed: number | null;
  /** The first ones, of those that failed and of those that are not done; empty: none, or not known. */
  readonly failing: readonly SupportEntry[];
  readonly unfinished: readonly SupportEntry[];
}

export interface SupportEntry {
  readonly id: string;
  readonly mainfile: string;
  readonly parser: string;
  /** Its error, or what it is doing; null: it does not say. */
  readonly words: string | null;
}

/** What NOMAD answered about the entries of an upload that is not done. */
export interface EntriesNow {
  readonly answer: Pick<Entries, 'total' | 'successful' | 'failed' | 'failing'>;
  readonly unfinished: readonly UnfinishedEntry[];
}

export function entriesNow({ answer, unfinished }: EntriesNow): SupportEntries {
  const { total, successful, failed, failing } = answer;
  return {
    ...{ total, successful, failed },
    failing: failing.map(({ error, ...entry }) => ({ ...entry, words: error })),
    unfinished: unfinished.map(({ status, message, ...entry }) => ({ ...entry, words: wordsOf(status, message) })),
  };
}

/** For the event that an upload is stuck: a mail about it is written later, and has only the event. */
export function stuckDetails({ answer, unfinished }: EntriesNow, uploadId: string, gui: string): Details {
  const { total, successful, failed, failing } = answer;
  return {
    ...{ entries: total, successful, failed },
    failing: failing.map(({ id, ...entry }) => ({ entry_id: id, ...entry, link: entryLink(gui, uploadId, id) })),
    unfinished: unfinished.map(({ id, ...entry }) => ({ entry_id: id, ...entry, link: entryLink(gui, uploadId, id) })),
  };
}

/** What the event of a stuck upload, or of one with failed entries, says of them; null: nothing. It may be an earlier version's. */
export function entriesIn({ kind, details }: Event): SupportEntries | null {
  const { entries, successful, failed, failing, unfinished } = details;
  const isAboutEntries = kind === 'upload.stuck' || kind === 'upload.entries_failed';
  if (!isAboutEntries || typeof entries !== 'number') return null;
  return {
    total: entries,
    successful: numberOrNull(successful),
    failed: numberOrNull(failed),
    failing: recordsIn(failing).map(({ reason, error, ...entry }) => entryOf(entry, textOrNull(reason ?? error))),
    unfinished: recordsIn(unfinished).map(({ status, message, ...entry }) =>
      entryOf(entry, wordsOf(String(status), textOrNull(message) ?? '')),
    ),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function entryOf({ entry_id: id, mainfile, parser }: Fields, words: string | null): SupportEntry {
  return { id: textOrNull(id) ?? '', mainfile: textOrNull(mainfile) ?? '', parser: textOrNull(parser) ?? '', words };
}

function wordsOf(status: string, message: string): string {
  return message === '' ? status : `${status}, ${message}`;
}

function recordsIn(value: Details[string] | undefined): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

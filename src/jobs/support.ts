// What the state lacks for a text to NOMAD's administrators: NOMAD's version, the authors' names, and the entries that are not done.
import type { SupportEntries } from '../domain/report/support-report.ts';
import type { Failure } from '../nomad/failure.ts';
import type { Nomad } from '../nomad/nomad.ts';

export interface SupportFacts {
  readonly ok: true;
  /** null: NOMAD does not say. */
  readonly version: string | null;
  /** By user id, as far as NOMAD gives them. */
  readonly names: ReadonlyMap<string, string>;
  /** By upload; one that is missing got no usable answer. */
  readonly entries: ReadonlyMap<string, SupportEntries>;
}

interface Asked {
  readonly id: string;
  readonly mainAuthor: string;
}

type Asking = Pick<Nomad, 'identity' | 'version' | 'names' | 'entries' | 'unfinished'>;

export async function askForSupport(
  nomad: Asking,
  uploads: readonly Asked[],
  signal: AbortSignal,
): Promise<SupportFacts | Failure> {
  const me = await nomad.identity(signal);
  if (!me.ok) return me;
  const version = await nomad.version(signal);
  const authors = [...new Set(uploads.map(({ mainAuthor }) => mainAuthor))];
  const names = await nomad.names(authors, signal);
  const entries = new Map<string, SupportEntries>();
  for (const { id } of uploads) {
    const found = await entriesOf(nomad, id, signal);
    if (found !== null) entries.set(id, found);
  }
  return { ok: true, version, names, entries };
}

async function entriesOf(nomad: Asking, id: string, signal: AbortSignal): Promise<SupportEntries | null> {
  const answer = await nomad.entries(id, 'few', signal);
  if (answer === 'unknown' || answer === 'gone') return null;
  const { total, successful, failed } = answer;
  const isDone = successful + failed >= total;
  const unfinished = isDone ? [] : ((await nomad.unfinished(id, failed, signal)) ?? []);
  return {
    ...{ total, successful, failed },
    failing: answer.failing.map(({ error, ...rest }) => ({ ...rest, words: error })),
    unfinished: unfinished.map(({ status, message, ...rest }) => ({
      ...rest,
      words: message === '' ? status : `${status}, ${message}`,
    })),
  };
}

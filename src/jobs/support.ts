// What the state lacks for a text to NOMAD's administrators: NOMAD's version, the authors' names, and the entries that are not done.
import type { DetectedChange } from '../domain/event.ts';
import { type EntriesNow, type SupportEntries, entriesNow, stuckDetails } from '../domain/report/support-entries.ts';
import type { Health } from '../domain/nomad/health.ts';
import { DAY } from '../domain/text/durations.ts';
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

type AskEntries = Pick<Nomad, 'entries' | 'unfinished'>;
type Asking = AskEntries & Pick<Nomad, 'identity' | 'version' | 'names'>;

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
    if (found !== null) entries.set(id, entriesNow(found));
  }
  return { ok: true, version, names, entries };
}

/** With more stuck uploads than this no mail names the entries of each. */
const MAX_STUCK = 3;
/** NOMAD's version is asked once in so long, ms. */
const VERSION_LASTS = DAY;

export interface Found {
  readonly found: readonly DetectedChange[];
  /** As known before, or as asked now. */
  readonly version: Health['version'];
}

/**
 * The changes of a poll. Those that say that an upload is stuck say of the first few what NOMAD answers now about its entries, and of which
 * version it is: a mail about it has only its event.
 */
export async function withSupport(
  nomad: AskEntries & Pick<Nomad, 'version'>,
  { found, version: known }: Found,
  { gui, now, signal }: { readonly gui: string; readonly now: number; readonly signal: AbortSignal | undefined },
): Promise<Found> {
  const version = found.some(isTrouble) ? await versionNow(nomad, known, now, signal) : known;
  const stuck = found.filter(({ kind }) => kind === 'upload.stuck');
  const details = new Map<DetectedChange, DetectedChange['details']>();
  for (const change of stuck.slice(0, MAX_STUCK)) {
    const id = change.upload?.id ?? '';
    const entries = signal?.aborted === true ? null : await entriesOf(nomad, id, signal);
    // What does not answer now is not asked for the next one either: the message is waiting.
    if (entries === null) break;
    details.set(change, stuckDetails(entries, id, gui));
  }
  const more = version === undefined ? {} : { nomad_version: version.text };
  const withDetails = (change: DetectedChange) =>
    stuck.includes(change) ? { ...change, details: { ...change.details, ...more, ...details.get(change) } } : change;
  return { found: found.map(withDetails), version };
}

/** What administrators are asked about. */
function isTrouble({ kind, details }: DetectedChange): boolean {
  if (kind === 'monitor.baseline') return Number(details['failed']) > 0;
  return kind === 'upload.failed' || kind === 'upload.stuck';
}

async function versionNow(
  nomad: Pick<Nomad, 'version'>,
  known: Health['version'],
  now: number,
  signal: AbortSignal | undefined,
): Promise<Health['version']> {
  if (known !== undefined && Math.abs(now - known.askedAt) < VERSION_LASTS) return known;
  return { text: (await nomad.version(signal)) ?? known?.text ?? null, askedAt: now };
}

/** null: no usable answer. */
async function entriesOf(nomad: AskEntries, id: string, signal: AbortSignal | undefined): Promise<EntriesNow | null> {
  const answer = await nomad.entries(id, 'few', signal);
  if (answer === 'unknown' || answer === 'gone') return null;
  const { total, successful, failed } = answer;
  const isDone = successful + failed >= total;
  return { answer, unfinished: isDone ? [] : ((await nomad.unfinished(id, failed, signal)) ?? []) };
}

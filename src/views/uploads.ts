// The list of uploads, page by page, and all that is known of one.
import type { Event } from '../domain/event.ts';
import { standingAdvice } from '../domain/message/advice.ts';
import { conditionsOf } from '../domain/report/conditions.ts';
import { type Ranked, rowOf } from '../domain/report/report.ts';
import { type ReportedRunEnd, runsOf } from '../domain/report/run-history.ts';
import { isAbout } from '../domain/report/sort.ts';
import { stateReport } from '../domain/report/support-upload.ts';
import { uploadLink } from '../domain/text/links.ts';
import { type TrackedUpload, phaseOf } from '../domain/upload.ts';
import { goneIn } from '../domain/wait/outcome.ts';
import type { KnownAccount } from '../store/operator.ts';
import type { Reader } from '../store/reader.ts';
import { nameOf } from './authors.ts';
import { type LatestSnapshot, type LatestUploads, NOTHING_SEEN } from './latest-uploads.ts';
import { type RankedSnapshot, type Ranking, NO_UPLOADS } from './ranking.ts';
import type { DatedListView, ListQuery, ListedUpload, UploadSight, UploadView } from './views.ts';

export interface UploadSource {
  readonly reader: Pick<Reader, 'runEnds' | 'eventsOf' | 'receiptsOf'>;
  readonly latest: LatestUploads;
  readonly ranking: Ranking;
  /** NOMAD's GUI. */
  readonly gui: string;
  /** The address of its API. */
  readonly deployment: string;
  /** The monitor's own. */
  readonly version: string;
}

const ON_A_PAGE = 50;
const RUNS_IN_LIST = 20;
const RUNS_OF_ONE = 60;
const MAX_EVENTS = 200;
const MAX_RECEIPTS = 500;

export async function listView(
  source: UploadSource,
  { condition, author, text, sort, page }: ListQuery,
  account: KnownAccount | null,
): Promise<DatedListView> {
  const known = await source.latest(account);
  const latest = known ?? NO_UPLOADS;
  const every = source.ranking.sorted(latest, sort);
  const there = condition === null ? every : every.filter(({ conditions }) => conditions.includes(condition));
  const theirs = author === '' ? there : there.filter(isBy(author, latest.names));
  const found = text === '' ? theirs : theirs.filter(isAbout(text, latest.names));
  const pages = Math.max(1, Math.ceil(found.length / ON_A_PAGE));
  const shown = Math.min(Math.max(1, page), pages);
  const onPage = found.slice((shown - 1) * ON_A_PAGE, shown * ON_A_PAGE);
  const rows = await withRuns(source, onPage, latest, RUNS_IN_LIST, account);
  return { asOf: known?.snapshot.takenAt ?? null, rows, matching: found.length, page: shown, pages };
}

function isBy(author: string, names: RankedSnapshot['names']) {
  return ({ watched }: Ranked) => nameOf(watched.upload.mainAuthor, names) === author;
}

/** null: nothing is known of it. */
export async function uploadView(
  source: UploadSource,
  id: string,
  account: KnownAccount | null,
): Promise<UploadView | null> {
  const { reader, latest } = source;
  const ranked = (await latest(account)) ?? NOTHING_SEEN;
  const watched = ranked.snapshot.uploads.get(id);
  const events = account === null ? [] : await reader.eventsOf(account.id, id, MAX_EVENTS);
  if (watched === undefined && events.length === 0) return null;
  const found = watched === undefined ? [] : [{ watched, conditions: conditionsOf(watched) }];
  const [row = null] = await withRuns(source, found, ranked, RUNS_OF_ONE, account);
  return {
    id,
    row,
    advice: standingAdvice(id, watched ?? null, events),
    warnings: watched?.upload.warnings ?? [],
    events,
    receipts: account === null ? [] : await reader.receiptsOf(account.id, id, MAX_RECEIPTS),
    report: watched === undefined ? null : reportOf(source, ranked, watched, events),
  };
}

export async function uploadSight(
  { reader, latest }: Pick<UploadSource, 'reader' | 'latest'>,
  id: string,
  account: KnownAccount | null,
): Promise<UploadSight> {
  const { snapshot, polledAt, wholeAt } = (await latest(account)) ?? NOTHING_SEEN;
  const watched = snapshot.uploads.get(id) ?? null;
  const [last] = watched !== null || account === null ? [] : await reader.eventsOf(account.id, id, 1);
  const gone = last === undefined ? null : goneIn(last);
  return { watched, gone, sequence: snapshot.sequence, polledAt, wholeAt, total: snapshot.uploads.size };
}

/** `events`: newest first. null: nothing is wrong with it that administrators could help with. */
function reportOf(
  { gui, deployment, version }: UploadSource,
  { snapshot, names, nomadVersion }: LatestSnapshot,
  watched: TrackedUpload,
  events: readonly Event[],
): string | null {
  const conditions = conditionsOf(watched);
  if (!conditions.includes('failed') && !conditions.includes('stuck')) return null;
  const { id, mainAuthor } = watched.upload;
  const about = { link: uploadLink(gui, id), author: names.get(mainAuthor) ?? mainAuthor, entries: null };
  return stateReport(
    { watched, events: events.toReversed(), ...about },
    { deployment, version: nomadVersion, monitor: version, asOf: snapshot.takenAt },
  );
}

async function withRuns(
  { reader, gui }: UploadSource,
  found: readonly Ranked[],
  { names }: RankedSnapshot,
  limit: number,
  account: KnownAccount | null,
): Promise<readonly ListedUpload[]> {
  const ids = found.map(({ watched }) => watched.upload.id);
  const ends = account === null ? new Map<string, never[]>() : await reader.runEnds(account.id, ids, limit);
  return found.map((each) => listed(each, ends.get(each.watched.upload.id) ?? [], names, gui));
}

/** `ends`: of its runs, oldest first. */
function listed(
  ranked: Ranked,
  ends: readonly ReportedRunEnd[],
  names: RankedSnapshot['names'],
  gui: string,
): ListedUpload {
  const last = ends.at(-1);
  const took = ends.find((end) => end.run === last?.run && end.took !== null);
  const row = rowOf(ranked, names, (uploadId) => uploadLink(gui, uploadId));
  const { upload, oldMessage } = ranked.watched;
  const step = phaseOf(upload, oldMessage) === 'active' ? upload.message : null;
  return { ...row, runs: runsOf(ends), took_ms: took?.took ?? null, step };
}

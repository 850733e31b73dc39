// The series of single uploads: up to thousands. They are written out with the first scrape after a poll, not with each.
import type { Overview } from '../domain/report/conditions.ts';
import { firstVisible } from '../domain/text/one-line.ts';
import { PROCESS_STATUSES, titleOf } from '../domain/upload.ts';
import { type Family, type Form, type Sample, byAccount, headText, samplesText } from './exposition.ts';
import { PREFIX } from './registry.ts';

type Shown = Pick<Overview, 'notable' | 'leftOut'>;
type Notable = Overview['notable'][number];
/** Of users, by their id. */
type Names = ReadonlyMap<string, string>;

/** Of one account. */
export interface UploadSeries {
  set(overview: Shown, names: Names): void;
  remove(): void;
  /** The samples of each family of single uploads, in the order in which they are written. `account`: whose they are said to be; null: nothing is said. */
  samples(form: Form, account: string | null): readonly string[];
}

export function createUploadSeries(): UploadSeries {
  let families: () => readonly Family[] = () => seriesOf([], new Map(), []);
  let known: { readonly account: string | null; readonly byForm: Map<Form, readonly string[]> } = nothingKnown(null);

  return {
    set({ notable, leftOut }, names) {
      families = () => seriesOf(notable, names, [{ labels: {}, value: leftOut }]);
      known = nothingKnown(known.account);
    },
    remove() {
      families = () => seriesOf([], new Map(), []);
      known = nothingKnown(known.account);
    },
    samples(form, account) {
      if (known.account !== account) known = nothingKnown(account);
      const written = known.byForm.get(form);
      if (written !== undefined) return written;
      const said = account === null ? families() : byAccount([[account, families()]]);
      const texts = said.map((family) => samplesText(family, form));
      known.byForm.set(form, texts);
      return texts;
    },
  };
}

function nothingKnown(account: string | null) {
  return { account, byForm: new Map<Form, readonly string[]>() };
}

/** What is written of all accounts: each family once, with the samples of every account. */
export function uploadSeriesText(of: readonly { readonly samples: readonly string[] }[], form: Form): string {
  const families = seriesOf([], new Map(), []);
  return families
    .map((family, place) => `${headText(family, form)}${of.map(({ samples }) => samples[place] ?? '').join('')}`)
    .join(form === 'text' ? '\n' : '');
}

function seriesOf(notable: readonly Notable[], names: Names, without: readonly Sample[]): readonly Family[] {
  /** One sample of each upload that has such a value. */
  const each = (valueOf: (of: Notable) => number | null) =>
    notable.flatMap((of) => {
      const value = valueOf(of);
      return value === null ? [] : [{ labels: { upload_id: of.upload.id }, value }];
    });
  return [
    gauge(
      'upload_status',
      'Process status of an upload: 1 for the current one, 0 for the others.',
      notable.flatMap(({ upload }) =>
        PROCESS_STATUSES.map((process_status) => ({
          labels: { upload_id: upload.id, process_status },
          value: upload.status === process_status ? 1 : 0,
        })),
      ),
    ),
    gauge(
      'upload_info',
      'Always 1; shows name and main author.',
      notable.map(({ upload }) => ({ labels: infoOf(upload, names), value: 1 })),
    ),
    gauge(
      'upload_errors',
      'Errors of an upload.',
      each(({ upload }) => upload.errors.length),
    ),
    gauge(
      'upload_failed_entries',
      'Failed entries of an upload; absent if not known.',
      each(({ inspection }) => inspection?.failed ?? null),
    ),
    gauge(
      'upload_entries',
      'Entries of an upload.',
      each(({ upload }) => upload.entries),
    ),
    gauge(
      'upload_status_since_timestamp_seconds',
      'Since when an upload has its process status, by the clock of NOMAD.',
      each(({ statusSince }) => statusSince / 1000),
    ),
    gauge('uploads_without_series', 'Uploads without series because of METRICS_MAX_UPLOADS.', without),
  ];
}

/** None is empty: to Prometheus an empty label is no label. */
function infoOf(upload: Notable['upload'], names: Names) {
  const author = firstVisible([names.get(upload.mainAuthor), upload.mainAuthor], 100);
  return {
    upload_id: upload.id,
    upload_name: titleOf(upload, 200),
    main_author: author === '' ? 'unknown' : author,
  };
}

function gauge(name: string, help: string, values: readonly Sample[]): Family {
  return { name: `${PREFIX}${name}`, help, type: 'gauge', values };
}

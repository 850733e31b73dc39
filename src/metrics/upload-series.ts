// The series of single uploads: up to thousands. They are made and written out with the first scrape after a poll, not with each.
import { Gauge, Registry } from 'prom-client';
import type { Overview } from '../domain/report/conditions.ts';
import { oneLine } from '../domain/text/one-line.ts';
import { PROCESS_STATUSES } from '../domain/upload.ts';
import { type ContentType, describing, written } from './registry.ts';

export interface UploadSeries {
  /** `names`: of users, by their id. */
  set(overview: Pick<Overview, 'notable' | 'leftOut'>, names: ReadonlyMap<string, string>): void;
  remove(): void;
  /** In the form that is asked for. */
  render(contentType: ContentType): Promise<string>;
}

export function createUploadSeries(): UploadSeries {
  const registry = new Registry();
  const { without, ...series } = seriesIn(registry);
  const byForm = new Map<ContentType, Promise<string>>();

  function remove(): void {
    for (const gauge of Object.values(series)) gauge.reset();
    without.remove();
    byForm.clear();
  }

  return {
    remove,
    set({ notable, leftOut }, names) {
      remove();
      without.set(leftOut);
      for (const { upload, statusSince, inspection } of notable) {
        const upload_id = upload.id;
        for (const process_status of PROCESS_STATUSES) {
          series.status.set({ upload_id, process_status }, upload.status === process_status ? 1 : 0);
        }
        const author = names.get(upload.mainAuthor) ?? upload.mainAuthor;
        const [upload_name, main_author] = [oneLine(upload.name ?? '', 200), oneLine(author, 100)];
        series.info.set({ upload_id, upload_name, main_author }, 1);
        series.errors.set({ upload_id }, upload.errors.length);
        const failed = inspection?.failed ?? null;
        if (failed !== null) series.failedEntries.set({ upload_id }, failed);
        series.entries.set({ upload_id }, upload.entries);
        series.since.set({ upload_id }, statusSince / 1000);
      }
    },
    render(contentType) {
      const known = byForm.get(contentType);
      if (known !== undefined) return known;
      const text = written(registry, contentType);
      byForm.set(contentType, text);
      return text;
    },
  };
}

function seriesIn(registry: Registry) {
  const in_ = describing(registry);
  return {
    status: new Gauge(
      in_('upload_status', 'Process status of an upload: 1 for the current one, 0 for the others.', [
        'upload_id',
        'process_status',
      ]),
    ),
    info: new Gauge(
      in_('upload_info', 'Always 1; shows name and main author.', ['upload_id', 'upload_name', 'main_author']),
    ),
    errors: new Gauge(in_('upload_errors', 'Errors of an upload.', ['upload_id'])),
    failedEntries: new Gauge(
      in_('upload_failed_entries', 'Failed entries of an upload; absent if not known.', ['upload_id']),
    ),
    entries: new Gauge(in_('upload_entries', 'Entries of an upload.', ['upload_id'])),
    since: new Gauge(
      in_(
        'upload_status_since_timestamp_seconds',
        'Since when an upload has its process status, by the clock of NOMAD.',
        ['upload_id'],
      ),
    ),
    without: new Gauge(in_('uploads_without_series', 'Uploads without series because of METRICS_MAX_UPLOADS.')),
  };
}

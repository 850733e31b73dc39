// Documents as they are stored, brought to the form of today: what an earlier version wrote lacks what it did not know.
import type { Event, UploadState } from '../domain/event.ts';
import type { Content, Standing, Summary } from '../domain/notify/delivery-content.ts';
import { WRONG } from '../domain/report/conditions.ts';
import { uploadFailureOf } from '../domain/failure.ts';
import { withoutTraceback } from '../domain/process/traceback.ts';
import type { Inspection, Upload, TrackedUpload } from '../domain/upload.ts';
import type { Row } from './rows.ts';

/** Of version 0.1: without what NOMAD 1.4 and later add. */
type Stored<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;
type StoredWatched = Omit<Stored<TrackedUpload, 'failure' | 'oldMessage'>, 'upload' | 'inspection' | 'progress'> & {
  readonly upload: Stored<Upload, 'groupRole'>;
  readonly inspection: Inspection | StoredInspection | null;
  readonly progress: Stored<NonNullable<TrackedUpload['progress']>, 'told'> | null;
};
interface StoredInspection {
  readonly completeTime: number;
  readonly askAt: number | null;
  readonly tries: number;
  readonly failed: number | null;
}

export function watchedOf(row: Row): TrackedUpload {
  const stored = JSON.parse(String(row['document'])) as StoredWatched;
  const { failure, oldMessage = null, inspection, progress, ...rest } = stored;
  if (failure !== undefined) return stored as TrackedUpload;
  const upload: Upload = clean({ groupRole: null, ...stored.upload });
  const hasFailed = rest.lastResult === 'failed' || upload.status === 'FAILURE';
  return {
    ...rest,
    upload,
    oldMessage,
    failure: hasFailed ? uploadFailureOf(upload) : null,
    inspection: inspection === null || 'run' in inspection ? inspection : inspectionOf(inspection),
    // What it is doing is named by its signature, where the message now is without a traceback: it begins anew.
    progress: progress === null ? null : { ...progress, told: progress.told ?? progress.stuck },
  };
}

function inspectionOf({ completeTime, askAt, tries, failed }: StoredInspection): Inspection {
  const reportedFailed = (failed ?? 0) > 0 ? String(failed) : '';
  return { run: `run ${completeTime}`, why: 'end', askAt, tries, failed, newestEnd: null, told: reportedFailed };
}

const MARK = 'Traceback (most recent call last)';

/** Tracebacks of NOMAD, which earlier versions kept, are for nobody who reads an event. */
export function eventOf(row: Row): Event {
  const text = String(row['document']);
  const event = JSON.parse(text) as Event;
  if (!text.includes(MARK)) return event;
  return { ...event, before: event.before && clean(event.before), after: event.after && clean(event.after) };
}

function clean<T extends UploadState | Upload>(facts: T): T {
  const tidy = (texts: readonly string[]) => texts.map(withoutTraceback);
  const message = facts.message === null ? null : withoutTraceback(facts.message);
  return { ...facts, message, errors: tidy(facts.errors), warnings: tidy(facts.warnings) };
}

/** Of a version that made one summary of everything. */
interface StoredDigest extends Pick<Summary, 'from' | 'to' | 'uploads' | 'counts' | 'events' | 'more'> {
  readonly kind: 'digest';
  readonly standing: readonly (Standing | (Omit<Standing, 'condition'> & { readonly condition: 'processing' }))[];
}

/** What a delivery carries that has no events. */
export function standingContentOf(row: Row): Content {
  const content = JSON.parse(String(row['document'])) as Content | StoredDigest;
  return content.kind === 'digest' ? summaryOf(content) : content;
}

function summaryOf({ from, to, uploads, counts, events, more, standing }: StoredDigest): Summary {
  const wrong = standing.filter((each): each is Standing => WRONG.some((condition) => condition === each.condition));
  const authors = new Set(standing.map(({ upload }) => upload.author)).size;
  const well = (events['upload.succeeded'] ?? 0) + (events['upload.recovered'] ?? 0);
  const rest = { unchecked: 0, authors, groups: null };
  return { kind: 'summary', from, to, uploads, counts, well, events, standing: wrong, more, ...rest };
}

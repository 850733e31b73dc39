// What to do about what befell an upload, or NOMAD. Pure; no markup.
import type { Event, EventKind } from '../event.ts';
import { type Condition, conditionsOf } from '../report/conditions.ts';
import { type Engine, type Work, engineOf, workOf } from '../process/names.ts';
import { oneLine } from '../text/one-line.ts';
import type { TrackedUpload } from '../upload.ts';
import { processOf } from './event-text.ts';

/** What an upload's advice depends on, beside what befell it. */
export interface UploadSituation {
  readonly kind: EventKind;
  readonly uploadId: string;
  /** Of the run that it is about. */
  readonly process: string | null;
  /** null: nothing that was seen shows which. */
  readonly engine: Engine | null;
  /** It has no entries after it was processed again. */
  readonly afterFailure: boolean;
}

/** What to do about what befell an upload; a line after the first is a command to copy. */
export function uploadAdvice({ kind, uploadId, process, engine, afterFailure }: UploadSituation): string | null {
  switch (kind) {
    case 'upload.failed':
      return failedAdvice(workOf(process));
    case 'upload.entries_failed':
      return 'The upload itself counts as a success, but these entries cannot be used. Fix their files and process it again.';
    case 'upload.empty':
      return afterFailure
        ? 'It was processed again after it had failed or was stopped, and NOMAD found nothing in it. Upload the files again.'
        : 'NOMAD recognised no file in it. Check the names and formats of the files, or add a main file that a parser knows.';
    case 'upload.stuck':
      return stuckAdvice(engine, oneLine(uploadId, 60));
    case 'upload.reset':
      return 'An administrator of NOMAD reset it; it is not being processed now. Process it again if needed.';
    case 'upload.stopped':
      return 'One of its authors stopped the processing. Process it again if needed.';
    case 'upload.deleted':
      return 'NOMAD says that this upload no longer exists. If you did not delete it, ask its authors.';
    case 'upload.unshared':
      return 'NOMAD says that you no longer have access to it. If that is a mistake, ask its main author.';
    default:
      return null;
  }
}

function failedAdvice(work: Work): string {
  switch (work) {
    case 'processing':
      return 'Open the upload in NOMAD, fix or remove the files that the error is about, and process it again.';
    case 'publish':
      return 'Its files are unchanged, and it is not published. Publish it again later; if that fails too, contact the administrators of NOMAD.';
    case 'import':
      return 'Import it again later; if that fails too, contact the administrators of NOMAD.';
    case 'edit':
    case 'transfer':
    case 'delete':
      return 'Its files are unchanged. Try again later; if that fails too, contact the administrators of NOMAD.';
  }
}

/** With Temporal (NOMAD 1.4 and later) an administrator's reset leaves the upload locked: every later process is refused. */
function stuckAdvice(engine: Engine | null, id: string): string {
  if (engine === 'temporal') {
    return 'One of its authors can end it: press "Stop processing" in NOMAD, then process it again. An administrator must not reset it: this NOMAD then permanently refuses to process it.';
  }
  if (engine === null)
    return 'Contact an administrator of NOMAD. If NOMAD shows a button "Stop processing", its authors can end it themselves.';
  return `Only an administrator of NOMAD can end it. Ask them to run, in this order:\nnomad admin uploads reset -- ${id}\nnomad admin uploads process -- ${id}`;
}

/** What to do; a line after the first is a command to copy. */
export function adviceOf(event: Event): string | null {
  switch (event.kind) {
    case 'nomad.unreachable':
      return 'Your uploads cannot be watched until it answers again. Then you will be notified of what happened in the meantime.';
    case 'nomad.processing_stalled':
      return 'A worker of NOMAD may be down, or busy with the uploads of others. You need not do anything about your uploads. If this continues, contact the administrators of NOMAD.';
    case 'nomad.login_refused':
      return event.details['what'] === 'token'
        ? 'Your uploads cannot be watched until this is fixed: create a new token in NOMAD, set NOMAD_TOKEN and restart the monitor.'
        : 'Your uploads cannot be watched until this is fixed: set NOMAD_USERNAME and NOMAD_PASSWORD and restart the monitor. If they are right, the account may be locked: NOMAD then gives the same answer, and its operators can unlock it.';
    case 'nomad.token_expiring':
      return 'This token cannot renew itself. Create a new one, set NOMAD_TOKEN and restart the monitor.';
    default:
      return uploadAdvice(situationOf(event));
  }
}

function situationOf(event: Event): UploadSituation {
  const { kind, upload, details, after } = event;
  return {
    kind,
    uploadId: upload?.id ?? '',
    process: processOf(event),
    engine: after === null ? null : engineOf(after),
    afterFailure: details['after_failure'] === true,
  };
}

/** What to do about an upload as it is now, whether or not what brought it there was found. `events`: of it, newest first. */
export function standingAdvice(
  uploadId: string,
  watched: TrackedUpload | null,
  events: readonly Event[],
): string | null {
  const [worst] = watched === null ? [] : conditionsOf(watched);
  const kind = situationKind(worst, watched !== null, events[0]?.kind);
  if (kind === null) return null;
  const upload = watched?.upload ?? null;
  return uploadAdvice({
    kind,
    uploadId,
    process: watched?.failure?.process ?? upload?.process ?? null,
    engine: upload === null ? null : engineOf(upload),
    afterFailure: events.find((event) => event.kind === 'upload.empty')?.details['after_failure'] === true,
  });
}

function situationKind(worst: Condition | undefined, isThere: boolean, last: EventKind | undefined): EventKind | null {
  if (worst !== undefined && worst !== 'processing' && worst !== 'published') return `upload.${worst}`;
  // What went well since leaves nothing to do.
  const isOver = worst !== undefined || (isThere && last !== 'upload.reset' && last !== 'upload.stopped');
  return isOver ? null : (last ?? null);
}

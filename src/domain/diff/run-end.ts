// What is reported of the end of a run, and what of a failure stands after it. Pure.
import type { Details, EventKind } from '../event.ts';
import { entryLink } from '../text/links.ts';
import { workOf } from '../process/names.ts';
import { type RunEnd, isOfFiles } from '../run.ts';
import type { Entries, StandingFailure, Upload, TrackedUpload } from '../upload.ts';

export interface Change {
  readonly kind: EventKind;
  /** Names the change by what it is where that is unique (the end of a run); else the snapshot compared with names it. */
  readonly mark?: string;
  readonly details?: Details;
}

export interface Around {
  readonly known: Pick<TrackedUpload, 'lastResult' | 'failure'>;
  readonly after: Upload;
}

/** `took` in ms; null: its start was not seen. */
export function changesOfEnd(
  end: RunEnd,
  mark: string,
  took: number | null,
  { known, after }: Around,
): readonly Change[] {
  const details = { run: mark, process: end.process, complete_time: end.at, ...(took !== null && { took_ms: took }) };
  const of = (kind: Change['kind'], more: Change['details'] = {}): Change => ({
    kind,
    mark,
    details: { ...details, ...more },
  });
  const { failure } = known;
  if (end.result === 'failed') {
    const isAgain = failure !== null && workOf(failure.process) === workOf(end.process);
    const unclear = end.unclear === true ? { unclear: true } : {};
    return [of('upload.failed', { again: isAgain, reason: end.reason, ...unclear })];
  }
  switch (workOf(end.process)) {
    case 'edit':
      return [of('upload.edited')];
    case 'publish': // `upload.published` says it. One that is not published yet has not ended, whatever its status says (1.4.2).
      return end.process === 'publish_externally' ? [of('upload.succeeded')] : [];
    case 'processing':
      break;
    default:
      return [of('upload.succeeded')];
  }
  if (after.entries === 0) {
    // After a failure or a stop NOMAD may have no files any more: then there is nothing to process, and that is no success.
    const isAfterTrouble = failure !== null || known.lastResult === 'stopped';
    return isAfterTrouble
      ? [of('upload.empty', { after_failure: true })]
      : [of('upload.succeeded'), of('upload.empty')];
  }
  return [of(failure === null ? 'upload.succeeded' : 'upload.recovered')];
}

/**
 * A failure stands until a processing ends well: an edit, a publish, a transfer repair nothing, though NOMAD then says SUCCESS. One of
 * those that failed itself is over when the like ends well. `takenAt`: the server's clock, ms.
 */
export function failureAfter(
  known: StandingFailure | null,
  end: RunEnd | null,
  takenAt: number,
): StandingFailure | null {
  if (end === null) return known;
  if (end.result === 'failed') {
    const isWorse = known !== null && workOf(known.process) === 'processing' && !isOfFiles(end);
    return isWorse ? known : { process: end.process, reason: end.reason, since: end.at ?? takenAt };
  }
  if (known === null || isOfFiles(end)) return null;
  return workOf(known.process) === workOf(end.process) ? null : known;
}

export function entriesFailed(upload: Upload, answer: Entries, mark: string, gui: string): Change {
  const { total, failed, explanation } = answer;
  const named = explanation?.named ?? answer.failing.map((entry) => ({ ...entry, reason: null }));
  const failing = named.map(({ id, mainfile, parser, error, reason }) => {
    return { entry_id: id, mainfile, parser, error, reason, link: entryLink(gui, upload.id, id) };
  });
  const details: Details = { run: mark, complete_time: upload.completeTime, entries: total, failed, failing };
  return { kind: 'upload.entries_failed', mark, details: { ...details, ...reasonsOf(explanation) } };
}

function reasonsOf(explanation: Entries['explanation']): Details {
  if (explanation === undefined) return {};
  return { seen: explanation.seen, reasons: explanation.groups.map((group) => ({ ...group })) };
}

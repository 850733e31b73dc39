// What NOMAD's processes do, and what its messages say of a run. The names and texts are NOMAD's own, of 1.3 (Celery) and of 1.4 and
// later (Temporal); see docs/nomad.md. A name or a step that nobody knows yet has a meaning here too. Pure.

/** What NOMAD says of an upload's process. */
interface Said {
  readonly status: string;
  readonly process: string | null;
  readonly message: string | null;
}

/** processing: reads the files of the upload and makes its entries. The others leave its files and entries as they are. */
export type Work = 'processing' | 'edit' | 'publish' | 'import' | 'transfer' | 'delete';

const WORK: ReadonlyMap<string, Work> = new Map([
  ['edit_upload_metadata', 'edit'],
  ['edit_metadata', 'edit'],
  ['publish_upload', 'publish'],
  ['publish_externally', 'publish'],
  ['import_bundle', 'import'],
  ['transfer_upload_ownership', 'transfer'],
  ['delete_upload', 'delete'],
]);

/** The processes of NOMAD 1.3, 1.4 and 2.0, without the underscore before most of them. */
export const KNOWN_PROCESSES: readonly string[] = [
  'process_upload',
  'put_file_and_process_local',
  'process_example_upload',
  ...WORK.keys(),
];

/** A process nobody knows may have changed the files. */
export function workOf(process: string | null): Work {
  return (process === null ? undefined : WORK.get(process)) ?? 'processing';
}

const GOOD_END = /^Process (?:\S+ )?completed\b/;
const BAD_END = /^Process (?:\S+ )?failed\b/;
const STOPPED = 'Processing stopped';
/** NOMAD 1.3 writes it when it queues a process. */
const QUEUED = /^Pending\b/;

/** How the run of a message ended; null: the message names no end. */
export function endInMessage(message: string | null): 'succeeded' | 'failed' | null {
  if (message === null) return null;
  if (GOOD_END.test(message)) return 'succeeded';
  return BAD_END.test(message) ? 'failed' : null;
}

/** An author stopped the processing (NOMAD 1.4 and later): the process stays, unlike with an administrator's reset. */
export function isStopped({ status, process, message }: Said): boolean {
  return status === 'READY' && process !== null && message === STOPPED;
}

/** `Adding files`, `Matching`, `Parsing level 0`, `Cleanup`, …: written by the worker that has the upload. */
export function isStep(message: string | null): boolean {
  return message !== null && message !== STOPPED && !QUEUED.test(message) && endInMessage(message) === null;
}

/**
 * NOMAD writes the end of a run in two steps: first errors, message and `complete_time` with the status still RUNNING, then the status
 * (1.3: every end; 1.4 and 2.0: failures). Seen between the two.
 */
export function isEnding({ status, message }: Pick<Said, 'status' | 'message'>): boolean {
  return (status === 'RUNNING' || status === 'WAITING_FOR_RESULT') && endInMessage(message) !== null;
}

/** celery: up to NOMAD 1.3. temporal: 1.4 and later. null: nothing seen so far shows which. */
export type Engine = 'celery' | 'temporal';

/** By what only one of them writes. `current_process` does not help: both use the same names. */
export function engineOf({ status, process, message }: Said): Engine | null {
  if (message === STOPPED || message === 'Process completed successfully') return 'temporal';
  if (status === 'WAITING_FOR_RESULT' || (message !== null && /^(?:Pending|Started|Waiting for)\b/.test(message)))
    return 'celery';
  if (message !== null && GOOD_END.test(message)) return 'celery';
  if (status === 'RUNNING' && !isEnding({ status, message })) return 'celery';
  return status === 'PENDING' && (process !== null || isStep(message)) ? 'temporal' : null;
}

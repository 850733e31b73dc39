// What generations of NOMAD write differently: names of processes, messages, errors, times. The texts are NOMAD's own: they were seen
// on real servers (test/lives/recorded) or read in the sources of these versions.

/** Each named by its last version known: 1.3.17 (Celery), 1.4.3 (Temporal; a good run leaves no `complete_time`), 2.0.0 (Temporal). */
export type Generation = '1.3' | '1.4' | '2.0';
export const GENERATIONS: readonly Generation[] = ['1.3', '1.4', '2.0'];

export function isGeneration(text: string): text is Generation {
  return GENERATIONS.some((each) => each === text);
}

/** As `/info` says it. */
export function lastVersion(generation: Generation): string {
  return { '1.3': '1.3.17', '1.4': '1.4.3', '2.0': '2.0.0' }[generation];
}

/** Temporal came with 1.4, and with it other rules of who may do what when. */
export function isCelery(generation: Generation): boolean {
  return generation === '1.3';
}

/** 1.4.0 to 1.4.3: only a failure sets it. */
export function leavesTime(generation: Generation): boolean {
  return generation !== '1.4';
}

/** Our name of a process, without an underscore and the same in all generations, as NOMAD writes it. */
export function processText(process: string, generation: Generation): string {
  if (process === 'put_file_and_process_local') return process;
  if (process === 'delete_upload' && !isCelery(generation)) return process;
  if (process === 'edit_upload_metadata' && !isCelery(generation)) return '_edit_metadata';
  return `_${process}`;
}

/** Whether it reads the files of an upload and makes its entries. */
export function readsFiles(process: string | null): boolean {
  return process === null || !OTHERS.includes(process);
}
const OTHERS = [
  'edit_upload_metadata',
  'publish_upload',
  'publish_externally',
  'transfer_upload_ownership',
  'delete_upload',
];

export function goodEnd(process: string, generation: Generation): string {
  return isCelery(generation)
    ? `Process ${processText(process, generation)} completed successfully`
    : 'Process completed successfully';
}

/** Temporal gives no error when it cancels. */
export function badEnd(process: string, errors: readonly string[], generation: Generation): string {
  const last = errors.at(-1);
  if (last === undefined && !isCelery(generation)) return 'Process upload failed';
  return `Process ${processText(process, generation)} failed: ${last ?? ''}`;
}

/** The error of a run that an exception ended: its line alone, or with Temporal all that the worker's process had to say. */
export function errorText(exception: string, generation: Generation): string {
  if (isCelery(generation)) return exception;
  return `_RemoteTraceback: \n"""\nTraceback (most recent call last):\n${FRAMES.join('\n')}\n${exception}\n"""`;
}
const FRAMES = [
  '  File "/app/concurrent/futures/process.py", line 261, in _process_worker',
  '  File "/app/site-packages/nomad/tracing.py", line 62, in _tracing_wrapper',
  '  File "/app/site-packages/temporalio/worker/_activity.py", line 980, in _execute_sync_activity',
  '  File "/app/site-packages/nomad/workflows/activities.py", line 147, in update_files_activity',
  '  File "/app/site-packages/nomad/processing/data.py", line 2770, in update_files',
  '  File "/app/site-packages/nomad/files.py", line 1457, in add_rawfiles',
];

/** 1.3: UTC without a zone. Six digits of fraction, or none when it is zero. */
export function simulatedTime(time: number, generation: Generation): string {
  const text = new Date(time).toISOString();
  const fraction = text.slice(-5, -1);
  return `${text.slice(0, -5)}${fraction === '.000' ? '' : `${fraction}000`}${isCelery(generation) ? '' : 'Z'}`;
}

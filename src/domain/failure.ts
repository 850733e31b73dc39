// A failure that stands, in words. Pure; no markup.
import { type Work, workOf } from './process/names.ts';
import { runReason } from './run.ts';
import { oneLine } from './text/one-line.ts';
import type { StandingFailure, Upload } from './upload.ts';

/** What is said of an upload of which this failed. Only a failed processing says something about its files. */
const FAILED: Readonly<Record<Work, string>> = {
  processing: 'failed',
  edit: 'could not be edited',
  publish: 'could not be published',
  import: 'could not be imported',
  transfer: 'could not be handed over',
  delete: 'could not be deleted',
};

export function failedWords(process: string | null): string {
  return FAILED[workOf(process)];
}

/** The failure that an upload shows by itself. `seenAt`: when, by the server's clock, ms; not given: its time is not to be had. */
export function uploadFailureOf(upload: Upload, seenAt = upload.createTime): StandingFailure {
  const { process, completeTime } = upload;
  return { process, reason: runReason(upload), since: completeTime ?? seenAt };
}

/** Why it counts as failed, in one line. */
export function failedText({ process, reason }: StandingFailure): string {
  const why = oneLine(reason ?? 'NOMAD gives no reason', 300);
  return workOf(process) === 'processing' ? why : `${failedWords(process)}: ${why}`;
}

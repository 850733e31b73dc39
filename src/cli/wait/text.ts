// What `wait` says: a line for each upload that has ended, what is left when the time is up, one JSON document. Pure.
import { uploadLink } from '../../domain/text/links.ts';
import { counted, oneLine } from '../../domain/text/one-line.ts';
import { titleOf } from '../../domain/upload.ts';
import type { WaitResult } from '../../domain/wait/outcome.ts';
import type { WaitStep, Waited } from '../../jobs/wait.ts';
import type { ProgressState } from '../terminal/progress-bar.ts';

/** The results that --allow can name. */
export const ALLOWABLE = ['entries_failed', 'empty'] as const satisfies readonly WaitResult[];
export type Allowed = readonly (typeof ALLOWABLE)[number][];

/** Whether it has ended so that the command may succeed; null: it has not ended. */
export function isFine({ outcome }: Pick<Waited, 'outcome'>, allowed: Allowed): boolean | null {
  if (!outcome.ended) return null;
  return outcome.result === 'good' || allowed.some((each) => each === outcome.result);
}

/** `batch-42 (u8qN2QIQTO6zrZqYD2J5Bg)`; of one without a name the id alone. */
function nameOf({ id, watched }: Waited): string {
  const title = titleOf({ id, name: watched?.upload.name ?? null }, 100);
  return title === id ? id : `${title} (${id})`;
}

/** Of one that has ended: how, which, and why. */
export function endLine(waited: Waited, allowed: Allowed): string {
  const { outcome, watched } = waited;
  if (!outcome.ended) return leftLine(waited);
  const { result, reason } = outcome;
  const label = result.replace('_', ' ');
  if (result === 'good') return `${label}: ${nameOf(waited)}: ${counted(watched?.upload.entries ?? 0, 'entry')}`;
  const isAllowed = allowed.some((each) => each === result);
  return oneLine(`${label}${isAllowed ? ' (allowed)' : ''}: ${nameOf(waited)}: ${reason ?? ''}`, 500);
}

/** Of one that has not: what it is doing. */
export function leftLine(waited: Waited): string {
  return `${nameOf(waited)}: ${doing(waited)}`;
}

function doing({ watched, outcome, done }: Waited): string {
  if (watched === null) return 'nothing is known of it yet';
  const { status, message } = watched.upload;
  const shown = oneLine([status, message ?? ''].filter((part) => part !== '').join(', '), 200);
  if (outcome.ended) return '';
  const counts = done === null ? '' : `, ${done.done} of ${counted(done.total, 'entry')} done`;
  switch (outcome.waitsFor) {
    case 'begin':
      return `no processing has begun (${shown})`;
    case 'entries':
      return `its processing has ended (${shown}), but how many entries failed is not known yet`;
    case 'poll':
      return `the monitor has not looked at it since (it was ${shown})`;
    case 'end':
      return `still being processed (${shown}${counts})`;
  }
}

/** One upload by its entries, several by how many have ended. */
export function progressOf({ uploads, problem }: WaitStep): ProgressState {
  const [first] = uploads;
  const away = problem === null ? '' : '; NOMAD gives no answer';
  if (uploads.length === 1 && first !== undefined) {
    return { ...(first.done ?? { done: 0, total: 1 }), text: `${nowText(first)}${away}` };
  }
  const ended = uploads.filter(({ outcome }) => outcome.ended).length;
  const total = uploads.length;
  return { done: ended, total, text: `${ended} of ${counted(total, 'upload')} ended${away}` };
}

/** In few words: a bar is beside it. */
function nowText(waited: Waited): string {
  const { watched, done } = waited;
  if (watched === null || done === null) return leftLine(waited);
  const { id, name, message } = watched.upload;
  return `${done.done} of ${counted(done.total, 'entry')}; ${titleOf({ id, name }, 40)}: ${oneLine(message ?? '', 40)}`;
}

export interface WaitDocument {
  readonly uploads: readonly Waited[];
  readonly allowed: Allowed;
  /** What kept it from an answer; null: nothing. */
  readonly problem: string | null;
  readonly code: number;
  readonly gui: string;
}

/** For programs. */
export function waitJson({ uploads, allowed, problem, code, gui }: WaitDocument): object {
  return {
    ok: code === 0,
    ended: uploads.length > 0 && uploads.every(({ outcome }) => outcome.ended),
    problem,
    uploads: uploads.map((waited) => uploadJson(waited, allowed, gui)),
  };
}

function uploadJson(waited: Waited, allowed: Allowed, gui: string): object {
  const { id, watched, outcome, done } = waited;
  const upload = watched?.upload ?? null;
  return {
    upload_id: id,
    upload_name: upload?.name ?? null,
    ok: isFine(waited, allowed) === true,
    result: outcome.ended ? outcome.result : null,
    reason: outcome.ended ? outcome.reason : null,
    waits_for: !outcome.ended ? outcome.waitsFor : null,
    process_status: upload?.status ?? null,
    process: upload?.process ?? null,
    message: upload?.message ?? null,
    entries: upload?.entries ?? null,
    entries_done: done?.done ?? null,
    failed_entries: watched?.inspection?.failed ?? null,
    link: uploadLink(gui, id),
  };
}

// What one sight of an upload means for somebody who waits until its processing has ended. Pure; what failed, stuck, empty mean is defined
// in report/conditions.ts, and nowhere else. docs/scripting.md has this as a table.
import type { Event } from '../event.ts';
import { isLarge } from '../diff/partial.ts';
import { isStep, isStopped } from '../process/names.ts';
import { conditionsOf } from '../report/conditions.ts';
import { reasonOf } from '../report/report.ts';
import { oneLine } from '../text/one-line.ts';
import { type TrackedUpload, isProcessing } from '../upload.ts';

/** How a processing ended, best first. stuck: it has not, but nothing moves. */
export const WAIT_RESULTS = [
  'good',
  'empty',
  'entries_failed',
  'stopped',
  'reset',
  'unshared',
  'deleted',
  'stuck',
  'failed',
] as const;
export type WaitResult = (typeof WAIT_RESULTS)[number];

/**
 * begin: nothing is being processed yet. end: it is being processed. entries: it has ended, and how many entries failed is not known.
 * poll: what is known of it is older than the question.
 */
export const WAITS_FOR = ['begin', 'end', 'entries', 'poll'] as const;
export type WaitsFor = (typeof WAITS_FOR)[number];

export type Outcome =
  | { readonly ended: false; readonly waitsFor: WaitsFor }
  | {
      readonly ended: true;
      readonly result: WaitResult;
      /** Why, in one line; null: it is good. */
      readonly reason: string | null;
    };

export const NOT_SEEN: Outcome = { ended: false, waitsFor: 'poll' };

/** Why an upload is not there any more. */
export type Gone = 'deleted' | 'unshared';

/** `wasProcessing`: it was seen being processed since the waiting began. */
export function outcomeOf(watched: TrackedUpload, wasProcessing: boolean): Outcome {
  const { upload, progress, inspection } = watched;
  if (isProcessing(upload.status)) {
    if (progress?.stuck !== true) return { ended: false, waitsFor: 'end' };
    return ended('stuck', `nothing has moved for too long: ${oneLine(upload.message ?? '', 200) || upload.status}`);
  }
  if (wasReset(upload)) return RESET;
  switch (upload.status) {
    case 'FAILURE':
      return ended('failed', reasonOf(watched, ['failed']));
    case 'READY':
      return ofReady(watched, wasProcessing);
    case 'SUCCESS':
      break;
    default: // A status that nobody knows says nothing.
      return { ended: false, waitsFor: 'end' };
  }
  // A single file put into it is processed while it goes on being SUCCESS (1.4, 2.0).
  if (isStep(upload.message)) return { ended: false, waitsFor: 'end' };
  const [worst] = conditionsOf(watched);
  if (worst === 'failed' || worst === 'entries_failed' || worst === 'empty')
    return ended(worst, reasonOf(watched, [worst]));
  if (upload.entries > 0 && (inspection?.failed ?? null) === null) return { ended: false, waitsFor: 'entries' };
  return ended('good', null);
}

/** Nothing runs in one that is READY. Only one that was stopped or reset has ended; another has not begun. */
function ofReady({ upload }: TrackedUpload, wasProcessing: boolean): Outcome {
  if (isStopped(upload)) return ended('stopped', 'an author stopped the processing');
  if (upload.process === null) {
    // A reset takes away the process and leaves the message; one that never ran has neither.
    return wasProcessing || upload.message !== null ? RESET : NOT_BEGUN;
  }
  // It can be READY for a whole run (1.4.1, 1.4.2): only the message shows the steps.
  return isStep(upload.message) ? { ended: false, waitsFor: 'end' } : NOT_BEGUN;
}

/** To whatever status: it has no process, and the message of the step that it came to. */
function wasReset({ status, process, message }: TrackedUpload['upload']): boolean {
  return status !== 'other' && process === null && isStep(message);
}

const RESET = ended('reset', 'an administrator reset it: nothing is processed');
const NOT_BEGUN: Outcome = { ended: false, waitsFor: 'begin' };

/** What an event says of an upload that is not there any more; null: nothing. */
export function goneIn({ kind }: Pick<Event, 'kind'>): Gone | null {
  if (kind === 'upload.deleted') return 'deleted';
  return kind === 'upload.unshared' ? 'unshared' : null;
}

export function goneOutcome(gone: Gone): Outcome {
  return ended(gone, gone === 'deleted' ? 'it was deleted' : 'it is no longer shared with you');
}

function ended(result: WaitResult, reason: string | null): Outcome {
  return { ended: true, result, reason };
}

/** What a sight of a monitor's state is worth for a question. */
export interface StoredPoll {
  /** Grows by one with each committed poll. */
  readonly sequence: number;
  /** When the last poll began that got a complete answer, ms by the monitor's clock; null: the last one failed. */
  readonly polledAt: number | null;
}

/**
 * Whether it shows what was so after a question was asked: the poll began later. Where the clocks do not agree (another machine), two
 * polls later one of them surely did. `first`: the number of the poll that was stored when the question was asked.
 */
export function isSince({ sequence, polledAt }: StoredPoll, askedAt: number, first: number): boolean {
  return (polledAt !== null && polledAt >= askedAt) || sequence >= first + 2;
}

/**
 * Whether such a poll looked at this upload at all: in a large account it lists only what may have moved, and an upload that rests can have
 * been processed in between. `uploads`: how many the account has.
 */
export function isListed(outcome: Outcome, uploads: number, wasProcessing: boolean): boolean {
  return !isLarge(uploads) || !outcome.ended || wasProcessing;
}

// Questions that stay open until the processing of an upload has ended, or their time is up. They only look at what the polls of the
// monitor find; NOMAD is not asked because of them.
import { SECOND } from '../../domain/text/durations.ts';
import { isProcessing } from '../../domain/upload.ts';
import { type Outcome, NOT_SEEN, goneOutcome, isListed, isSince, outcomeOf } from '../../domain/wait/outcome.ts';
import type { UploadSight, Views } from '../../views/views.ts';
import type { Changes } from '../server-sent-events.ts';

export interface Waiting {
  /**
   * Resolves with the outcome when it has ended, when nothing is known of it after a poll, and when the time is up. null: too many questions
   * are open. `span` in ms.
   */
  until(uploadId: string, span: number, signal: AbortSignal): Promise<Outcome | null>;
}

/** Each is a connection that stays open: more than these are somebody's mistake, or attack. */
export const MAX_OPEN = 50;
/** Another instance that leads tells nobody here that it has polled, ms. */
const LOOK_AGAIN = 2 * SECOND;

export interface WaitingOptions {
  readonly views: Pick<Views, 'sight'>;
  readonly changes: Pick<Changes, 'subscribe'>;
  readonly clock: () => number;
}

export function createWaiting({ views, changes, clock }: WaitingOptions): Waiting {
  let open = 0;

  async function wait(uploadId: string, over: AbortSignal): Promise<Outcome> {
    const question: Question = { askedAt: clock(), first: null, wasProcessing: false };
    for (;;) {
      const change = nextChange(changes, over);
      const outcome = answerTo(question, await views.sight(uploadId));
      if (outcome === null || outcome.ended || over.aborted) {
        change.forget();
        return outcome ?? NOT_SEEN;
      }
      await change.came;
    }
  }

  return {
    async until(uploadId, span, signal) {
      if (open >= MAX_OPEN) return null;
      open += 1;
      try {
        return await wait(uploadId, AbortSignal.any([signal, AbortSignal.timeout(span)]));
      } finally {
        open -= 1;
      }
    },
  };
}

interface Question {
  readonly askedAt: number;
  /** The number of the poll that was known when it was asked. */
  first: number | null;
  wasProcessing: boolean;
}

/** null: after a later poll nothing is known of it. */
function answerTo(question: Question, sight: UploadSight): Outcome | null {
  question.first ??= sight.sequence;
  const { watched, gone, wholeAt, total } = sight;
  const counts = isSince(sight, question.askedAt, question.first);
  if (watched === null) {
    if (!counts) return NOT_SEEN;
    return gone === null ? null : goneOutcome(gone);
  }
  if (isProcessing(watched.upload.status)) question.wasProcessing = true;
  const outcome = outcomeOf(watched, question.wasProcessing);
  const isSeen = isListed(outcome, total, question.wasProcessing) || (wholeAt !== null && wholeAt >= question.askedAt);
  return counts && isSeen && watched.absence === null ? outcome : NOT_SEEN;
}

/** As of the last poll, whenever that was. */
export function outcomeNow({ watched, gone }: UploadSight): Outcome {
  if (watched !== null) return outcomeOf(watched, false);
  return goneOutcome(gone ?? 'deleted');
}

/** Asked for before what has changed is looked at, so that nothing is missed between the two. */
function nextChange({ subscribe }: Pick<Changes, 'subscribe'>, over: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const come = () => {
    resolve(undefined);
  };
  const unsubscribe = subscribe(come);
  const again = setTimeout(come, LOOK_AGAIN);
  over.addEventListener('abort', come, { once: true });
  const forget = () => {
    unsubscribe();
    clearTimeout(again);
    over.removeEventListener('abort', come);
  };
  return { came: promise.finally(forget), forget };
}

// What a poll writes into the log: who we are, what was found, what could not be read or asked. Each thing once, not at each poll.
import type { Event } from '../domain/event.ts';
import { eventSentence } from '../domain/message/event-text.ts';
import type { Identity } from '../domain/nomad/health.ts';
import type { Listing } from '../domain/upload.ts';
import type { Log } from '../log.ts';
import { createRepeats } from './log-repeats.ts';

export interface PollLog {
  /** `noRecipient`: what is said of mail that has no recipient; null: there is none. Said once. */
  beforeLogin(noRecipient: string | null): void;
  /** `mailTo` null: no mail is configured. */
  identity(me: Identity, who: { readonly mailTo: readonly string[] | null; readonly noRecipient: string | null }): void;
  failing(
    failure: { readonly reason: string; readonly problem: string },
    more: { readonly failures: number; readonly wait_s: number },
    now: number,
  ): void;
  /** After so many failures; none: as before. */
  answers(failures: number, now: number): void;
  malformed(listing: Listing): void;
  /** How many questions about entries had no answer, of how many. */
  entries(unanswered: number, asked: number, now: number): void;
  /** Whether the token may not read why entries failed. */
  reasons(refused: boolean, now: number): void;
  events(events: readonly Event[]): void;
}

/** A new version of NOMAD may make all of them unreadable at once. */
const MAX_NAMED = 20;

export function createPollLog(log: Log): PollLog {
  let malformedBefore: ReadonlySet<string> = new Set();
  const failing = createRepeats(log);
  const entries = createRepeats(log);
  const reasons = createRepeats(log);
  let isToldBefore = false;

  return {
    beforeLogin(noRecipient) {
      if (noRecipient === null || isToldBefore) return;
      isToldBefore = true;
      log.warn({}, noRecipient);
    },
    identity(me, { mailTo, noRecipient }) {
      if (me.userId === null)
        log.warn(
          {},
          'NOMAD_TOKEN lacks the scope users:read: its owner is not known; a new token starts a new baseline',
        );
      if (noRecipient !== null) log.error({}, noRecipient);
      log.info({ user_id: me.userId, mail_to: mailTo?.length ?? 0 }, 'logged in');
    },
    failing({ reason, problem }, more, now) {
      failing.say('warn', { result: reason, ...more }, problem, now);
    },
    answers(failures, now) {
      failing.end({ failures }, 'NOMAD answers again', now);
    },
    malformed({ malformed, isPart }) {
      const found = malformed.map(({ uploadId, problem }) => `${uploadId ?? 'without a readable id'}: ${problem}`);
      const fresh = found.filter((text) => !malformedBefore.has(text));
      for (const upload of fresh.slice(0, MAX_NAMED))
        log.warn({ upload, malformed: found.length }, 'an upload cannot be read and is not watched');
      if (fresh.length > MAX_NAMED)
        log.warn(
          { uploads: fresh.length - MAX_NAMED, malformed: found.length },
          'more uploads cannot be read and are not watched',
        );
      // A part of the listing says nothing of the rest.
      if (isPart === true) {
        malformedBefore = new Set([...malformedBefore, ...found]);
        return;
      }
      if (malformedBefore.size > 0 && found.length === 0)
        log.info({ uploads: malformedBefore.size }, 'all uploads can be read again');
      malformedBefore = new Set(found);
    },
    entries(unanswered, asked, now) {
      if (unanswered > 0)
        entries.say('warn', { uploads: unanswered }, 'entries could not be requested; retrying later', now);
      else if (asked > 0) entries.end({}, 'entries can be requested again', now);
    },
    reasons(refused, now) {
      const text = 'NOMAD_TOKEN lacks the scope entries:read: the reasons of failed entries cannot be read';
      if (refused) reasons.say('warn', {}, text, now);
      else reasons.end({}, 'the reasons of failed entries can be read again', now);
    },
    events(events) {
      for (const event of events) {
        const { id, kind, upload, before, after, details } = event;
        const about =
          upload === null
            ? { details }
            : { upload_id: upload.id, upload_name: upload.name, before: before?.status, after: after?.status };
        log.info({ event: kind, event_id: id, what: eventSentence(event), ...about }, kind);
      }
    },
  };
}

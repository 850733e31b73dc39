// What a poll writes into the log: who we are, what was found, what could not be read. Each thing once, not at each poll.
import type { Event } from '../domain/events.ts';
import { sentenceOf } from '../domain/wording.ts';
import type { Identity } from '../domain/health.ts';
import type { Malformed } from '../domain/upload.ts';
import type { Log } from '../log.ts';

export interface Telling {
  /** `recipients` null: no mail is configured. */
  identity(me: Identity, recipients: readonly string[] | null): void;
  malformed(malformed: readonly Malformed[]): void;
  events(events: readonly Event[]): void;
}

export function createTelling(log: Log): Telling {
  let malformedBefore: ReadonlySet<string> = new Set();

  return {
    identity(me, recipients) {
      if (me.userId === null)
        log.warn(
          {},
          'NOMAD_TOKEN lacks the scope users:read: who it belongs to is not known; a new token begins a new baseline',
        );
      if (recipients?.length === 0)
        log.error({}, 'no mail can be sent: MAIL_TO is not set and the account tells no address; set MAIL_TO');
      log.info({ user_id: me.userId, mail_to: recipients?.length ?? 0 }, 'logged in');
    },
    malformed(malformed) {
      const found = malformed.map(({ uploadId, problem }) => `${uploadId ?? 'without a readable id'}: ${problem}`);
      const fresh = found.filter((text) => !malformedBefore.has(text));
      for (const upload of fresh)
        log.warn({ upload, malformed: found.length }, 'an upload cannot be read and is left out');
      malformedBefore = new Set(found);
    },
    events(events) {
      for (const event of events) {
        const { id, kind, upload, before, after, details } = event;
        const about =
          upload === null
            ? { details }
            : { upload_id: upload.id, upload_name: upload.name, before: before?.status, after: after?.status };
        log.info({ event: kind, event_id: id, what: sentenceOf(event), ...about }, kind);
      }
    },
  };
}

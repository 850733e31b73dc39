// The shapes of the API: what openapi.json says, and what the compiler holds the answers to. Times are RFC 3339 in UTC.
import { z } from '@hono/zod-openapi';
import { EVENT_KINDS } from '../../domain/event.ts';
import { RUN_RESULTS } from '../../domain/report/run-history.ts';
import { CHANNELS } from '../../domain/notify/hold.ts';
import { CONDITIONS } from '../../domain/report/conditions.ts';
import { PROCESS_STATUSES, ROLES } from '../../domain/upload.ts';
import { WAITS_FOR, WAIT_RESULTS } from '../../domain/wait/outcome.ts';

const time = z.iso.datetime().openapi({ example: '2026-11-25T14:00:00.000Z' });
const timeOrNull = (description: string) => time.nullable().openapi({ description });
const count = z.int().min(0);
const author = z.string().openapi({ description: 'The name of the main author; their id if the name is not known.' });
const link = z.string().openapi({
  description: "The upload in NOMAD's GUI.",
  example: 'https://nomad-lab.eu/prod/v1/gui/user/uploads/upload/id/u8qN2QIQTO6zrZqYD2J5Bg',
});

const Run = z
  .object({ result: z.enum(RUN_RESULTS), time })
  .openapi('Run', { description: 'A run of processing, as it ended.' });

const Upload = z
  .object({
    upload_id: z.string().openapi({ example: 'u8qN2QIQTO6zrZqYD2J5Bg' }),
    upload_name: z.string().nullable().openapi({ example: 'batch-42' }),
    process_status: z.string().openapi({ description: "In NOMAD's words.", example: 'FAILURE' }),
    process: z
      .string()
      .nullable()
      .openapi({ description: 'What NOMAD does with it, or did last.', example: 'process_upload' }),
    conditions: z.array(z.enum(CONDITIONS)).openapi({ description: 'Worst first; empty: nothing to report.' }),
    reason: z.string().nullable().openapi({ description: 'Why, in one line.' }),
    since: time.openapi({ description: "Since when, by NOMAD's clock; of an idle one: when its last run ended." }),
    entries: count,
    failed_entries: count.nullable().openapi({ description: 'null: not known.' }),
    errors: z.array(z.string()),
    main_author: author,
    link,
    took_ms: count.nullable().openapi({ description: 'How long the last run took; null: its start was not seen.' }),
    step: z.string().nullable().openapi({
      description: "What a worker is doing with it now, in NOMAD's words; null: no worker has it.",
      example: 'Parsing level 0',
    }),
    runs: z.array(Run).openapi({ description: 'The latest runs whose end was seen, oldest first.' }),
  })
  .openapi('Upload');

const Facts = z
  .object({
    status: z.enum(PROCESS_STATUSES),
    process: z.string().nullable(),
    message: z.string().nullable(),
    errors: z.array(z.string()),
    warnings: z.array(z.string()),
    entries: count,
  })
  .openapi('Facts', { description: 'What NOMAD said of an upload at one time.' });

const Subject = z
  .object({ id: z.string(), name: z.string().nullable(), link, author, role: z.enum(ROLES).nullable() })
  .openapi('Subject', { description: 'The upload that an event is about, as it was then.' });

/** `X.nullable()` of a named schema with a description would be read as "an X, and maybe null": no null is an X. */
const orNull = <T extends z.ZodType>(schema: T, description: string) =>
  z.union([schema, z.null()]).openapi({ description });

const Event = z
  .object({
    id: z.string().openapi({ description: 'The same change always has the same id.' }),
    kind: z.enum(EVENT_KINDS),
    time: time.openapi({ description: 'When it was found.' }),
    upload: orNull(Subject, 'null: it is about NOMAD or the monitor.'),
    before: orNull(Facts, 'null: there was nothing before.'),
    after: orNull(Facts, 'null: there is nothing now.'),
    details: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'What else is known, by kind (docs/events.md).' }),
  })
  .openapi('Event');

const Told = z
  .object({
    event_id: z.string(),
    channel: z.enum(CHANNELS),
    recipient: z.string(),
    state: z.enum(['waiting', 'pending', 'delivered', 'dead', 'dropped']).openapi({
      description: 'waiting: held, or behind another message; dead: given up; dropped: discarded by hand.',
    }),
    at: time.openapi({ description: 'When it got this state.' }),
    reason: z.string().nullable().openapi({ description: 'Why it was not accepted.' }),
    answer: z.string().nullable().openapi({
      description: 'What the mail server said when it accepted it, with its queue id. null: nothing is known.',
    }),
  })
  .openapi('Told', { description: 'Who was notified of an event, and the result.' });

const Outcome = z
  .object({
    ended: z
      .boolean()
      .openapi({ description: 'Whether its processing has ended, well or not; stuck counts as ended.' }),
    result: z.enum(WAIT_RESULTS).nullable().openapi({ description: 'How it ended; null: it has not.' }),
    reason: z.string().nullable().openapi({ description: 'Why, in one line; null: nothing to say.' }),
    waits_for: z.enum(WAITS_FOR).nullable().openapi({
      description:
        'begin: nothing is being processed yet; end: it is being processed; entries: how many entries failed is not known yet; poll: no poll has looked at it since the question. null: it has ended.',
    }),
  })
  .openapi('Outcome', { description: 'What became of its processing, for those who wait for the end.' });

export const UploadDetail = z
  .object({
    upload: orNull(Upload, 'null: it is no longer in the list.'),
    outcome: Outcome,
    warnings: z.array(z.string()),
    advice: z.string().nullable().openapi({
      description: 'What to do; lines after the first are commands to copy. null: nothing.',
    }),
    report: z.string().nullable().openapi({
      description: "A text for NOMAD's administrators, in lines; null: it is neither failed nor stuck.",
    }),
    events: z.array(Event).openapi({ description: 'Newest first.' }),
    told: z.array(Told).openapi({ description: 'Who was notified of which event.' }),
  })
  .openapi('UploadDetail');

export const UploadPage = z
  .object({
    as_of: timeOrNull('The time of this data; null: nothing is known yet.'),
    uploads: z.array(Upload).openapi({ description: 'Worst first.' }),
    total: count.openapi({ description: 'How many match, on all pages.' }),
    page: z.int().min(1).openapi({ description: 'The requested page.' }),
    pages: z.int().min(1).openapi({ description: 'How many there are.' }),
  })
  .openapi('UploadPage');

const next = z
  .string()
  .nullable()
  .openapi({ description: 'The value of `after` for the next page; null: there are no more yet.' });

export const EventPage = z
  .object({ events: z.array(Event).openapi({ description: 'In the order found.' }), next })
  .openapi('EventPage');

const Delivery = z
  .object({
    id: z.string().openapi({ description: 'As `nomad-upload-monitor outbox retry` accepts it.' }),
    state: z.enum(['pending', 'dead']).openapi({ description: 'pending: it will be retried; dead: given up.' }),
    channel: z.enum(CHANNELS),
    recipient: z.string(),
    subject: z.string(),
    created_at: time,
    tries: count,
    due_at: timeOrNull('When the next attempt is due; null: never.'),
    reason: z.string().nullable().openapi({ description: 'The result of the last attempt; null: there was none.' }),
    is_being_sent: z.boolean().openapi({ description: 'The current time.' }),
  })
  .openapi('Delivery');

const held = count.openapi({ description: 'Events that wait for a message: muted, quiet hours, or behind another.' });
const no_recipient = z.string().nullable().openapi({
  description: 'Which mail has no recipient, why, and what to do; null: all of it has one.',
});
const messages = { pending: count, dead: count, held, no_recipient };

export const OutboxPage = z
  .object({ deliveries: z.array(Delivery).openapi({ description: 'Oldest first.' }), next, ...messages })
  .openapi('OutboxPage');

const conditionCounts = z.object(
  Object.fromEntries(CONDITIONS.map((each) => [each, count])) as Record<(typeof CONDITIONS)[number], typeof count>,
);

export const Status = z
  .object({
    version: z.string().openapi({ description: "The monitor's own." }),
    nomad: z.string().openapi({ description: "NOMAD's GUI.", example: 'https://nomad-lab.eu/prod/v1/gui' }),
    as_of: timeOrNull('The time of this data; null: nothing is known yet.'),
    uploads: count.openapi({ description: 'How many there are.' }),
    conditions: conditionCounts.openapi({ description: 'How many uploads are in each; one can be in several.' }),
    polled_at: timeOrNull('When NOMAD was last polled, whatever the result; null: not since the start.'),
    stands_by: z.boolean().openapi({
      description:
        'Whether this instance is on standby and does not poll: another one leads, or the database cannot be used.',
    }),
    next_poll_at: timeOrNull('null: no more polls are due.'),
    failing: z
      .object({
        since: time,
        problem: z.string(),
        is_long: z.boolean().openapi({ description: 'For longer than UNREACHABLE_AFTER: people were notified.' }),
      })
      .nullable()
      .openapi({ description: 'NOMAD returns no complete listing; null: it does.' }),
    login_refused_since: timeOrNull('NOMAD does not accept the password or token; null: it does.'),
    processing_stalled_since: timeOrNull(
      'Uploads are waiting for a worker and none makes progress; null: not so, as far as is known.',
    ),
    entries_pending: count.openapi({
      description: 'Uploads from before the first poll whose entries have not been checked yet.',
    }),
    token_expires_at: timeOrNull('Until when the token in use is valid.'),
    messages: z.object(messages),
  })
  .openapi('Status');

export const Accounts = z
  .object({
    accounts: z.array(
      z.object({
        name: z.string().openapi({ example: 'ada' }),
        nomad: z.string().openapi({ description: 'The host of its NOMAD.', example: 'nomad-lab.eu' }),
        as_of: timeOrNull('The time of this data; null: nothing is known yet.'),
        uploads: count,
        conditions: conditionCounts,
        trouble: z
          .enum(['login refused', 'unreachable', 'not processing'])
          .nullable()
          .openapi({ description: 'What is wrong with its NOMAD or its login; null: nothing.' }),
        api: z.string().openapi({
          description: 'Where its own API is, relative to this address.',
          example: '../../accounts/ada/api/v1',
        }),
      }),
    ),
  })
  .openapi('Accounts');

export const Problem = z
  .object({
    title: z.string().openapi({ example: 'Bad Request' }),
    status: z.int().openapi({ example: 400 }),
    detail: z.string().openapi({ example: 'since: "soon" is not a valid time; write 2026-11-25T14:00:00Z or 24h' }),
  })
  .openapi('Problem', { description: 'What is wrong (RFC 9457).' });

export type UploadJson = z.infer<typeof Upload>;
export type EventJson = z.infer<typeof Event>;
export type UploadDetailJson = z.infer<typeof UploadDetail>;
export type StatusJson = z.infer<typeof Status>;
export type AccountsJson = z.infer<typeof Accounts>;
export type DeliveryJson = z.infer<typeof Delivery>;

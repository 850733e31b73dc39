// The shapes of the API: what openapi.json says, and what the compiler holds the answers to. Times are ISO 8601 in UTC.
import { z } from '@hono/zod-openapi';
import { EVENT_KINDS } from '../../domain/events.ts';
import { RUN_RESULTS } from '../../domain/history.ts';
import { CHANNELS } from '../../domain/notify.ts';
import { CONDITIONS } from '../../domain/overview.ts';
import { PROCESS_STATUSES, ROLES } from '../../domain/upload.ts';

const time = z.iso.datetime().openapi({ example: '2026-11-25T14:00:00.000Z' });

const Run = z.object({ result: z.enum(RUN_RESULTS), time }).openapi('Run');

const Upload = z
  .object({
    upload_id: z.string(),
    upload_name: z.string().nullable(),
    process_status: z.string().openapi({ example: 'FAILURE' }),
    process: z.string().nullable(),
    conditions: z.array(z.enum(CONDITIONS)).openapi({ description: 'Worst first; empty: nothing to say of it.' }),
    reason: z.string().nullable().openapi({ description: 'Why, in one line.' }),
    since: time,
    entries: z.int(),
    failed_entries: z.int().nullable().openapi({ description: 'null: not known.' }),
    errors: z.array(z.string()),
    main_author: z.string(),
    link: z.string().openapi({ description: "The upload in NOMAD's GUI." }),
    took_ms: z
      .int()
      .nullable()
      .openapi({ description: 'How long the last run took; null: its beginning was not seen.' }),
    runs: z.array(Run).openapi({ description: 'The newest runs whose end was seen, oldest first.' }),
  })
  .openapi('Upload');

const Facts = z
  .object({
    status: z.enum(PROCESS_STATUSES),
    process: z.string().nullable(),
    message: z.string().nullable(),
    errors: z.array(z.string()),
    warnings: z.array(z.string()),
    entries: z.int(),
  })
  .openapi('Facts');

const Event = z
  .object({
    id: z.string().openapi({ description: 'The same change has the same id, always.' }),
    kind: z.enum(EVENT_KINDS),
    time: time.openapi({ description: 'When it was found.' }),
    upload: z
      .object({
        id: z.string(),
        name: z.string().nullable(),
        link: z.string(),
        author: z.string(),
        role: z.enum(ROLES).nullable(),
      })
      .nullable(),
    before: Facts.nullable(),
    after: Facts.nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi('Event');

const Told = z
  .object({
    event_id: z.string(),
    channel: z.enum(CHANNELS),
    recipient: z.string(),
    state: z.enum(['waiting', 'pending', 'delivered', 'dead', 'dropped']),
    at: time,
    reason: z.string().nullable(),
  })
  .openapi('Told');

export const UploadDetail = z
  .object({
    upload: Upload.nullable().openapi({ description: 'null: it is not in the list any more.' }),
    warnings: z.array(z.string()),
    events: z.array(Event).openapi({ description: 'Newest first.' }),
    told: z.array(Told).openapi({ description: 'Who was told of which event.' }),
  })
  .openapi('UploadDetail');

export const UploadPage = z
  .object({
    uploads: z.array(Upload).openapi({ description: 'Worst first.' }),
    total: z.int().openapi({ description: 'How many match, on all pages.' }),
    page: z.int(),
    pages: z.int(),
  })
  .openapi('UploadPage');

export const EventPage = z
  .object({
    events: z.array(Event).openapi({ description: 'In the order found.' }),
    next: z
      .string()
      .nullable()
      .openapi({ description: 'What `after` is for those that follow; null: there are none yet.' }),
  })
  .openapi('EventPage');

const Delivery = z
  .object({
    id: z.string(),
    state: z.enum(['pending', 'dead']),
    channel: z.enum(CHANNELS),
    recipient: z.string(),
    subject: z.string(),
    created_at: time,
    tries: z.int(),
    due_at: time.nullable(),
    reason: z.string().nullable(),
    is_being_sent: z.boolean(),
  })
  .openapi('Delivery');

export const Outbox = z
  .object({
    deliveries: z.array(Delivery).openapi({ description: 'The oldest 50.' }),
    pending: z.int(),
    dead: z.int(),
    held: z.int().openapi({ description: 'Events that wait for a message.' }),
  })
  .openapi('Outbox');

export const Status = z
  .object({
    version: z.string(),
    nomad: z.string().openapi({ description: "NOMAD's GUI." }),
    as_of: time
      .nullable()
      .openapi({ description: 'When the uploads were as they are shown; null: nothing is known yet.' }),
    uploads: z.int(),
    conditions: z.record(z.enum(CONDITIONS), z.int()),
    polled_at: time.nullable(),
    next_poll_at: time.nullable(),
    failing: z.object({ since: time, problem: z.string(), is_long: z.boolean() }).nullable(),
    login_refused_since: time.nullable(),
    token_expires_at: time.nullable(),
    messages: z.object({ pending: z.int(), dead: z.int(), held: z.int() }),
  })
  .openapi('Status');

/** RFC 9457. */
export const Problem = z.object({ title: z.string(), status: z.int(), detail: z.string() }).openapi('Problem');

export type UploadJson = z.infer<typeof Upload>;
export type EventJson = z.infer<typeof Event>;
export type UploadDetailJson = z.infer<typeof UploadDetail>;
export type StatusJson = z.infer<typeof Status>;
export type OutboxJson = z.infer<typeof Outbox>;

// The parameters of the API, with their limits. Unknown ones are refused: a misspelt filter is an error and does not return everything.
import { z } from '@hono/zod-openapi';
import { duration } from '../../config/value-parsers.ts';
import { EVENT_KINDS } from '../../domain/event.ts';
import { SORTS } from '../../domain/report/sort.ts';
import { CONDITIONS } from '../../domain/report/conditions.ts';
import { MINUTE } from '../../domain/text/durations.ts';
import { oneLine } from '../../domain/text/one-line.ts';

export const MAX_ON_A_PAGE = 500;
export const MAX_WORDS = 200;

/** Counted as JSON Schema does: by characters, not by UTF-16 units. */
function text(least: number, limit: number) {
  return z
    .string()
    .refine((value) => within(Array.from(value).length, least, limit), {
      message: `write ${least === 0 ? 'at most' : `${least} to`} ${limit} characters`,
    })
    .openapi({ minLength: least, maxLength: limit });
}

function whole(least: number, limit: number) {
  return z
    .string()
    .refine((value) => /^\d{1,9}$/.test(value) && within(Number(value), least, limit), {
      message: `write a whole number from ${least} to ${limit}`,
    })
    .transform(Number)
    .openapi({ type: 'integer', minimum: least, maximum: limit });
}

function within(value: number, least: number, limit: number): boolean {
  return value >= least && value <= limit;
}

function after(place: RegExp) {
  return z.string().regex(place, { message: 'use the value of `next` from the previous page' }).optional().openapi({
    description:
      'For the next page: `next` of the previous page, unchanged. The other parameters stay the same. Empty: the first page.',
  });
}

const limit = whole(1, MAX_ON_A_PAGE)
  .optional()
  .openapi({ description: `Maximum number of items. Absent: ${MAX_ON_A_PAGE}.`, example: 100 });
const uploadId = text(1, 200).openapi({ description: "NOMAD's id of the upload.", example: 'u8qN2QIQTO6zrZqYD2J5Bg' });

export const NO_QUERY = z.strictObject({});
export const UPLOADS = z.strictObject({
  condition: z
    .enum(CONDITIONS)
    .optional()
    .openapi({ description: 'Only uploads that are in this condition. Absent: all.', example: 'failed' }),
  author: text(0, MAX_WORDS).optional().openapi({
    description: 'Only uploads whose main author has this name, in full. Absent: all.',
    example: 'Ada Lovelace',
  }),
  q: text(0, MAX_WORDS).optional().openapi({
    description: 'Only uploads with this in their name, id, author or errors, in upper or lower case.',
    example: 'batch-42',
  }),
  sort: z.enum(SORTS).optional().openapi({ description: 'The order. Absent: worst first.', example: 'name' }),
  page: whole(1, 1_000_000).optional().openapi({ description: 'The page, from 1. Absent: 1.', example: 1 }),
});
export const UPLOAD = z.object({ upload_id: uploadId });
/** How long a question may stay open, ms. */
const LONGEST = 10 * MINUTE;
const span = z
  .string()
  .refine((value) => /^[1-9]\d{0,2}[sm]$/.test(value) && spanOf(value) <= LONGEST, {
    message: 'write how long to wait, from 1s to 10m, for example 60s',
  })
  .transform(spanOf)
  .openapi({ type: 'string', pattern: '^(?:[1-9][0-9]?s|[1-5][0-9]{2}s|600s|[1-9]m|10m)$' });

function spanOf(text: string): number {
  const read = duration(text);
  return 'problem' in read ? 0 : read.value;
}

export const ONE_UPLOAD = z.strictObject({
  until: z.enum(['ended']).optional().openapi({
    description:
      'Answers only when the processing of the upload has ended, by a poll that began after this question; at the latest after `for`. `outcome` says how it ended. With HEAD it is ignored.',
    example: 'ended',
  }),
  for: span
    .optional()
    .openapi({ description: 'How long to wait at most. Absent: 60s. Without `until` it is ignored.', example: '1s' }),
});
export const EVENTS = z.strictObject({
  since: z
    .string()
    .optional()
    .openapi({
      type: 'string',
      anyOf: [{ format: 'date-time' }, { format: 'date' }, { pattern: '^[1-9][0-9]{0,8}[smhd]$' }],
      description:
        'Only events that were found at this time or later: a time (RFC 3339), a date (its beginning in UTC), or how long ago (90s, 15m, 24h, 7d). Absent: 24h. Ignored with `after`: all pages use the time of the first.',
      example: '24h',
    }),
  kind: z
    .enum(EVENT_KINDS)
    .optional()
    .openapi({ description: 'Only events of this kind. Absent: all kinds.', example: 'upload.failed' }),
  upload_id: uploadId.optional(),
  after: after(/^(?:[0-9]{1,15}-[0-9]{1,15})?$/),
  limit,
});
export const OUTBOX = z.strictObject({ after: after(/^(?:[0-9]{1,15}-[0-9a-f]{1,64})?$/), limit });

/** A place in a list: a time, and what is behind it among what has that time or is later. */
export interface Cursor {
  readonly time: number;
  readonly at: string;
}

export function cursorOf(cursor: string | undefined): Cursor | null {
  const [, time, at] = /^(\d+)-(.+)$/.exec(cursor ?? '') ?? [];
  return time === undefined || at === undefined ? null : { time: Number(time), at };
}

export function cursorText({ time, at }: Cursor): string {
  return `${time}-${at}`;
}

/** ms since the epoch; a text: what is wrong. */
export function sinceTime(given: string, now: number): number | string {
  const span = duration(given);
  if (!given.startsWith('0') && !('problem' in span)) return Math.max(0, now - span.value);
  const isTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(given).success;
  if (isTime) return Math.max(0, Date.parse(given));
  return `since: "${oneLine(given, 40)}" is not a valid time; write 2026-11-25T14:00:00Z or 24h`;
}

// What NOMAD sends, checked leniently, as domain values. Only the fields we use; null and absent are alike; unknown fields are dropped.
import { z } from 'zod';
import { withoutTraceback } from '../domain/process/traceback.ts';
import { oneLine } from '../domain/text/one-line.ts';
import {
  type Entries,
  type Malformed,
  type ProcessStatus,
  type UnfinishedEntry,
  type Upload,
  PROCESS_STATUSES,
} from '../domain/upload.ts';
import { listOf, once, sharedText } from './shared-values.ts';

/** Raw exception texts can be megabytes; more than this helps nobody. */
const LONGEST_TEXT = 2000;
const MAX_TEXTS = 100;

/** 1.x prints UTC without a zone, 2.x ends in Z: both are the same instant. */
const instant = z.string().transform((text, context) => {
  const time = Date.parse(/(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) context.addIssue({ code: 'custom', message: `"${text.slice(0, 40)}" is not a valid time` });
  return time;
});

/** JSON knows -0, which is not the same as what is read back from the state. */
const count = z
  .number()
  .int()
  .nonnegative()
  .transform((value) => value + 0);

const text = z.string().transform((value) => value.slice(0, LONGEST_TEXT));
/** What NOMAD says of a failure: nothing behind this ever sees a traceback or a path of the server. */
const reason = z.string().transform((value) => withoutTraceback(value).slice(0, LONGEST_TEXT));
/** A member that is no string is kept as what it says, so that an odd error is not a lost error. */
const texts = z
  .array(z.unknown())
  .nullish()
  .transform((values) =>
    listOf(
      (values ?? [])
        .slice(-MAX_TEXTS)
        .map((value) => withoutTraceback(typeof value === 'string' ? value : jsonOf(value)).slice(0, LONGEST_TEXT)),
    ),
  );
/** More than an identity provider gives; without a bound a few of them could fill the state. */
const userId = z.string().max(200);
const ids = z
  .array(userId)
  .nullish()
  .transform((values) => listOf((values ?? []).toSorted()));
const groups = z.array(z.unknown()).nullish();

const upload = z
  .object({
    upload_id: z.string().regex(/^[\w-]{1,64}$/, 'is no upload id'),
    upload_name: text.nullish(),
    process_status: z.string(),
    current_process: text.nullish(),
    last_status_message: reason.nullish(),
    errors: texts,
    warnings: texts,
    upload_create_time: instant,
    complete_time: instant.nullish(),
    published: z.boolean().nullish(),
    publish_time: instant.nullish(),
    main_author: userId,
    coauthors: ids,
    reviewers: ids,
    coauthor_groups: groups,
    reviewer_groups: groups,
    entries: count.nullish(),
  })
  .transform((wire): Upload => ({
    id: wire.upload_id,
    name: wire.upload_name ?? null,
    status: statusOf(wire.process_status),
    process: sharedText(wire.current_process?.replace(/^_+/, '')),
    message: sharedText(wire.last_status_message),
    errors: wire.errors,
    warnings: wire.warnings,
    createTime: wire.upload_create_time,
    completeTime: wire.complete_time ?? null,
    published: wire.published ?? false,
    publishTime: wire.publish_time ?? null,
    mainAuthor: once(wire.main_author),
    coauthors: wire.coauthors,
    reviewers: wire.reviewers,
    groupRole: hasGroup(wire.coauthor_groups) ? 'coauthor' : hasGroup(wire.reviewer_groups) ? 'reviewer' : null,
    entries: wire.entries ?? 0,
  }));

/** `all` is everybody, which is not sharing with us: such an upload is not listed (1.3.17 to 2.0.0). */
function hasGroup(groups: readonly unknown[] | null | undefined): boolean {
  return (groups ?? []).some((group) => group !== 'all');
}

/** JSON.parse reads nesting without end, JSON.stringify does not write it. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'an error that cannot be shown';
  }
}

function statusOf(status: string): ProcessStatus {
  return PROCESS_STATUSES.find((known) => known === status) ?? 'other';
}

const page = z.object({ pagination: z.object({ total: count }), data: z.array(z.unknown()) });

export interface Page {
  readonly total: number;
  readonly items: readonly (Upload | Malformed)[];
}

/** One page of `GET /uploads`; null when it is no listing at all. */
export function readPage(body: unknown): Page | null {
  const read = page.safeParse(body);
  return read.success ? { total: read.data.pagination.total, items: read.data.data.map(readUpload) } : null;
}

/** What `GET /uploads/ID` says of it; null when it is no such answer. */
export function readOne(body: unknown): Upload | Malformed | null {
  const read = z.object({ data: z.unknown() }).safeParse(body);
  return read.success ? readUpload(read.data.data) : null;
}

function readUpload(item: unknown): Upload | Malformed {
  const read = upload.safeParse(item);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const known = z.object({ upload_id: z.string().regex(/^[\w-]{1,64}$/) }).safeParse(item);
  return {
    uploadId: known.success ? known.data.upload_id : null,
    problem: issue === undefined ? 'cannot be read' : oneLine(`${issue.path.join('.')}: ${issue.message}`, 200),
  };
}

const entry = z
  .object({
    entry_id: z.string().regex(/^[\w-]{1,64}$/),
    mainfile: text,
    parser_name: text.nullish(),
    process_status: z.string(),
    last_status_message: text.nullish(),
    complete_time: instant.nullish(),
    errors: texts,
  })
  .transform((wire) => ({
    id: wire.entry_id,
    mainfile: wire.mainfile,
    parser: wire.parser_name ?? 'no parser',
    error: wire.errors.at(-1) ?? null,
    status: statusOf(wire.process_status),
    message: wire.last_status_message ?? '',
    end: wire.complete_time ?? null,
  }));

const entries = z.object({
  pagination: z.object({ total: count }),
  processing_successful: count,
  processing_failed: count,
  upload: z.object({ process_status: z.string(), complete_time: instant.nullish() }),
  data: z.array(z.unknown()),
});

/** One page of `GET /uploads/ID/entries`; null when it is none. An entry that cannot be read is counted all the same. */
export function readEntries(body: unknown): Entries | null {
  const read = entries.safeParse(body);
  if (!read.success) return null;
  const { pagination, processing_successful, processing_failed, upload: state, data } = read.data;
  const shown = data.flatMap((item) => entry.safeParse(item).data ?? []);
  const ends = shown.flatMap(({ end }) => end ?? []);
  return {
    total: pagination.total,
    successful: processing_successful,
    failed: processing_failed,
    failing: shown
      .filter(({ status }) => status === 'FAILURE')
      .map(({ id, mainfile, parser, error }) => ({ id, mainfile, parser, error })),
    messages: shown.map(({ message }) => message.slice(0, 100)),
    oldestEnd: ends.length === 0 ? null : Math.min(...ends),
    newestEnd: ends.length === 0 ? null : Math.max(...ends),
    status: statusOf(state.process_status),
    completeTime: state.complete_time ?? null,
  };
}

/** Of one page of `GET /uploads/ID/entries` those whose processing has not ended; null when it is no such page. */
export function readUnfinished(body: unknown): readonly UnfinishedEntry[] | null {
  const read = entries.safeParse(body);
  if (!read.success) return null;
  return read.data.data
    .flatMap((item) => entry.safeParse(item).data ?? [])
    .filter(({ status }) => status !== 'SUCCESS' && status !== 'FAILURE')
    .map(({ id, mainfile, parser, status, message }) => ({ id, mainfile, parser, status, message }));
}

/** What `GET /info` says of the version; null when it is no such answer. */
export function readVersion(body: unknown): string | null {
  const read = z.object({ version: z.string().min(1) }).safeParse(body);
  return read.success ? oneLine(read.data.version, 60) : null;
}

/** Names of `GET /users` by id; a user without a name is left out. null when it is no such answer. */
export function readNames(body: unknown): ReadonlyMap<string, string> | null {
  const user = z.object({ user_id: z.string(), name: text.nullish() });
  const read = z.object({ data: z.array(user) }).safeParse(body);
  if (!read.success) return null;
  const named = read.data.data.map(({ user_id, name }) => [user_id, name?.trim() ?? ''] as const);
  return new Map(named.filter(([, name]) => name !== ''));
}

const detail = z.object({ detail: z.string() });

/** NOMAD's `detail` when it is a sentence; else empty: the list of a 422 and the object of a 500 (a traceback) are not for people. */
export function readDetail(body: unknown): string {
  const read = detail.safeParse(body);
  return read.success ? oneLine(read.data.detail, 300) : '';
}

/** What a header can carry. */
const token = z.string().regex(/^[\x21-\x7e]+$/);

/** What a login gives. `lifetime` in seconds, from 1.4.1 on; null: it does not say. */
export function readLogin(body: unknown): { readonly token: string; readonly lifetime: number | null } | null {
  const lifetime = z.number().positive().nullish().catch(null);
  const read = z.object({ access_token: token, expires_in: lifetime }).safeParse(body);
  return read.success ? { token: read.data.access_token, lifetime: read.data.expires_in ?? null } : null;
}

export function readAppToken(body: unknown): string | null {
  const read = z.object({ app_token: token }).safeParse(body);
  return read.success ? read.data.app_token : null;
}

export interface PersonalToken {
  readonly id: string;
  readonly token: string;
  /** ms; null: it has no end, or does not show it. */
  readonly expiresAt: number | null;
}

export function readPersonalToken(body: unknown): PersonalToken | null {
  const pat = z.object({ id: z.string().min(1).max(100), expired_at: instant.nullish().catch(null) });
  const read = z.object({ raw_token: token, pat }).safeParse(body);
  if (!read.success) return null;
  return { id: read.data.pat.id, token: read.data.raw_token, expiresAt: read.data.pat.expired_at ?? null };
}

export interface Me {
  readonly userId: string;
  readonly email: string | null;
}

/** One address and nothing else: what is written to it must reach nobody beside it. */
const ADDRESS = /^[^\s@,;:<>()[\]"\\\p{C}]{1,64}@[^\s@,;:<>()[\]"\\\p{C}]{1,255}$/u;

export function readMe(body: unknown): Me | null {
  const read = z.object({ user_id: userId.min(1), email: z.string().nullish() }).safeParse(body);
  if (!read.success) return null;
  const email = read.data.email ?? '';
  return { userId: read.data.user_id, email: ADDRESS.test(email) ? email : null };
}

/** Whether `/users/me` says that it is an administrator of that NOMAD. */
export function readIsAdmin(body: unknown): boolean {
  return z.object({ is_admin: z.literal(true) }).safeParse(body).success;
}

/** The ids of everybody whom an upload names, and whether it also names groups (whose members it does not give). */
export function readSharing(body: unknown): { readonly users: readonly string[]; readonly hasGroups: boolean } | null {
  const data = z.object({
    main_author: z.string(),
    writers: ids,
    viewers: ids,
    coauthors: ids,
    reviewers: ids,
    coauthor_groups: groups,
    reviewer_groups: groups,
    writer_groups: groups,
    viewer_groups: groups,
  });
  const read = z.object({ data }).safeParse(body);
  if (!read.success) return null;
  const { main_author, writers, viewers, coauthors, reviewers, ...rest } = read.data.data;
  const users = [main_author, ...writers, ...viewers, ...coauthors, ...reviewers];
  return { users, hasGroups: Object.values(rest).some(hasGroup) };
}

interface Jwt {
  readonly user: string | null;
  /** Seconds since the epoch, by the clock that made it. */
  readonly exp: number | null;
  readonly iat: number | null;
}

/** What an app token shows, or an access token (its user is `sub`), not verified: that is the server's part. null for an opaque token. */
export function readJwt(token: string): Jwt | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const read = z
      .object({
        user: z.string().nullish(),
        sub: z.string().nullish(),
        exp: z.number().nullish(),
        iat: z.number().nullish().catch(null),
      })
      .parse(payload);
    return { user: read.user ?? read.sub ?? null, exp: read.exp ?? null, iat: read.iat ?? null };
  } catch {
    return null;
  }
}

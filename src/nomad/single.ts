// One upload asked for by its id, and the newest ones: for somebody who waits for a few of many.
import type { MissingVerdict } from '../domain/diff/missing.ts';
import type { Upload } from '../domain/upload.ts';
import { type Result, failure, failureOf } from './failure.ts';
import type { Ask } from './listing.ts';
import { verdictOf } from './verdict.ts';
import { readOne, readPage } from './wire.ts';

/** An upload and when the server said so, by its clock, ms; or why we do not have it. */
export type OneUpload =
  { readonly upload: Upload; readonly takenAt: number } | Extract<MissingVerdict, 'deleted' | 'unshared'>;

/** `userId`: ours, null when not known. `now`: our clock, for servers that send no `Date`. */
export async function requestUpload(
  ask: Ask,
  uploadId: string,
  userId: string | null,
  now: number,
): Promise<Result<OneUpload>> {
  const result = await ask({ endpoint: 'uploads/ID', path: `uploads/${encodeURIComponent(uploadId)}` });
  if (!result.ok) return result;
  const answer = result.value;
  const verdict = verdictOf(answer, userId);
  if (verdict === 'deleted' || verdict === 'unshared') return { ok: true, value: verdict };
  if (answer.kind === 'silence' || answer.status !== 200) return failureOf(answer, `upload ${uploadId}`);
  const upload = readOne(answer.body);
  if (upload === null) return failureOf(answer, `upload ${uploadId}`);
  if ('problem' in upload) return failure('invalid', `upload ${uploadId}: NOMAD's answer ${upload.problem}`);
  return { ok: true, value: { upload, takenAt: answer.date ?? now } };
}

const NEWEST = 50;

export interface NewestUploads {
  /** Newest first. */
  readonly uploads: readonly Upload[];
  /** The server's clock, ms. */
  readonly takenAt: number;
}

/** The 50 newest that are listed for us. */
export async function requestNewest(ask: Ask, roles: readonly string[], now: number): Promise<Result<NewestUploads>> {
  const result = await ask({
    endpoint: 'uploads',
    query: [
      ['page_size', NEWEST],
      ['order_by', 'upload_create_time'],
      ['order', 'desc'],
      ...roles.map((role) => ['roles', role] as const),
    ],
  });
  if (!result.ok) return result;
  const answer = result.value;
  const page = answer.kind === 'answer' && answer.status === 200 ? readPage(answer.body) : null;
  if (page === null || answer.kind !== 'answer') return failureOf(answer, 'list of uploads');
  const uploads = page.items.flatMap((item) => ('id' in item ? [item] : []));
  return { ok: true, value: { uploads, takenAt: answer.date ?? now } };
}

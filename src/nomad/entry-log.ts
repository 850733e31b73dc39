// The log of one entry's processing, which says why it failed; the list of entries only says that its parser failed.
import type { LoggedFailure } from '../domain/failure-reasons.ts';
import { refusalOf } from '../domain/nomad/token-policy.ts';
import type { Ask } from './listing.ts';
import { readDetail } from './wire.ts';
import { readEntryLog } from './wire-log.ts';

/** unknown: there is no such log, or it does not say. silence: no usable answer. scope: the token may not read entries. */
export type EntryLogAnswer = LoggedFailure | 'unknown' | 'silence' | 'scope';

/** Usually 2 to 11 kB (1.3.17, 2.0.0); a parser can log without end. */
const MAX_BYTES = 4 * 1024 * 1024;

/** `timeout` in ms. */
export async function requestEntryLog(ask: Ask, entryId: string, timeout: number): Promise<EntryLogAnswer> {
  const result = await ask({
    endpoint: 'entries/ID/archive/query',
    path: `entries/${encodeURIComponent(entryId)}/archive/query`,
    json: { required: { processing_logs: '*' } },
    timeout,
    maxBytes: MAX_BYTES,
  });
  if (!result.ok || result.value.kind === 'silence') return 'silence';
  const { status, body } = result.value;
  if (status === 200) return readEntryLog(body) ?? 'unknown';
  if (status === 403 && refusalOf(status, readDetail(body)) === 'scope') return 'scope';
  // An entry that failed before anything of it was stored has no archive.
  return status === 404 ? 'unknown' : 'silence';
}

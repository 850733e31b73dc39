// NOMAD as the rest of the program sees it: who we are, what there is, what became of one upload. Each request carries a fresh token;
// a 401 about the token is renewed once and retried once.
import type { MissingVerdict } from '../domain/diff/missing.ts';
import type { Identity, TokenLife } from '../domain/nomad/health.ts';
import type { EntriesAnswer, EntriesDetail } from '../domain/diff/entry-check.ts';
import type { PartQuestion } from '../domain/diff/partial.ts';
import { refusalOf } from '../domain/nomad/token-policy.ts';
import type { FailingEntry } from '../domain/failure-reasons.ts';
import type { Listing, UnfinishedEntry } from '../domain/upload.ts';
import type { Answer, Client, NomadRequest } from './client.ts';
import { type Result, failureOf } from './failure.ts';
import { type Ask, type OnPage, listUploads } from './listing.ts';
import { isTokenRefused } from './app-token.ts';
import type { TokenSource } from './token-source.ts';
import { createNames } from './user-names.ts';
import { createPages } from './page-cache.ts';
import { listPart } from './partial-listing.ts';
import { type NewestUploads, type OneUpload, requestNewest, requestUpload } from './single.ts';
import { verdictOf } from './verdict.ts';
import { requestEntries, requestFailing, requestUnfinished } from './entries.ts';
import { type EntryLogAnswer, requestEntryLog } from './entry-log.ts';
import { requestVersion } from './version.ts';
import { readDetail, readJwt, readMe } from './wire.ts';

export interface Nomad {
  identity(signal?: AbortSignal): Promise<Result<Identity>>;
  list(now: number, signal?: AbortSignal, onPage?: OnPage): Promise<Result<Listing>>;
  /** Only what may have moved; see partial-listing.ts. */
  listPart(question: PartQuestion, now: number, signal?: AbortSignal): Promise<Result<Listing>>;
  /** What NOMAD says of one upload that the listing lacks. `userId`: ours, null when not known. */
  verdict(uploadId: string, userId: string | null, signal?: AbortSignal): Promise<MissingVerdict>;
  /** One upload, by its id. `userId`: ours, null when not known. */
  upload(uploadId: string, userId: string | null, signal?: AbortSignal): Promise<Result<OneUpload>>;
  /** The newest that are listed for us. */
  newest(signal?: AbortSignal): Promise<Result<NewestUploads>>;
  /** What it says of the entries of one upload: their counts, and of some of them more. */
  entries(uploadId: string, look: EntriesDetail, signal?: AbortSignal): Promise<EntriesAnswer>;
  /** Failed entries of an upload that has `failed` of them, more than `entries` names; null: no usable answer. */
  failing(uploadId: string, failed: number, signal?: AbortSignal): Promise<readonly FailingEntry[] | null>;
  /** Why an entry failed, by the log of its processing. `timeout` in ms. */
  entryLog(entryId: string, timeout: number, signal?: AbortSignal): Promise<EntryLogAnswer>;
  /** Of the entries of one upload the first that are not done; `failed`: how many failed. null: no usable answer. */
  unfinished(uploadId: string, failed: number, signal?: AbortSignal): Promise<readonly UnfinishedEntry[] | null>;
  /** NOMAD's own; null: it does not say. */
  version(signal?: AbortSignal): Promise<string | null>;
  /** Names of users, as far as NOMAD gives them. Each is requested once a day. */
  names(userIds: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Renews the token when it is due. */
  renew(signal?: AbortSignal): Promise<void>;
  tokenLife(): TokenLife;
}

export interface NomadOptions {
  readonly client: Client;
  readonly tokens: TokenSource;
  readonly roles: readonly string[];
  readonly clock: () => number;
}

export function createNomad({ client, tokens, roles, clock }: NomadOptions): Nomad {
  const names = createNames();
  const pages = createPages();
  const asking = (signal?: AbortSignal): Ask => {
    return async (request: NomadRequest): Promise<Result<Answer>> => {
      const token = await tokens.token(signal);
      if (!token.ok) return token;
      const answer = await client.request({ ...request, token: token.value.value }, signal);
      if (!isTokenRefused(answer)) return { ok: true, value: answer };
      const other = await tokens.replace(token.value, signal);
      if (!other.ok) return other;
      const second = await client.request({ ...request, token: other.value.value }, signal);
      if (isTokenRefused(second)) tokens.refused(other.value);
      return { ok: true, value: second };
    };
  };

  return {
    async identity(signal) {
      const result = await asking(signal)({ endpoint: 'users/me' });
      if (!result.ok) return result;
      const answer = result.value;
      const me = answer.kind === 'answer' && answer.status === 200 ? readMe(answer.body) : null;
      if (me !== null) return { ok: true, value: me };
      if (!isScopeMissing(answer)) return failureOf(answer, 'account');
      const token = await tokens.token(signal);
      return token.ok ? { ok: true, value: { userId: readJwt(token.value.value)?.user ?? null, email: null } } : token;
    },
    list: (now, signal, onPage) => listUploads(asking(signal), roles, now, { onPage, pages }),
    listPart: (question, now, signal) => listPart(asking(signal), roles, question, now),
    async verdict(uploadId, userId, signal) {
      const result = await asking(signal)({ endpoint: 'uploads/ID', path: `uploads/${encodeURIComponent(uploadId)}` });
      return result.ok ? verdictOf(result.value, userId) : 'unknown';
    },
    upload: (uploadId, userId, signal) => requestUpload(asking(signal), uploadId, userId, clock()),
    newest: (signal) => requestNewest(asking(signal), roles, clock()),
    entries: (uploadId, look, signal) => requestEntries(asking(signal), uploadId, look),
    failing: (uploadId, failed, signal) => requestFailing(asking(signal), uploadId, failed),
    entryLog: (entryId, timeout, signal) => requestEntryLog(asking(signal), entryId, timeout),
    unfinished: (uploadId, failed, signal) => requestUnfinished(asking(signal), uploadId, failed),
    version: (signal) => requestVersion(client, asking(signal), signal),
    names: (userIds, signal) => names(asking(signal), userIds, clock()),
    renew: tokens.renewAhead,
    tokenLife: tokens.life,
  };
}

function isScopeMissing(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status === 403 && refusalOf(403, readDetail(answer.body)) === 'scope';
}

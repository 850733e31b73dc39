// NOMAD as the rest of the program sees it: who we are, what there is, what became of one upload. Each request carries a fresh token;
// a 401 about the token is renewed once and retried once.
import type { Verdict } from '../domain/absence.ts';
import type { Identity, TokenLife } from '../domain/health.ts';
import type { EntriesAnswer } from '../domain/inspection.ts';
import type { PartQuestion } from '../domain/part.ts';
import { refusalOf } from '../domain/session.ts';
import type { Listing } from '../domain/upload.ts';
import type { Answer, Client, NomadRequest } from './client.ts';
import { type Result, failureOf } from './failure.ts';
import { type Ask, type OnPage, listUploads } from './listing.ts';
import { isTokenRefused } from './app-token.ts';
import type { TokenSource } from './token-source.ts';
import { createNames } from './names.ts';
import { createPages } from './pages.ts';
import { listPart } from './quick.ts';
import { readDetail, readEntries, readJwt, readMe, readSharing } from './wire.ts';

export interface Nomad {
  identity(signal?: AbortSignal): Promise<Result<Identity>>;
  list(now: number, signal?: AbortSignal, onPage?: OnPage): Promise<Result<Listing>>;
  /** Only what may have moved; see quick.ts. */
  listPart(question: PartQuestion, now: number, signal?: AbortSignal): Promise<Result<Listing>>;
  /** What NOMAD says of one upload that the listing lacks. `userId`: ours, null when not known. */
  verdict(uploadId: string, userId: string | null, signal?: AbortSignal): Promise<Verdict>;
  /** What it says of the entries of one upload: their counts, and the first few that failed. */
  entries(uploadId: string, signal?: AbortSignal): Promise<EntriesAnswer>;
  /** Names of users, as far as it tells them. Each is asked for once a day. */
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

/** Entries carry tens of kB of metadata each: a few are enough to say what is wrong. */
const FEW_ENTRIES = 5;
/** What other events wait for must not take long: a question without an answer is asked again in a later poll. */
const SIDE_QUESTION = 10_000;

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
      return { ok: true, value: await client.request({ ...request, token: other.value.value }, signal) };
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
    async entries(uploadId, signal) {
      const result = await asking(signal)({
        endpoint: 'uploads/ID/entries',
        path: `uploads/${encodeURIComponent(uploadId)}/entries`,
        query: [
          ['order_by', 'process_status'],
          ['order', 'asc'],
          ['page_size', FEW_ENTRIES],
        ],
        timeout: SIDE_QUESTION,
      });
      return result.ok ? entriesOf(result.value) : 'unknown';
    },
    names: (userIds, signal) => names(asking(signal), userIds, clock()),
    renew: (signal) => tokens.renewAhead(signal),
    tokenLife: () => tokens.life(),
  };
}

/**
 * Only NOMAD's exact words count (measured on 1.3.17 and 2.0.0): other 404s mean a wrong address, other refusals a wrong token.
 * 200 does not mean that it is ours: a stranger's published upload answers too. When it names no group and not us, it is not shared with us.
 */
function verdictOf(answer: Answer, userId: string | null): Verdict {
  if (answer.kind === 'silence') return 'unknown';
  const detail = readDetail(answer.body);
  if (answer.status === 404) return detail === 'The specified upload_id was not found.' ? 'deleted' : 'unknown';
  if (answer.status === 401 || answer.status === 403) {
    return refusalOf(answer.status, detail) === 'upload' ? 'unshared' : 'unknown';
  }
  const sharing = answer.status === 200 ? readSharing(answer.body) : null;
  if (sharing === null) return 'unknown';
  return userId !== null && !sharing.hasGroups && !sharing.users.includes(userId) ? 'unshared' : 'present';
}

/** FAILURE is the first status by the alphabet, in both generations: the failed ones head the page. */
function entriesOf(answer: Answer): EntriesAnswer {
  if (answer.kind === 'silence') return 'unknown';
  if (answer.status === 200) return readEntries(answer.body) ?? 'unknown';
  const verdict = verdictOf(answer, null);
  return verdict === 'deleted' || verdict === 'unshared' ? 'gone' : 'unknown';
}

function isScopeMissing(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status === 403 && refusalOf(403, readDetail(answer.body)) === 'scope';
}

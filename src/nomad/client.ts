// The only HTTP to NOMAD: one request, one answer, nothing decided. Never logs, never follows a redirect (a token must not travel),
// and treats the server gently: at most 2 connections, a time limit for each request, a bound on what it takes in.
import { type ClientRequest, Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError } from 'got';
import { proxyAnswerText, proxyErrorText, proxyName } from '../domain/text/proxy-fault.ts';
import { headerTime, retryAfterOf } from '../domain/text/retry-after.ts';

/** What a request came to. `problem`: one sentence without secrets. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** The body as NOMAD wrote it, no longer compressed. */
      readonly bytes: Uint8Array;
      /** Read from it when asked for; undefined: not JSON. */
      readonly body: unknown;
      readonly contentType: string | null;
      /** The server's `Date`, ms; null: not given. */
      readonly date: number | null;
      /** ms, from `Retry-After`; null: not given. */
      readonly retryAfter: number | null;
      /** Where a 3xx points. */
      readonly location: string | null;
      /** The proxy that may have answered in NOMAD's place, by its variable; not given: none can have. */
      readonly proxy?: string;
    }
  | { readonly kind: 'silence'; readonly problem: string };

/** What the monitor asks. */
export const ENDPOINTS = [
  'auth/token',
  'auth/app_token',
  'users/me',
  'users',
  'uploads',
  'uploads/ID',
  'uploads/ID/entries',
  'entries/ID/archive/query',
  'info',
] as const;
/** `auth/pats` only a person asks, with `account add`. */
export type Endpoint = (typeof ENDPOINTS)[number] | 'auth/pats';

export interface NomadRequest {
  readonly endpoint: Endpoint;
  /** Below the API base; the endpoint itself when not given. */
  readonly path?: string;
  readonly query?: readonly (readonly [string, string | number])[];
  /** Sent as a form by POST: secrets go here, never into the query. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST: a question that changes nothing. */
  readonly json?: unknown;
  /** Its answer must not be lost: it is not sent again where nobody knows whether it was read. */
  readonly isOnce?: true;
  /** Takes away what stands at the path. */
  readonly isDeletion?: true;
  readonly token?: string;
  /** ms, for a question that may go unanswered; the client's own limit when not given. */
  readonly timeout?: number;
  /** The most that is taken in of its answer; the client's own bound when not given. */
  readonly maxBytes?: number;
}

export interface RequestCount {
  readonly endpoint: Endpoint;
  /** HTTP status, or `error` when there was no answer. */
  readonly code: string;
  /** As they came: compressed, with the head. */
  readonly bytes: number;
  readonly milliseconds: number;
}

export interface ClientOptions {
  /** API base without a slash at the end. */
  readonly url: string;
  readonly userAgent: string;
  /** For Node's agent: the variable of the proxy, if this address needs one. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  /** ms for one whole request. Gateways before NOMAD cut at 60 s. */
  readonly timeout?: number;
  readonly onRequest?: (count: RequestCount) => void;
}

export interface Client {
  request(request: NomadRequest, signal?: AbortSignal): Promise<Answer>;
  close(): void;
}

const MAX_CONNECTIONS = 2;
/** 200 uploads of long errors are a few MB; what is far beyond is not a NOMAD. */
const MAX_BYTES = 64 * 1024 * 1024;

export function createClient(options: ClientOptions): Client {
  const agentOptions = {
    keepAlive: true,
    maxSockets: MAX_CONNECTIONS,
    maxTotalSockets: MAX_CONNECTIONS,
    proxyEnv: options.proxyEnv,
  };
  const agent = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const http = createGot(options, agent);
  const proxy = proxyName(options.proxyEnv);

  async function requestOnce(what: NomadRequest, signal?: AbortSignal): Promise<Exchange> {
    const { endpoint } = what;
    const begunAt = performance.now();
    const to = { url: `${options.url}/${what.path ?? endpoint}`, proxy };
    const exchanged = await exchange(http, to, what, signal);
    const { answer, received: bytes } = exchanged;
    const code = answer.kind === 'answer' ? String(answer.status) : 'error';
    options.onRequest?.({ endpoint, code, bytes, milliseconds: Math.round(performance.now() - begunAt) });
    return exchanged;
  }

  return {
    /**
     * A kept-alive connection can be closed by the server in the very moment it is used again; NOMAD does so after each 500 (1.3.17, 2.0.0).
     * Nobody has read that request, so a question is sent once more on another connection (RFC 9110, 9.2.2).
     */
    async request(what, signal) {
      for (let tries = 1; ; tries += 1) {
        const { answer, wasStale } = await requestOnce(what, signal);
        if (!wasStale || what.form !== undefined || what.isOnce === true || tries > MAX_CONNECTIONS) return answer;
      }
    },
    close: () => {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

function createGot(options: ClientOptions, agent: { readonly http: HttpAgent; readonly https: HttpsAgent }) {
  return got.extend({
    agent,
    headers: { 'user-agent': options.userAgent, accept: 'application/json' },
    timeout: { request: options.timeout ?? 70_000, lookup: 15_000, connect: 15_000, secureConnect: 15_000 },
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    responseType: 'buffer',
  });
}

interface Exchange {
  readonly answer: Answer;
  /** Bytes, as they came; 0 without an answer. */
  readonly received: number;
  /** Its connection was closed before anybody read the request. */
  readonly wasStale: boolean;
}

async function exchange(
  http: ReturnType<typeof createGot>,
  { url, proxy }: { readonly url: string; readonly proxy: string | null },
  what: NomadRequest,
  signal?: AbortSignal,
): Promise<Exchange> {
  const tooLarge = new AbortController();
  const { maxBytes = MAX_BYTES } = what;
  const pending = http(url, {
    ...requestOptions(what),
    signal: signal === undefined ? tooLarge.signal : AbortSignal.any([signal, tooLarge.signal]),
  });
  void pending.on('downloadProgress', ({ transferred }: { readonly transferred: number }) => {
    if (transferred > maxBytes) tooLarge.abort();
  });
  let sent: ClientRequest | null = null;
  let received = () => 0;
  void pending.on('request', (made: ClientRequest) => {
    sent = made;
    received = bytesOf(made);
  });
  try {
    const { statusCode, headers, body } = await pending;
    // Inside a tunnel the proxy cannot answer.
    const between = url.startsWith('http:') ? proxy : null;
    return { answer: answerOf(statusCode, headers, body, between), received: received(), wasStale: false };
  } catch (error) {
    const problem = tooLarge.signal.aborted
      ? `the answer is larger than ${maxBytes / 1024 / 1024} MiB`
      : problemOf(error, proxy);
    return { answer: { kind: 'silence', problem }, received: 0, wasStale: isStale(error, sent) };
  }
}

function requestOptions({ query, form, json, isDeletion, token, timeout }: NomadRequest) {
  const pairs = query?.map(([name, value]): [string, string] => [name, String(value)]);
  return {
    method:
      isDeletion === true
        ? ('DELETE' as const)
        : form === undefined && json === undefined
          ? ('GET' as const)
          : ('POST' as const),
    ...(pairs === undefined ? {} : { searchParams: new URLSearchParams(pairs) }),
    ...(form === undefined ? {} : { form }),
    ...(json === undefined ? {} : { json }),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(timeout === undefined ? {} : { timeout: { request: timeout } }),
  };
}

function answerOf(status: number, headers: IncomingHttpHeaders, bytes: Uint8Array, proxy: string | null): Answer {
  const problem = proxyAnswerText(proxy, status, headers);
  if (problem !== null) return { kind: 'silence', problem };
  const date = headerTime(headers.date);
  return {
    kind: 'answer',
    status,
    bytes,
    get body() {
      return isJson(headers['content-type']) ? parsed(bytes) : undefined;
    },
    contentType: headers['content-type'] ?? null,
    date,
    retryAfter: retryAfterOf(headers['retry-after'], date),
    location: headers.location ?? null,
    ...(proxy !== null && { proxy }),
  };
}

/** What its connection brings, from the request to the end of the answer; a kept connection has brought others before. */
function bytesOf(made: ClientRequest): () => number {
  let [before, after] = [0, 0];
  made.once('socket', (socket) => {
    before = socket.bytesRead;
    made.once('response', (response) => response.once('end', () => (after = socket.bytesRead)));
  });
  return () => after - before;
}

/** The server hung up on a connection used before, and answered nothing. */
function isStale(error: unknown, sent: ClientRequest | null): boolean {
  const code = error instanceof RequestError && error.response === undefined ? error.code : '';
  return sent?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE');
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(contentType ?? '');
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** got's messages name the cause (ECONNREFUSED, a time limit); addresses with secrets cannot be in them, for none is in a URL. */
function problemOf(error: unknown, proxy: string | null): string {
  if (!(error instanceof Error)) return 'the request failed';
  const said = error instanceof RequestError ? proxyErrorText(proxy, error.code, statusOf(error.cause)) : null;
  if (said !== null) return said;
  if (error.name === 'AbortError') return 'the request was aborted because the monitor is shutting down';
  return error instanceof RequestError ? `${error.code}: ${error.message}` : error.message;
}

/** Of a proxy's answer to CONNECT, as Node has it. */
function statusOf(cause: unknown): number | null {
  return cause instanceof Error && 'statusCode' in cause && typeof cause.statusCode === 'number'
    ? cause.statusCode
    : null;
}

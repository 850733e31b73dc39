// The HTTP of all channels: sends one request and decides whether another try makes sense. It follows no redirects, reads a limited part
// of the answer, and never repeats the address, because the address of a hook is its password.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError } from 'got';
import { HOUR } from '../domain/text/durations.ts';
import { oneLine } from '../domain/text/one-line.ts';
import { proxyAnswerText, proxyErrorText, proxyName } from '../domain/text/proxy-fault.ts';
import { headerTime, retryAfterOf } from '../domain/text/retry-after.ts';
import type { Sent } from './channel.ts';

export interface HttpChannelOptions {
  /** May contain a user and password, and a secret in its path. */
  readonly url: string;
  readonly proxyEnv: Readonly<Record<string, string>>;
  /** Removes our secrets from a text: a server may repeat what it was sent. */
  readonly scrub: (text: string) => string;
  /** ms for the whole exchange. */
  readonly timeout?: number;
}

/** `body` null: a GET. */
export interface HttpMessage {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Which answers end the delivery; absent: those that a client error usually is, and redirects. */
  readonly isFinal?: (status: number) => boolean;
}

const TIMEOUT = 30_000;
const MAX_READ = 64 * 1024;
/** Longer values of Retry-After are cut to this, ms. */
const MAX_RETRY_AFTER = HOUR;
/** The 4xx that may succeed on another try (RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4). */
const RETRYABLE_4XX = new Set([408, 425, 429]);
/** What is wrong is the content of this request (RFC 9110, 15.5), or so its server says. */
const ABOUT_CONTENT = new Set([400, 413, 415, 422]);

interface Answer {
  readonly status: number;
  /** ms; null: the header is missing. */
  readonly retryAfter: number | null;
  readonly text: string;
  readonly headers: Headers;
}

type Headers = Readonly<Record<string, string | undefined>>;

export async function sendHttp(
  { url, proxyEnv, scrub, timeout = TIMEOUT }: HttpChannelOptions,
  message: HttpMessage,
): Promise<Sent> {
  const agent = { http: new HttpAgent({ proxyEnv }), https: new HttpsAgent({ proxyEnv }) };
  const timedOut = AbortSignal.timeout(timeout);
  const proxy = proxyName(proxyEnv);
  try {
    const { status, retryAfter, text, headers } = await exchange(url, message, agent, timedOut);
    const refused = url.startsWith('http:') ? proxyAnswerText(proxy, status, headers) : null;
    if (refused !== null) return { result: 'retry', reason: refused };
    return outcomeOf({ status, retryAfter, text: oneLine(scrub(text), 200) }, message.isFinal ?? isClientError);
  } catch (error) {
    if (timedOut.aborted) return { result: 'retry', reason: `no complete answer within ${timeout / 1000} s` };
    return { result: 'retry', reason: proxyProblemOf(error, proxy) ?? `it could not be reached (${problemOf(error)})` };
  } finally {
    agent.http.destroy();
    agent.https.destroy();
  }
}

async function exchange(
  url: string,
  { headers, body }: HttpMessage,
  agent: { readonly http: HttpAgent; readonly https: HttpsAgent },
  signal: AbortSignal,
): Promise<Answer> {
  const stream = got.stream(url, {
    agent,
    method: body === null ? 'GET' : 'POST',
    ...(body !== null && { body }),
    headers: { 'user-agent': 'nomad-upload-monitor', ...headers },
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    signal,
  });
  const head: { answer: Omit<Answer, 'text'> | null } = { answer: null };
  stream.once('response', ({ statusCode, headers: given }: Response) => {
    const retryAfter = retryAfterOf(given['retry-after'], headerTime(given['date']));
    head.answer = { status: statusCode, retryAfter, headers: given };
  });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_READ) break;
    }
  } catch (error) {
    // Once the status is known, it does not matter that the body broke off or never ended.
    if (head.answer === null) throw error;
  } finally {
    stream.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, MAX_READ).toString('utf8');
  return { status: 0, retryAfter: null, headers: {}, ...head.answer, text };
}

interface Response {
  readonly statusCode: number;
  readonly headers: Headers;
}

function isClientError(status: number): boolean {
  return status >= 300 && status < 500 && !RETRYABLE_4XX.has(status);
}

function outcomeOf({ status, retryAfter, text }: Omit<Answer, 'headers'>, isFinal: (status: number) => boolean): Sent {
  if (status >= 200 && status < 300) return { result: 'delivered' };
  const reason = `it answered ${status}${meaningOf(status)}${text === '' ? '' : `: ${text}`}`;
  if (isFinal(status)) return { result: 'rejected', reason };
  const wait = retryAfter === null ? null : Math.min(retryAfter, MAX_RETRY_AFTER);
  return {
    result: 'retry',
    reason,
    ...(wait !== null && { retryAfter: wait }),
    ...(ABOUT_CONTENT.has(status) && { isAboutMessage: true }),
  };
}

function meaningOf(status: number): string {
  if (status === 410) return ' (gone: it wants no more)';
  return status >= 300 && status < 400 ? ', a redirect; redirects are not followed, set the final address' : '';
}

/** Only the error code: the messages of HTTP clients often contain the address. */
function problemOf(error: unknown): string {
  const codes = [error instanceof RequestError ? error.cause : null, error].map((each) =>
    each instanceof Error && 'code' in each && typeof each.code === 'string' ? each.code : null,
  );
  return oneLine(codes.find((code) => code !== null) ?? 'no reason given', 60);
}

/** null: it may be about the receiver. */
function proxyProblemOf(error: unknown, proxy: string | null): string | null {
  if (!(error instanceof RequestError)) return null;
  const { cause, code } = error;
  const status = cause instanceof Error && 'statusCode' in cause ? Number(cause.statusCode) : null;
  return proxyErrorText(proxy, code, status);
}

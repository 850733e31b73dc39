// The only HTTP of the channels: one request, and whether another try makes sense. It follows no redirect, reads a bounded answer, and
// never tells the address, because a hook's address is its password.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError } from 'got';
import { HOUR } from '../domain/text/durations.ts';
import { oneLine } from '../domain/text/one-line.ts';
import { headerTime, retryAfterOf } from '../domain/text/retry-after.ts';
import type { Sent } from './channel.ts';

export interface HttpChannelOptions {
  /** May hold user and password, and a secret in its path. */
  readonly url: string;
  readonly proxyEnv: Readonly<Record<string, string>>;
  /** Takes our secrets out of a text: a server may repeat what it was sent. */
  readonly scrub: (text: string) => string;
  /** ms for the whole exchange. */
  readonly timeout?: number;
}

/** `body` null: a GET. */
export interface HttpMessage {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const TIMEOUT = 30_000;
const MAX_READ = 64 * 1024;
/** A Retry-After is believed up to this, ms. */
const MAX_RETRY_AFTER = HOUR;
/** 4xx that may be different the next time (RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4). */
const RETRYABLE_4XX = new Set([408, 425, 429]);

interface Answer {
  readonly status: number;
  /** ms; null: it asks for none. */
  readonly retryAfter: number | null;
  readonly text: string;
}

export async function sendHttp(
  { url, proxyEnv, scrub, timeout = TIMEOUT }: HttpChannelOptions,
  message: HttpMessage,
): Promise<Sent> {
  const agent = { http: new HttpAgent({ proxyEnv }), https: new HttpsAgent({ proxyEnv }) };
  const tooLong = AbortSignal.timeout(timeout);
  try {
    const { status, retryAfter, text } = await exchange(url, message, agent, tooLong);
    return judge(status, retryAfter, oneLine(scrub(text), 200));
  } catch (error) {
    if (tooLong.aborted) return { result: 'retry', reason: `no complete answer within ${timeout / 1000} s` };
    return { result: 'retry', reason: `it could not be reached (${problemOf(error)})` };
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
    head.answer = { status: statusCode, retryAfter: retryAfterOf(given['retry-after'], headerTime(given['date'])) };
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
    // The status was read and is what counts: a body that breaks off, or never ends, says nothing more.
    if (head.answer === null) throw error;
  } finally {
    stream.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, MAX_READ).toString('utf8');
  return { status: 0, retryAfter: null, ...head.answer, text };
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

function judge(status: number, retryAfter: number | null, text: string): Sent {
  const said = text === '' ? '' : `: ${text}`;
  if (status >= 200 && status < 300) return { result: 'delivered' };
  if (status >= 300 && status < 400) {
    return {
      result: 'rejected',
      reason: `it answered ${status}, a redirect; redirects are not followed, set the final address`,
    };
  }
  if (status === 410) return { result: 'rejected', reason: `it answered 410 (gone)${said}` };
  if (status >= 400 && status < 500 && !RETRYABLE_4XX.has(status))
    return { result: 'rejected', reason: `it answered ${status}${said}` };
  const wait = retryAfter === null ? null : Math.min(retryAfter, MAX_RETRY_AFTER);
  return { result: 'retry', reason: `it answered ${status}${said}`, ...(wait !== null && { retryAfter: wait }) };
}

/** Codes alone: messages of HTTP clients like to quote addresses. */
function problemOf(error: unknown): string {
  const codes = [error instanceof RequestError ? error.cause : null, error].map((each) =>
    each instanceof Error && 'code' in each && typeof each.code === 'string' ? each.code : null,
  );
  return oneLine(codes.find((code) => code !== null) ?? 'no reason given', 60);
}

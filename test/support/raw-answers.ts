// HTTP answers as bytes: what a strict reader makes of them, without any help of a library. Throws for what is not well-formed.
import assert from 'node:assert/strict';
import { constants, gunzipSync, inflateSync } from 'node:zlib';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** One after the other. Of a body that was cut off, what there is. */
export function answersIn(bytes: Buffer): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    assert.ok(end >= 0, `no head: ${rest.toString('latin1').slice(0, 200)}`);
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) [\w -]+$/.exec(first)?.[1]);
    assert.ok(status >= 100 && status < 600, `no status: ${first}`);
    const headers = new Map(lines.map(headerOf));
    const { body, length } = bodyOf(rest.subarray(end + 4), headers, status);
    rest = rest.subarray(end + 4 + length);
    if (status >= 200) answers.push({ status, headers, body: decoded(body, headers.get('content-encoding')) });
  }
  return answers;
}

function headerOf(line: string): readonly [string, string] {
  const match = /^([\w-]+): ?([\t\x20-\x7e]*)$/.exec(line);
  assert.ok(match !== null, `no header: ${line}`);
  return [(match[1] ?? '').toLowerCase(), match[2] ?? ''];
}

function bodyOf(
  bytes: Buffer,
  headers: ReadonlyMap<string, string>,
  status: number,
): { readonly body: Buffer; readonly length: number } {
  // After the head of an answer to HEAD comes nothing, or the next answer.
  const isNext = bytes.length === 0 || bytes.subarray(0, 9).toString('latin1') === 'HTTP/1.1 ';
  if (status < 200 || status === 204 || status === 304 || isNext) return { body: Buffer.alloc(0), length: 0 };
  if (headers.get('transfer-encoding') === 'chunked') return chunked(bytes);
  const given = headers.get('content-length');
  const length = given === undefined ? bytes.length : Number(given);
  return { body: bytes.subarray(0, length), length };
}

function chunked(bytes: Buffer): { readonly body: Buffer; readonly length: number } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    const size = end < 0 ? 0 : Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    assert.ok(Number.isSafeInteger(size), 'no chunk');
    if (end < 0) return { body: Buffer.concat(chunks), length: bytes.length };
    at = end + 2 + size + 2;
    if (size === 0) return { body: Buffer.concat(chunks), length: at };
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
  }
}

function decoded(body: Buffer, encoding: string | undefined): string {
  if (body.length === 0 || encoding === undefined) return body.toString('latin1');
  // Node ends an answer early when the client has said that nothing more comes: what there is can be read all the same.
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  return (encoding === 'gzip' ? gunzipSync(body, options) : inflateSync(body, options)).toString('latin1');
}

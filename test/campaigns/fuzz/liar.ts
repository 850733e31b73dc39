// A NOMAD of bytes: it answers over raw sockets with whatever its script says, well-formed or not, and remembers what it said of uploads.
import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Asked, ECHO, type RawAnswer, type Script } from './nomad-answers.ts';

export interface Liar {
  readonly url: string;
  /** Begins the script anew. */
  play(script: Script): void;
  /** The bodies of the answers to questions for uploads since `play`, oldest first. */
  readonly said: readonly Buffer[];
  close(): Promise<void>;
}

const BOMB = gzipSync(Buffer.alloc(80 * 1024 * 1024, 32));

export async function startLiar(): Promise<Liar> {
  const sockets = new Set<Socket>();
  let script: Script | null = null;
  let asked = new Map<Asked, number>();
  let said: Buffer[] = [];

  function next(path: string): RawAnswer | undefined {
    const kind = kindOf(path);
    const count = asked.get(kind) ?? 0;
    asked.set(kind, count + 1);
    const all = script?.[kind] ?? [];
    const answer = all[count % Math.max(1, all.length)];
    if (kind === 'uploads' && answer !== undefined) said.push(answer.body);
    return answer;
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const text = received.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 0 || received.length < end + 4 + length) return;
      received = received.subarray(end + 4 + length);
      const answer = next(text.split(' ')[1] ?? '');
      if (answer === undefined) socket.destroy();
      else send(socket, answer, /authorization: Bearer (\S+)/i.exec(text)?.[1] ?? passwordIn(text));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    play(played) {
      script = played;
      asked = new Map();
      said = [];
    },
    get said() {
      return said;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function kindOf(path: string): Asked {
  if (path.includes('/auth/token')) return 'token';
  if (path.includes('/auth/app_token')) return 'app_token';
  if (path.includes('/users/me')) return 'me';
  if (path.includes('/users')) return 'users';
  if (path.includes('/entries')) return 'entries';
  return /\/uploads\/[^?]/.test(path) ? 'upload' : 'uploads';
}

function passwordIn(text: string): string {
  return decodeURIComponent(/password=([^&\r]+)/.exec(text)?.[1] ?? 'nothing');
}

function send(socket: Socket, answer: RawAnswer, sent: string): void {
  const { bytes, isLast } = written(answer, sent);
  if (answer.shape === 'slowly') {
    socket.write(bytes.subarray(0, 20));
    setImmediate(() => socket.write(bytes.subarray(20)));
    return;
  }
  socket.write(bytes);
  if (isLast) socket.end();
}

/** `isLast`: the server hangs up after it. */
function written(
  { status, headers, body: given, shape, keepAlive }: RawAnswer,
  sent: string,
): { readonly bytes: Buffer; readonly isLast: boolean } {
  const body = given.includes(ECHO) ? Buffer.from(given.toString('utf8').replaceAll(ECHO, sent)) : given;
  const own = headers.map((header) => header.replaceAll(ECHO, sent));
  const whole = (more: readonly string[], ...parts: readonly Uint8Array[]) => {
    const lines = [`HTTP/1.1 ${status} Some Reason`, ...own, ...(keepAlive ? [] : ['Connection: close']), ...more];
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), ...parts]);
  };
  const length = (bytes: number) => `Content-Length: ${Math.max(0, bytes)}`;
  const inChunks = 'Transfer-Encoding: chunked';
  const plain = whole([length(body.length)], body);
  const zipped = (bytes: Buffer) => whole(['Content-Encoding: gzip', length(bytes.length)], bytes);
  switch (shape) {
    case 'plain':
    case 'slowly':
      return { bytes: plain, isLast: !keepAlive && shape === 'plain' };
    case 'chunked':
      return { bytes: whole([inChunks], ...chunks(body), Buffer.from('0\r\n\r\n')), isLast: false };
    case 'bad chunks':
      return { bytes: whole([inChunks], ...chunks(body), Buffer.from('zz\r\nx')), isLast: true };
    case 'too long':
      return { bytes: whole([length(body.length + 10)], body), isLast: true };
    case 'too short':
      return { bytes: whole([length(body.length - 10)], body), isLast: true };
    case 'no length':
      return { bytes: whole([], body), isLast: true };
    case 'two lengths':
      return { bytes: whole([length(body.length), length(1)], body), isLast: true };
    case 'gzip':
      return { bytes: zipped(gzipSync(body)), isLast: true };
    case 'gzip that is none':
      return { bytes: zipped(body), isLast: true };
    case 'bomb':
      return { bytes: zipped(BOMB), isLast: true };
    case 'half a head':
      return { bytes: plain.subarray(0, 30), isLast: true };
    case 'no answer':
      return { bytes: Buffer.alloc(0), isLast: true };
    case 'two answers':
      return { bytes: Buffer.concat([plain, plain]), isLast: true };
  }
}

function chunks(body: Buffer): readonly Buffer[] {
  const half = Math.floor(body.length / 2);
  return [body.subarray(0, half), body.subarray(half)]
    .filter(({ length }) => length > 0)
    .flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
}

// Whether the port that we would serve on can be had; when it is taken, whether one of us has it. It takes the port only for that moment.
import { once } from 'node:events';
import { type IncomingMessage, get } from 'node:http';
import { createServer } from 'node:net';
import type { PortFact } from '../domain/doctor/local-checks.ts';

const TIMEOUT_MS = 5000;
/** Of a /healthz answer nothing more is read. */
const MOST = 500;

export async function checkPort(host: string, port: number): Promise<PortFact> {
  const code = await listenProblem(host, port);
  if (code === null) return { kind: 'free' };
  if (code !== 'EADDRINUSE') return { kind: 'not to be had', code };
  return { kind: 'taken', said: await askHealth(host, port) };
}

async function listenProblem(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    server.listen({ host: bare(host), port, exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

/** null: nothing that answers as our /healthz does. Asked directly, never through a proxy. */
async function askHealth(
  host: string,
  port: number,
): Promise<{ readonly isWell: boolean; readonly text: string } | null> {
  const address = bare(host) === '0.0.0.0' ? '127.0.0.1' : bare(host) === '::' ? '::1' : bare(host);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const request = get({ host: address, port, path: '/healthz', agent: false, signal });
    const [response] = (await once(request, 'response', { signal })) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) if (text.length < MOST) text += String(chunk);
    const { statusCode, headers } = response;
    if (headers['content-security-policy'] === undefined) return null;
    const isWell = statusCode === 200 && text === 'ok\n';
    const isStuck = statusCode === 503 && text.startsWith('does not move: ');
    return isWell || isStuck ? { isWell, text: text.slice(0, MOST).trim() } : null;
  } catch {
    return null;
  }
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

// When a proxy stands in between: whether what came back is the proxy's own, and not the server's. Pure.
import { oneLine } from './one-line.ts';

/** The variable that names it, and where it is, without user and password: `HTTPS_PROXY (proxy.lab.example:3128)`. null: there is none. */
export function proxyName(proxyEnv: Readonly<Record<string, string>>): string | null {
  const [given] = Object.entries(proxyEnv).filter(([name]) => /^https?_proxy$/i.test(name));
  if (given === undefined) return null;
  const host = URL.parse(given[1])?.host ?? '';
  return host === '' ? given[0] : `${given[0]} (${host})`;
}

/** Errors of making a connection: with a proxy in between, it is the one to the proxy. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What is said of an error; null: it may be about the server. `status`: what the proxy answered to CONNECT. */
export function proxyErrorText(proxy: string | null, code: string, status: number | null): string | null {
  if (proxy === null) return null;
  if (NOT_CONNECTED.has(code)) return `the proxy of ${proxy} cannot be reached (${code})`;
  if (code !== 'ERR_PROXY_TUNNEL') return null;
  return status === null ? `the proxy of ${proxy} makes no connection` : refusalText(proxy, status);
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is said of an answer that only the proxy can have given; null: it may be the server's. */
export function proxyAnswerText(proxy: string | null, status: number, headers: Headers): string | null {
  if (proxy === null) return null;
  // RFC 9110, 15.5.8; RFC 9209; Squid's own pages.
  const isOwn =
    status === 407 ||
    (status >= 400 && (headers['proxy-status'] !== undefined || headers['x-squid-error'] !== undefined));
  return isOwn ? refusalText(proxy, status) : null;
}

function refusalText(proxy: string, status: number): string {
  const [name = ''] = proxy.split(' ');
  if (status === 407)
    return oneLine(`the proxy of ${proxy} wants a user and a password (407): set ${name}=http://user:password@…`, 200);
  return oneLine(`the proxy of ${proxy} refused the request (${status})`, 200);
}

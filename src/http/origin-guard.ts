// Who is not let in whatever the secret: who would change something, who calls us by another's name, and pages of other sites in a reader's browser.
import type { HttpBindings } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';
import { problemResponse } from './problem.ts';
import type { Refuse } from './refusals.ts';

/** Nothing here can be changed: two methods, on every path. */
export const onlyReading = createMiddleware(async (context, next) => {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return next();
  context.header('allow', 'GET, HEAD');
  return problemResponse(context, 405, 'everything here is read-only: use GET or HEAD');
});

/** Two names in one request: whoever stands before us may have judged by the other one (RFC 9112, 3.2). */
export const oneHost = createMiddleware(async (context, next) => {
  const { rawHeaders } = (context.env as HttpBindings).incoming;
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return hosts.length > 1 ? problemResponse(context, 400, 'a request must have exactly one Host header') : next();
});

/** As /etc/hosts has them in Debian and Fedora. */
const LOOPBACK_NAMES = [
  'localhost',
  'localhost.localdomain',
  'localhost4',
  'localhost4.localdomain4',
  'localhost6',
  'localhost6.localdomain6',
  'ip6-localhost',
  'ip6-loopback',
  '[::1]',
];

/**
 * A page elsewhere can make a browser call us under its own name (DNS rebinding); that name is then in Host, and in the target where that is a
 * whole address (RFC 9112, 3.2.2). The names of this machine nobody else can own, nor those that we were given.
 */
export function onlyOurNames(given: readonly string[], refuse: Refuse) {
  const names = new Set([...LOOPBACK_NAMES, ...given]);
  const isOurs = (host: string) => {
    const name = /^(\[[\da-f:.]+\]|[^:]+)(?::\d+)?$/i.exec(host)?.[1]?.toLowerCase() ?? '';
    return names.has(name) || /^127(\.\d{1,3}){3}$/.test(name);
  };
  return createMiddleware(async (context, next) => {
    const foreign = [context.req.header('host') ?? '', new URL(context.req.url).host].find((host) => !isOurs(host));
    if (foreign === undefined) return next();
    const detail =
      'the monitor does not answer to this host name; HTTP_ALLOWED_HOSTS adds names, and so does HTTP_PUBLIC_URL, the address under which readers reach it';
    return refuse(context, { status: 421, detail, who: { host: foreign } });
  });
}

/** Settings that concern requests from pages. */
export interface SiteRules {
  /** The page as readers reach it; null: not known. */
  readonly publicUrl: string | null;
  /** Who may show it in a frame; the browser holds them to it. */
  readonly frameAncestors: readonly string[];
}

const OTHER_SITE = 'a page of another site may not send requests here';
const WHY_NOT = {
  request: `${OTHER_SITE}, and no setting allows it; a link to the page works`,
  frame: 'a page of another site may not show this in a frame; HTTP_FRAME_ANCESTORS names the sites that may',
  origin: `${OTHER_SITE}; if it is the monitor's own page, behind a proxy, set HTTP_PUBLIC_URL to the address under which readers reach it`,
} as const;

/**
 * What a page of another site asks for in a reader's browser goes there with what that browser knows (a password, a place in the network).
 * A link that is followed is fine: the reader sees it, the other page does not.
 */
export function notForOtherSites(rules: SiteRules, refuse: Refuse) {
  return createMiddleware(async (context, next) => {
    const headers = context.req.header();
    const reason = reasonAgainst(headers, rules);
    if (reason === null) return next();
    const { 'sec-fetch-site': site, origin } = headers;
    return refuse(context, { status: 403, detail: WHY_NOT[reason], who: { from: origin ?? site ?? '' } });
  });
}

/** null: nothing. Names of `headers` in lower case. */
function reasonAgainst(
  headers: Readonly<Record<string, string | undefined>>,
  { publicUrl, frameAncestors }: SiteRules,
): keyof typeof WHY_NOT | null {
  const { origin, host = '', 'sec-fetch-mode': mode, 'sec-fetch-dest': target = '' } = headers;
  const site = headers['sec-fetch-site'] ?? '';
  // The browser has compared origins itself, and no proxy can make it err (Fetch Metadata). It is sent over https and on loopback only.
  if (site === 'same-origin' || site === 'none') return null;
  if (site !== '') {
    if (mode !== 'navigate') return 'request';
    if (target === 'document') return null;
    if (target !== 'iframe' && target !== 'frame') return 'request';
    return frameAncestors.length > 0 ? null : 'frame';
  }
  if (origin === undefined || !/^(null|https?:)/i.test(origin)) return null;
  const from = URL.parse(origin);
  const isOurs =
    from !== null && (isAt(from, host) || (publicUrl !== null && from.origin === new URL(publicUrl).origin));
  return isOurs ? null : 'origin';
}

/** `host` may name the usual port, which an origin never does. */
function isAt({ protocol, host }: URL, given: string): boolean {
  return URL.parse(`${protocol}//${given}`)?.host === host;
}

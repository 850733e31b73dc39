// What stands on every answer: it is taken for nothing but what it is, nothing is loaded from elsewhere, and no other site gets it or frames it.
import { createMiddleware } from 'hono/factory';

const policyOf = (main: string, ancestors: string) => `${main}; base-uri 'none'; frame-ancestors ${ancestors}`;
const NO_PAGE = "default-src 'none'; form-action 'none'";
const PAGE =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'";
const COMMON: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
/** Browsers heed it where they also send Sec-Fetch-Site, over https and on loopback; elsewhere it is an error in their console. */
const NO_OPENER = { 'cross-origin-opener-policy': 'same-origin' } as const;
/** X-Frame-Options knows no list of who may: with one it is left out, for browsers would follow either. */
const NO_FRAME = { 'x-frame-options': 'DENY' } as const;

/** On what is no answer to a request that could be read. */
export const STRICT: Readonly<Record<string, string>> = {
  'content-security-policy': policyOf(NO_PAGE, "'none'"),
  ...COMMON,
  ...NO_OPENER,
  ...NO_FRAME,
};

/** `frameAncestors`: sources of the directive; empty: nobody may. */
export function strictHeaders(frameAncestors: readonly string[]) {
  const mayFrame = frameAncestors.length > 0;
  const ancestors = mayFrame ? frameAncestors.join(' ') : "'none'";
  const wanted = (isPage: boolean, isTrustworthy: boolean) => ({
    'content-security-policy': policyOf(isPage ? PAGE : NO_PAGE, ancestors),
    ...COMMON,
    ...(isTrustworthy ? NO_OPENER : {}),
    ...(mayFrame ? {} : NO_FRAME),
  });
  return createMiddleware(async (context, next) => {
    await next();
    const isPage = context.res.headers.get('content-type')?.startsWith('text/html') === true;
    const isTrustworthy = context.req.header('sec-fetch-site') !== undefined;
    for (const [name, value] of Object.entries(wanted(isPage, isTrustworthy))) {
      if (name !== 'cache-control' || !context.res.headers.has(name)) context.header(name, value);
    }
  });
}

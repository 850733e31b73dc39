// What stands on every answer: it is taken for nothing but what it is, nothing is loaded from elsewhere, and no other site gets it or frames it.
import { createMiddleware } from 'hono/factory';

const NO_FRAME = "base-uri 'none'; frame-ancestors 'none'";
const PAGE_POLICY = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; ${NO_FRAME}`;
export const STRICT: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; form-action 'none'; ${NO_FRAME}`,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export const strictHeaders = createMiddleware(async (context, next) => {
  await next();
  const isPage = context.res.headers.get('content-type')?.startsWith('text/html') === true;
  const wanted = isPage ? { ...STRICT, 'content-security-policy': PAGE_POLICY } : STRICT;
  for (const [name, value] of Object.entries(wanted)) {
    if (name !== 'cache-control' || !context.res.headers.has(name)) context.header(name, value);
  }
});

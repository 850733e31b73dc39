// What has not changed is not sent again: an ETag on each answer, 304 where it is in If-None-Match (RFC 9110, 13.1.2). Whoever asked may keep an answer.
import { etag } from 'hono/etag';
import { createMiddleware } from 'hono/factory';

const caching = createMiddleware(async (context, next) => {
  await next();
  if (!context.res.ok && context.res.status !== 304) return;
  context.header('cache-control', 'private, no-cache');
  context.header('vary', 'Accept-Encoding');
});

/** Weak: the same for the answer and for its compressed form. */
export const conditional = [caching, etag({ weak: true })] as const;

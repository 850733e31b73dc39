// Who is not let in whatever the secret: who would change something, and pages of other sites in a reader's browser.
import type { HttpBindings } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';
import { problemResponse } from './problem.ts';

/** Nothing here can be changed: two methods, on every path. */
export const onlyReading = createMiddleware(async (context, next) => {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return next();
  context.header('allow', 'GET, HEAD');
  return problemResponse(context, 405, 'everything here is read-only: use GET or HEAD');
});

/**
 * A page elsewhere can make a browser call us under its own name (DNS rebinding); that name is then in Host, and in the target where that is a
 * whole address (RFC 9112, 3.2.2). Nobody else can own these names.
 */
export const onlyLoopbackNames = createMiddleware(async (context, next) => {
  const names = [context.req.header('host') ?? '', new URL(context.req.url).host];
  if (names.every((name) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(name))) return next();
  return problemResponse(context, 421, 'this address is not served here');
});

/** Two names in one request: whoever stands before us may have judged by the other one (RFC 9112, 3.2). */
export const oneHost = createMiddleware(async (context, next) => {
  const { rawHeaders } = (context.env as HttpBindings).incoming;
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return hosts.length > 1 ? problemResponse(context, 400, 'a request must have exactly one Host header') : next();
});

/**
 * What a page of another site asks for in a reader's browser goes there with what that browser knows (a password, a place in the network).
 * A link that is followed is fine: the reader sees it, the other page does not.
 */
export const notForOtherSites = createMiddleware(async (context, next) => {
  const { origin, host } = context.req.header();
  const site = context.req.header('sec-fetch-site') ?? 'none';
  const isLink =
    context.req.header('sec-fetch-mode') === 'navigate' && context.req.header('sec-fetch-dest') === 'document';
  const isForeign =
    origin !== undefined && /^(null|https?:)/i.test(origin) && URL.parse(origin)?.host !== host?.toLowerCase();
  if (!isForeign && (['none', 'same-origin'].includes(site) || isLink)) return next();
  return problemResponse(context, 403, 'a page of another site may not send requests here');
});

// The HTTP server: pages, metrics, health, readiness. Read-only. On loopback the Host header is checked (DNS rebinding); else a token is asked for.
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress';
import { createMiddleware } from 'hono/factory';
import { type Access, accessCheck } from './access.ts';
import { createApi } from './api/routes.ts';
import { addAssets } from './assets.ts';
import { addFeed } from './feed.ts';
import { type Changes, addLive } from './live.ts';
import { addPages } from './pages/routes.ts';
import type { Views } from './view.ts';

export interface HttpOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly isLoopback: boolean;
  readonly access: Access;
  readonly metrics: (accept: string | undefined) => Promise<{ readonly contentType: string; readonly body: string }>;
  /** Names of the loops that do not move. */
  readonly stuckLoops: () => readonly string[];
  /** Why the monitor is not ready; null: it is. */
  readonly notReady: () => Promise<string | null>;
  readonly version: string;
  readonly views: Views;
  readonly changes: Changes;
  readonly clock: () => number;
  /** Takes secrets out of what is shown. */
  readonly scrub: (text: string) => string;
}

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Rejects when the port cannot be had. */
export function startHttp(options: HttpOptions): Promise<HttpServer> {
  const app = new Hono();
  app.use(headers, compress({ contentTypeFilter: isCompressible }));
  if (options.isLoopback) app.use(hostCheck);
  app.get('/healthz', (context) => {
    const stuck = options.stuckLoops();
    return stuck.length === 0 ? context.text('ok\n') : context.text(`does not move: ${stuck.join(', ')}\n`, 503);
  });
  app.get('/readyz', async (context) => {
    const reason = await options.notReady();
    return reason === null ? context.text('ok\n') : context.text(`${reason}\n`, 503);
  });
  app.use(accessCheck(options.access, options.clock));
  app.get('/metrics', async (context) => {
    const { contentType, body } = await options.metrics(context.req.header('accept'));
    return context.body(body, 200, { 'content-type': contentType });
  });
  addAssets(app);
  addPages(app, options);
  addFeed(app, options);
  addLive(app, options.changes);
  app.route('/api/v1', createApi(options));

  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port });
    server.once('error', reject);
    server.once('listening', () => {
      const { port } = server.address() as AddressInfo;
      const host = options.host.includes(':') ? `[${options.host.replace(/^\[|\]$/g, '')}]` : options.host;
      resolve({
        url: `http://${host}:${port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => {
              done();
            });
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
  });
}

/** hono knows nothing of OpenMetrics. */
function isCompressible(contentType: string): boolean {
  return COMPRESSIBLE_CONTENT_TYPE_REGEX.test(contentType) || contentType.startsWith('application/openmetrics-text');
}

/** Nothing is loaded from elsewhere, no script in a page, no frame around it. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const headers = createMiddleware(async (context, next) => {
  await next();
  const isPage = context.res.headers.get('content-type')?.startsWith('text/html') === true;
  context.header('content-security-policy', isPage ? PAGE_POLICY : "default-src 'none'");
  context.header('x-content-type-options', 'nosniff');
  context.header('referrer-policy', 'no-referrer');
  if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
});

/** A page elsewhere can make a browser call us under its own name; that name is then in Host. */
const hostCheck = createMiddleware(async (context, next) => {
  const name = (context.req.header('host') ?? '').replace(/:\d+$/, '');
  if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(name))
    return context.text('this address is not served here\n', 421);
  await next();
  return undefined;
});

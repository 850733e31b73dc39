// The HTTP server: pages, metrics, health, readiness. Read-only. On loopback the Host header is checked (DNS rebinding); else a token is asked for.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress';
import { createMiddleware } from 'hono/factory';
import { addAssets } from './assets.ts';
import { type Changes, addLive } from './live.ts';
import { addPages } from './pages/routes.ts';
import type { Views } from './view.ts';

export interface HttpOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly isLoopback: boolean;
  readonly access: {
    readonly token: string | null;
    readonly basic: { readonly username: string; readonly password: string } | null;
  };
  readonly metrics: (accept: string | undefined) => Promise<{ readonly contentType: string; readonly body: string }>;
  /** Names of the loops that do not move. */
  readonly stuckLoops: () => readonly string[];
  /** Why the monitor is not ready; null: it is. */
  readonly notReady: () => Promise<string | null>;
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
  app.use(accessCheck(options.access));
  app.get('/metrics', async (context) => {
    const { contentType, body } = await options.metrics(context.req.header('accept'));
    return context.body(body, 200, { 'content-type': contentType });
  });
  addAssets(app);
  addPages(app, options);
  addLive(app, options.changes);

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
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const headers = createMiddleware(async (context, next) => {
  await next();
  context.header('content-security-policy', POLICY);
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

function accessCheck({ token, basic }: HttpOptions['access']) {
  const accepted = [
    ...(token === null ? [] : [`Bearer ${token}`]),
    ...(basic === null ? [] : [`Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`]),
  ].map(digest);
  return createMiddleware(async (context: Context, next) => {
    const given = digest(context.req.header('authorization') ?? '');
    if (accepted.length === 0 || accepted.map((each) => timingSafeEqual(each, given)).includes(true)) return next();
    if (basic !== null) context.header('www-authenticate', 'Basic realm="nomad-upload-monitor", charset="UTF-8"');
    else context.header('www-authenticate', 'Bearer');
    return context.text('access needs HTTP_TOKEN or HTTP_USERNAME and HTTP_PASSWORD\n', 401);
  });
}

/** Equal length for a comparison in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

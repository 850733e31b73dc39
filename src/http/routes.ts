// Everything that is answered over HTTP, and who stands before what: headers, the gate, health and readiness, the secret, then what is to be seen.
import { Hono } from 'hono';
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress';
import { StateNotWrittenError } from '../store/store.ts';
import { type AuthConfig, accessCheck } from './auth.ts';
import { createApi } from './api/routes.ts';
import { addAssets } from './assets.ts';
import { addFeed } from './feed.ts';
import { notForOtherSites, oneHost, onlyLoopbackNames, onlyReading } from './origin-guard.ts';
import { strictHeaders } from './headers.ts';
import { type Changes, addLive } from './server-sent-events.ts';
import { addPages } from './pages/routes.ts';
import { API, problemResponse } from './problem.ts';
import type { Views } from '../views/views.ts';

export interface SiteOptions {
  readonly isLoopback: boolean;
  /** The page as readers reach it, without a slash at the end; null: not known. */
  readonly publicUrl: string | null;
  readonly access: AuthConfig;
  readonly metrics: (accept: string | undefined) => Promise<{ readonly contentType: string; readonly body: string }>;
  /** Names of the loops that do not move. */
  readonly stuckLoops: () => readonly string[];
  /** Why the monitor is not ready; null: it is. */
  readonly notReady: () => Promise<string | null>;
  /** What is said of mail that has no recipient; null: there is none. */
  readonly noRecipient: () => Promise<string | null>;
  readonly version: string;
  readonly views: Views;
  readonly changes: Changes;
  readonly clock: () => number;
  /** Takes secrets out of what is shown. */
  readonly scrub: (text: string) => string;
  /** An answer could not be made; the client learns only that. */
  readonly onError: (error: unknown) => void;
}

export function createSite(options: SiteOptions): Hono {
  const site = new Hono();
  site.onError((error, context) => {
    options.onError(error);
    if (error instanceof StateNotWrittenError) {
      context.header('retry-after', '10');
      return problemResponse(context, 503, 'the state cannot be read right now; see the log');
    }
    return problemResponse(context, 500, 'the request failed; see the log');
  });
  site.notFound((context) => problemResponse(context, 404, 'not found'));
  site.use(strictHeaders, compress({ contentTypeFilter: isCompressible }), oneHost);
  if (options.isLoopback) site.use(onlyLoopbackNames);
  site.use(notForOtherSites, onlyReading);
  site.get('/healthz', (context) => {
    const stuck = options.stuckLoops();
    return stuck.length === 0 ? context.text('ok\n') : context.text(`does not move: ${stuck.join(', ')}\n`, 503);
  });
  site.get('/readyz', async (context) => {
    const reason = await options.notReady();
    const lines = [reason ?? 'ok', await noteOf(options)].filter((line) => line !== null);
    return context.text(`${lines.join('\n')}\n`, reason === null ? 200 : 503);
  });
  site.use(accessCheck(options.access, options.clock));
  site.get('/metrics', async (context) => {
    const { contentType, body } = await options.metrics(context.req.header('accept'));
    return context.body(body, 200, { 'content-type': contentType, vary: 'Accept' });
  });
  addAssets(site);
  addPages(site, options);
  addFeed(site, options);
  addLive(site, options.changes);
  site.route(API, createApi(options));
  return site;
}

/** While the state cannot be read, that is what there is to say. */
async function noteOf({ noRecipient }: SiteOptions): Promise<string | null> {
  try {
    return await noRecipient();
  } catch (error) {
    if (error instanceof StateNotWrittenError) return null;
    throw error;
  }
}

/** hono knows nothing of OpenMetrics. */
function isCompressible(contentType: string): boolean {
  return COMPRESSIBLE_CONTENT_TYPE_REGEX.test(contentType) || contentType.startsWith('application/openmetrics-text');
}

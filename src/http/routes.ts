// Everything that is answered over HTTP, and who stands before what: headers, the gate, health and readiness, the secret, then what is to be seen.
import { Hono } from 'hono';
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress';
import { StateNotWrittenError } from '../store/store.ts';
import { type AuthConfig, accessCheck } from './auth.ts';
import { createBasePath } from './base-path.ts';
import { createClientAddress } from './client-address.ts';
import { createApi } from './api/routes.ts';
import { addAssets } from './assets.ts';
import { addFeed } from './feed.ts';
import { notForOtherSites, oneHost, onlyOurNames, onlyReading } from './origin-guard.ts';
import { strictHeaders } from './headers.ts';
import { type Changes, addLive } from './server-sent-events.ts';
import { addPages } from './pages/routes.ts';
import { API, problemResponse } from './problem.ts';
import { type OnRefusal, createRefuse } from './refusals.ts';
import type { Views } from '../views/views.ts';

export interface SiteOptions {
  readonly isLoopback: boolean;
  /** The page as readers reach it, without a slash at the end; null: not known. */
  readonly publicUrl: string | null;
  /** More names that Host may have. */
  readonly allowedHosts: readonly string[];
  /** Whose X-Forwarded-For counts: networks as `address/bits`. */
  readonly trustedProxies: readonly string[];
  /** Who may show the pages in a frame: sources of the directive frame-ancestors; empty: nobody. */
  readonly frameAncestors: readonly string[];
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
  /** Somebody was refused, for the first time. */
  readonly onRefusal: OnRefusal;
}

export function createSite(options: SiteOptions): Hono {
  const { publicUrl, allowedHosts, frameAncestors, access, clock } = options;
  const base = createBasePath(publicUrl);
  const addressOf = createClientAddress(options.trustedProxies);
  const refuse = createRefuse(addressOf, options.onRefusal);
  const site = new Hono({ getPath: base.getPath });
  site.onError((error, context) => {
    options.onError(error);
    if (error instanceof StateNotWrittenError) {
      context.header('retry-after', '10');
      return problemResponse(context, 503, 'the state cannot be read right now; see the log');
    }
    return problemResponse(context, 500, 'the request failed; see the log');
  });
  site.notFound((context) => problemResponse(context, 404, 'not found'));
  site.use(strictHeaders(frameAncestors), compress({ contentTypeFilter: isCompressible }), oneHost);
  site.use(notForOtherSites(options, refuse), onlyReading);
  site.get('/healthz', (context) => {
    const stuck = options.stuckLoops();
    return stuck.length === 0 ? context.text('ok\n') : context.text(`does not move: ${stuck.join(', ')}\n`, 503);
  });
  site.get('/readyz', async (context) => {
    const reason = await options.notReady();
    const lines = [reason ?? 'ok', await noteOf(options)].filter((line) => line !== null);
    return context.text(`${lines.join('\n')}\n`, reason === null ? 200 : 503);
  });
  // Those who look after many services ask by whatever name they have, and health is no secret.
  if (options.isLoopback || allowedHosts.length > 0) site.use(onlyOurNames(hostNames(options), refuse));
  site.use(accessCheck({ access, clock, addressOf, refuse }), base.addSlash);
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

function hostNames({ publicUrl, allowedHosts }: SiteOptions): readonly string[] {
  return publicUrl === null ? allowedHosts : [new URL(publicUrl).hostname, ...allowedHosts];
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

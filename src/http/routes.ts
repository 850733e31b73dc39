// Everything that is answered over HTTP, and who stands before what: headers, the gate, health and readiness, the secret, then what is to be seen.
import { type ErrorHandler, Hono, type MiddlewareHandler, type NotFoundHandler } from 'hono';
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress';
import { StateNotWrittenError } from '../store/store.ts';
import { type AuthConfig, accessCheck } from './auth.ts';
import { createBasePath } from './base-path.ts';
import { createClientAddress } from './client-address.ts';
import { type AccountSiteOptions, type SiteAccount, accountPath, createAccountSite } from './account-site.ts';
import { addAccountsApi } from './api/accounts.ts';
import { addAssets } from './assets.ts';
import { notForOtherSites, oneHost, onlyOurNames, onlyReading } from './origin-guard.ts';
import { strictHeaders } from './headers.ts';
import { type Changes, addLive } from './server-sent-events.ts';
import { overviewPage } from './pages/overview.ts';
import { problemResponse } from './problem.ts';
import { type OnRefusal, createRefuse } from './refusals.ts';
import type { OverviewView } from '../views/overview.ts';
import { scrubbed } from '../views/without-secrets.ts';

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
  /** Those that are watched now, in the order configured. The same objects as long as nothing changes. */
  readonly accounts: () => readonly SiteAccount[];
  /** How all of them are. */
  readonly overview: () => Promise<OverviewView>;
  /** Of what a page of all accounts shows. */
  readonly changes: Changes;
  /** IANA name. */
  readonly timeZone: string;
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
  const answerError: ErrorHandler = (error, context) => {
    options.onError(error);
    if (error instanceof StateNotWrittenError) {
      context.header('retry-after', '10');
      return problemResponse(context, 503, 'the state cannot be read right now; see the log');
    }
    return problemResponse(context, 500, 'the request failed; see the log');
  };
  const answerNotFound: NotFoundHandler = (context) => problemResponse(context, 404, 'not found');
  site.onError(answerError);
  site.notFound(answerNotFound);
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
  site.use(ofOneAccount({ ...options, getPath: base.getPath, answerError, answerNotFound }));
  addAssets(site);
  site.get('/', async (context) => {
    const { version, timeZone } = options;
    const view = scrubbed(await options.overview(), options.scrub);
    return context.html(overviewPage({ ...view, version, timeZone, now: clock() }));
  });
  addLive(site, options.changes);
  addAccountsApi(site, options);
  return site;
}

/** What is below /accounts/NAME/ is that account's; where only one is watched, everything is. */
function ofOneAccount(options: SiteOptions & AccountSiteOptions): MiddlewareHandler {
  const sites = new WeakMap<SiteAccount, Hono>();
  const siteOf = (account: SiteAccount) => {
    const made = sites.get(account) ?? createAccountSite(account, options);
    sites.set(account, made);
    return made;
  };
  return async (context, next) => {
    const all = options.accounts();
    const [only] = all;
    const asked = accountPath(context.req.path);
    const account =
      asked === null ? (all.length === 1 ? only : undefined) : all.find(({ name }) => name === asked.name);
    if (account === undefined) return next();
    if (asked?.rest === '') return context.redirect(`./${encodeURIComponent(asked.name)}/`, 308);
    return siteOf(account).fetch(context.req.raw, context.env as object);
  };
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

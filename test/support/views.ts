// Pages with nothing to show, for those who test something else of the HTTP server; and a status that a test changes in one place.
import type { TestContext } from 'node:test';
import type { SiteAccount } from '../../src/http/account-site.ts';
import { createChanges } from '../../src/http/server-sent-events.ts';
import { startHttp } from '../../src/http/server.ts';
import { overviewView } from '../../src/views/overview.ts';
import type { StatusView, Views } from '../../src/views/views.ts';
import { T0 } from './builders.ts';

export function statusView(change: Partial<StatusView> = {}): StatusView {
  return {
    now: T0,
    version: '0.0.0',
    timeZone: 'UTC',
    gui: 'https://nomad.example/gui',
    account: null,
    asOf: T0,
    uploads: 0,
    counts: { failed: 0, stuck: 0, entries_failed: 0, empty: 0, processing: 0, published: 0 },
    authors: [],
    polledAt: T0,
    standsBy: false,
    nextPollAt: T0 + 60_000,
    failing: null,
    refusedSince: null,
    stalledSince: null,
    notLookedAt: 0,
    tokenExpiresAt: null,
    days: [],
    watchedSince: null,
    held: 0,
    noRecipient: null,
    undelivered: [],
    pending: 0,
    dead: 0,
    ...change,
  };
}

export const NO_VIEWS: Omit<Views, 'home'> = {
  frame: () => statusView(),
  facts: async () => ({
    deployment: 'https://nomad.example/api/v1',
    health: null,
    snapshot: null,
    names: new Map(),
    counts: statusView().counts,
  }),
  status: () => Promise.resolve(statusView()),
  list: async () => ({ rows: [], matching: 0, page: 1, pages: 1 }),
  datedList: async () => ({ asOf: T0, rows: [], matching: 0, page: 1, pages: 1 }),
  upload: async () => null,
  sight: async () => ({ watched: null, gone: null, sequence: 0, polledAt: null, wholeAt: null, total: 0 }),
  feed: async () => ({ account: null, updatedAt: 0, events: [] }),
  events: async () => ({ events: [], next: null }),
  outbox: async () => ({ deliveries: [], more: false, pending: 0, dead: 0, held: 0, noRecipient: null }),
};

/** What is not given shows nothing. */
export function allViews(given: Partial<Views> = {}): Views {
  const views = { ...NO_VIEWS, ...given };
  return { home: async (now, query) => ({ status: await views.status(now), list: await views.list(query) }), ...views };
}

/** One account, which is all that is watched. */
export function oneAccount(views: Views, changes = createChanges()): () => readonly SiteAccount[] {
  const all = [{ name: null, views, changes }];
  return () => all;
}

/** What the HTTP server needs for pages. */
export const NO_PAGES = {
  version: '0.0.0',
  publicUrl: null,
  allowedHosts: [],
  trustedProxies: ['127.0.0.0/8', '::1/128'],
  frameAncestors: [],
  accounts: oneAccount(allViews()),
  overview: async () => overviewView([]),
  changes: createChanges(),
  timeZone: 'UTC',
  clock: () => T0,
  scrub: (text: string) => text,
  onError: () => undefined,
  onRefusal: () => undefined,
  noRecipient: async () => null,
};

/** A server that shows these views to whoever asks; answers with what asks it. */
export async function serveViews(
  context: TestContext,
  views: Partial<Views>,
  scrub = (text: string) => text,
  isLoopback = true,
) {
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    isLoopback,
    access: { token: null, basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    stuckLoops: () => [],
    notReady: async () => null,
    ...NO_PAGES,
    accounts: oneAccount(allViews(views)),
    scrub,
  });
  context.after(server.close);
  return async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${server.url}${path}`, { headers });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
}

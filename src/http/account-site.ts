// What is shown of one account: its pages, its feed, its part of the API. Where several are watched, each is below /accounts/NAME/.
import { Hono } from 'hono';
import type { ErrorHandler, NotFoundHandler } from 'hono';
import type { Views } from '../views/views.ts';
import { withoutRecipients } from '../views/without-recipients.ts';
import { createApi } from './api/routes.ts';
import { addAssets } from './assets.ts';
import type { AuthConfig } from './auth.ts';
import { addFeed } from './feed.ts';
import { addPages } from './pages/routes.ts';
import { API } from './problem.ts';
import { type Changes, addLive } from './server-sent-events.ts';

export interface SiteAccount {
  /** null: the one of the variables. */
  readonly name: string | null;
  readonly views: Views;
  readonly changes: Changes;
}

export interface AccountSiteOptions {
  readonly isLoopback: boolean;
  readonly publicUrl: string | null;
  readonly access: AuthConfig;
  readonly version: string;
  readonly clock: () => number;
  readonly scrub: (text: string) => string;
  readonly getPath: (request: Request) => string;
  readonly answerError: ErrorHandler;
  readonly answerNotFound: NotFoundHandler;
}

const BELOW = /^\/accounts\/([^/]+)(\/.*)?$/;

/** Whose a path is, and what of it is the account's own, without a slash at the end where there is none; null: nobody's. */
export function accountPath(path: string): { readonly name: string; readonly rest: string } | null {
  const [, name, rest = ''] = BELOW.exec(path) ?? [];
  return name === undefined ? null : { name: safelyDecoded(name), rest };
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function createAccountSite({ name, views, changes }: SiteAccount, options: AccountSiteOptions): Hono {
  const { getPath } = options;
  const site = new Hono({
    getPath: (request) => {
      const path = getPath(request);
      return accountPath(path)?.rest ?? path;
    },
  });
  site.onError(options.answerError);
  site.notFound(options.answerNotFound);
  const below = name === null ? '' : `/accounts/${name}`;
  const publicUrl = options.publicUrl === null ? null : `${options.publicUrl}${below}`;
  const { token, basic } = options.access;
  const isOpenToAll = !options.isLoopback && token === null && basic === null;
  const own = { ...options, views: isOpenToAll ? withoutRecipients(views) : views, changes, publicUrl, below };
  addAssets(site);
  addPages(site, own);
  addFeed(site, own);
  addLive(site, changes);
  site.route(API, createApi(own));
  return site;
}

// The API of a monitor that watches several accounts: which they are, and how each is. Their uploads are in the API of each, below /accounts/NAME/.
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { OverviewView } from '../../views/overview.ts';
import { conditional } from '../conditional.ts';
import { API, problem } from '../problem.ts';
import { type DocumentOptions, addDocument } from './openapi.ts';
import * as operations from './operations.ts';
import { accountsJson, wellFormed } from './serialize.ts';

export interface AccountsApiOptions extends DocumentOptions {
  readonly overview: () => Promise<OverviewView>;
  /** Takes secrets out, wherever they stand. */
  readonly scrub: (text: string) => string;
}

export function addAccountsApi(site: Hono, options: AccountsApiOptions): void {
  const api = new OpenAPIHono();
  api.use(...conditional);
  api.openapi(operations.accounts, async (context) => {
    const text = JSON.stringify(accountsJson(await options.overview()));
    return context.body(wellFormed(options.scrub(text)), 200, { 'content-type': 'application/json' });
  });
  addDocument(api, options);
  api.get('*', (context) =>
    problem(
      context,
      404,
      'several accounts are watched: /api/v1/accounts lists them, and the API of each is at /accounts/NAME/api/v1',
    ),
  );
  site.route(API, api);
}

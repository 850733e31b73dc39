// The JSON API: the same as the pages, for programs. Read-only; described by openapi.json, which is made of the schemas that it answers by.
import { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { MINUTE } from '../../domain/text/durations.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import type { AuthConfig } from '../auth.ts';
import { conditional } from '../conditional.ts';
import { problem } from '../problem.ts';
import { MAX_AUTHOR } from '../../views/authors.ts';
import type { Views } from '../../views/views.ts';
import type { Changes } from '../server-sent-events.ts';
import { addDocument } from './openapi.ts';
import * as operations from './operations.ts';
import { MAX_ON_A_PAGE, MAX_WORDS, cursorText, cursorOf, sinceTime } from './query.ts';
import { MAX_OPEN, createWaiting, outcomeNow } from './waiting.ts';
import { deliveryJson, detailJson, eventJson, isoOrNull, statusJson, uploadJson, wellFormed } from './serialize.ts';

export interface ApiOptions {
  readonly views: Views;
  readonly changes: Changes;
  readonly version: string;
  readonly access: AuthConfig;
  /** The path below which the account's pages are, without a slash at the end. */
  readonly below?: string;
  readonly publicUrl: string | null;
  readonly clock: () => number;
  /** Takes secrets out, wherever they stand. */
  readonly scrub: (text: string) => string;
}

export function createApi(options: ApiOptions): OpenAPIHono {
  const { views, clock, scrub } = options;
  const waiting = createWaiting(options);
  const api = new OpenAPIHono({
    defaultHook: (result, context) => (result.success ? undefined : problem(context, 400, wrong(result.error))),
  });
  api.use(...conditional);
  // What NOMAD says may repeat a secret, or hold half a character: taken out of the text that is sent.
  api.use(async (context, next) => {
    await next();
    if (context.res.headers.get('content-type')?.includes('json') !== true) return;
    const { status: code, headers } = context.res;
    context.res = new Response(wellFormed(scrub(await context.res.text())), { status: code, headers });
  });
  api.openapi(operations.status, async (context) => context.json(statusJson(await views.status(clock())), 200));
  api.openapi(operations.uploads, async (context) => {
    const { condition = null, author = '', q = '', sort = 'worst', page = 1 } = context.req.valid('query');
    const list = await views.datedList({
      condition,
      author: oneLine(author, MAX_AUTHOR),
      text: oneLine(q, MAX_WORDS),
      sort,
      page,
    });
    const { rows, matching, pages, asOf } = list;
    if (page < pages) linkNext(context, { page: String(page + 1) });
    const uploads = page > pages ? [] : rows.map(uploadJson);
    return context.json({ as_of: isoOrNull(asOf), uploads, total: matching, page, pages }, 200);
  });
  api.openapi(operations.upload, async (context) => {
    const { upload_id } = context.req.valid('param');
    const { until, for: span } = context.req.valid('query');
    // HEAD is answered as GET is, without its body: nobody would hear the end.
    const isWaiting = until !== undefined && context.req.method !== 'HEAD';
    const waited = isWaiting ? await waiting.until(upload_id, span ?? MINUTE, context.req.raw.signal) : undefined;
    if (waited === null) {
      context.header('retry-after', '10');
      return problem(context, 503, `${MAX_OPEN} questions with until are open already`);
    }
    const view = await views.upload(upload_id);
    if (view === null) return problem(context, 404, `nothing is known about upload ${oneLine(upload_id, 80)}`);
    return context.json(detailJson(view, waited ?? outcomeNow(await views.sight(upload_id))), 200);
  });
  api.openapi(operations.events, async (context) => {
    const { since = '24h', kind, upload_id = null, after, limit = MAX_ON_A_PAGE } = context.req.valid('query');
    const place = cursorOf(after);
    const asked = sinceTime(since, clock());
    if (typeof asked === 'string') return problem(context, 400, asked);
    const from = place?.time ?? asked;
    const found = await views.events({
      since: from,
      kinds: kind === undefined ? [] : [kind],
      uploadId: upload_id,
      after: Number(place?.at ?? 0),
      limit,
    });
    const next = found.next === null ? null : cursorText({ time: from, at: String(found.next) });
    if (next !== null) linkNext(context, { after: next });
    return context.json({ events: found.events.map(eventJson), next }, 200);
  });
  api.openapi(operations.outbox, async (context) => {
    const { after, limit = MAX_ON_A_PAGE } = context.req.valid('query');
    const { deliveries, more, noRecipient, ...counts } = await views.outbox(clock(), cursorOf(after), limit);
    const last = deliveries.at(-1);
    const next = more && last !== undefined ? cursorText({ time: last.createdAt, at: last.id }) : null;
    if (next !== null) linkNext(context, { after: next });
    return context.json({ deliveries: deliveries.map(deliveryJson), next, ...counts, no_recipient: noRecipient }, 200);
  });
  addDocument(api, options);
  api.get('*', (context) =>
    problem(context, 404, 'there is no such address; /api/v1/openapi.json lists all addresses'),
  );
  return api;
}

/** Relative, so that it holds behind any proxy. */
function linkNext(context: Context, change: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams({ ...context.req.query(), ...change });
  context.header('link', `<?${query.toString()}>; rel="next"`);
}

function wrong({ issues: [issue] }: z.core.$ZodError): string {
  if (issue === undefined) return 'it is not right';
  if (issue.code !== 'unrecognized_keys') return `${issue.path.join('.')}: ${issue.message}`;
  const [key = ''] = issue.keys;
  return `there is no parameter "${oneLine(key, 40)}" here; /api/v1/openapi.json lists all parameters`;
}

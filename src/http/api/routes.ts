// The JSON API: the same as the pages, for programs. Read-only; described by openapi.json, which is made of the schemas that it answers by.
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { etag } from 'hono/etag';
import { duration } from '../../config/values.ts';
import { EVENT_KINDS } from '../../domain/events.ts';
import { SORTS } from '../../domain/order.ts';
import { CONDITIONS } from '../../domain/overview.ts';
import { oneLine } from '../../domain/text.ts';
import type { Views } from '../view.ts';
import * as schemas from './schemas.ts';
import { detailJson, eventJson, outboxJson, statusJson, uploadJson } from './wire.ts';

export interface ApiOptions {
  readonly views: Views;
  readonly version: string;
  readonly clock: () => number;
  /** Takes secrets out, wherever they stand. */
  readonly scrub: (text: string) => string;
}

const MOST_EVENTS = 500;

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: schemas.Problem } },
});
const WRONG = { 400: problem('A parameter is not right; it says which, and what would be.') };

const status = createRoute({
  method: 'get',
  path: '/status',
  summary: 'How the monitor and NOMAD are',
  responses: { 200: json(schemas.Status, 'The state of things.') },
});
const uploads = createRoute({
  method: 'get',
  path: '/uploads',
  summary: 'The uploads, worst first or in another order',
  request: {
    query: z.object({
      condition: z.enum(CONDITIONS).optional(),
      q: z.string().max(200).optional().openapi({ description: 'Part of a name, an id, an author, an error.' }),
      sort: z.enum(SORTS).optional().openapi({ description: 'Absent: worst first.' }),
      page: z.coerce.number().int().min(1).max(1_000_000).optional(),
    }),
  },
  responses: { 200: json(schemas.UploadPage, 'A page of 50.'), ...WRONG },
});
const upload = createRoute({
  method: 'get',
  path: '/uploads/{upload_id}',
  summary: 'One upload, its story, and who was told',
  request: { params: z.object({ upload_id: z.string().min(1).max(200) }) },
  responses: {
    200: json(schemas.UploadDetail, 'What is known of it.'),
    404: problem('Nothing is known of it.'),
    ...WRONG,
  },
});
const events = createRoute({
  method: 'get',
  path: '/events',
  summary: 'What has happened, in the order found',
  request: {
    query: z.object({
      since: z
        .string()
        .optional()
        .openapi({ description: 'A time, or how long ago: 24h. Absent: 24h.', example: '24h' }),
      kind: z.enum(EVENT_KINDS).optional(),
      upload_id: z.string().min(1).max(200).optional(),
      after: z
        .string()
        .regex(/^\d{1,15}$/)
        .optional()
        .openapi({ description: '`next` of the page before.' }),
      limit: z.coerce.number().int().min(1).max(MOST_EVENTS).optional(),
    }),
  },
  responses: { 200: json(schemas.EventPage, 'Events.'), ...WRONG },
});
const outbox = createRoute({
  method: 'get',
  path: '/outbox',
  summary: 'What was not delivered, and why',
  responses: { 200: json(schemas.Outbox, 'Pending and dead deliveries.') },
});

export function createApi({ views, version, clock, scrub }: ApiOptions): OpenAPIHono {
  const api = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const [issue] = result.error.issues;
      return wrong(context, 400, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not right'}`);
    },
  });
  api.use(etag());
  // What NOMAD says may repeat a secret: it is taken out of the text that is sent.
  api.use(async (context, next) => {
    await next();
    if (context.res.headers.get('content-type')?.includes('json') !== true) return;
    const { status: code, headers } = context.res;
    context.res = new Response(scrub(await context.res.text()), { status: code, headers });
  });
  api.openapi(status, async (context) => context.json(statusJson(await views.status(clock())), 200));
  api.openapi(uploads, async (context) => {
    const { condition = null, q = '', sort = 'worst', page = 1 } = context.req.valid('query');
    const list = await views.list({ condition, text: oneLine(q, 200), sort, page });
    const { rows, matching, page: shown, pages } = list;
    return context.json({ uploads: rows.map(uploadJson), total: matching, page: shown, pages }, 200);
  });
  api.openapi(upload, async (context) => {
    const { upload_id } = context.req.valid('param');
    const view = await views.upload(upload_id);
    if (view === null) return wrong(context, 404, `nothing is known of upload ${oneLine(upload_id, 80)}`);
    return context.json(detailJson(view), 200);
  });
  api.openapi(events, async (context) => {
    const { since = '24h', kind, upload_id = null, after, limit = MOST_EVENTS } = context.req.valid('query');
    const from = sinceOf(since, clock());
    if (from === null) {
      return wrong(context, 400, `since: "${oneLine(since, 40)}" is no time; write 2026-11-25T14:00:00Z or 24h`);
    }
    const kinds = kind === undefined ? [] : [kind];
    const found = await views.events({
      since: from,
      kinds,
      uploadId: upload_id,
      after: Number(after ?? 0),
      most: limit,
    });
    return context.json(
      { events: found.events.map(eventJson), next: found.next === null ? null : String(found.next) },
      200,
    );
  });
  api.openapi(outbox, async (context) => context.json(outboxJson(await views.status(clock())), 200));
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'nomad-upload-monitor',
      version,
      description: 'What the monitor knows of the uploads it watches. Read-only.',
    },
    servers: [{ url: '/api/v1' }],
  });
  api.all('*', (context) =>
    wrong(context, 404, 'there is no such address; /api/v1/openapi.json tells those that there are'),
  );
  return api;
}

/** ms since the epoch; null: no time. */
function sinceOf(text: string, now: number): number | null {
  const span = duration(text);
  if (!('problem' in span)) return now - span.value;
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

const TITLES = { 400: 'Bad Request', 404: 'Not Found' } as const;

function wrong<Code extends 400 | 404>(context: Context, code: Code, detail: string) {
  return context.json({ title: TITLES[code], status: code, detail }, code, {
    'content-type': 'application/problem+json',
  });
}

// Each address of the API: what it is asked, and every answer that it can give. openapi.json is made of these.
// Below /api/v1: that makes /api/v1/status, /api/v1/uploads, /api/v1/uploads/ID, /api/v1/events and /api/v1/outbox.
import { createRoute, z } from '@hono/zod-openapi';
import * as questions from './query.ts';
import * as schemas from './schemas.ts';

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const, example } });
const CACHING = {
  ETag: {
    ...text(
      'Changes whenever the answer does. Sent back in If-None-Match, it spares what has not changed.',
      'W/"da54"',
    ),
    required: true,
  },
  'Cache-Control': {
    ...text('It may be kept by whoever asked, and is asked for again each time.', 'private, no-cache'),
    required: true,
  },
  Vary: { ...text('It is compressed for those who take that.', 'Accept-Encoding'), required: true },
};
const LINK = {
  Link: text(
    'The next page (RFC 8288), relative to the address that was asked; absent: there is none.',
    '<?page=2>; rel="next"',
  ),
};

function ok<T extends z.ZodType>(schema: T, description: string, headers: object = {}) {
  return { description, headers: { ...CACHING, ...headers }, content: { 'application/json': { schema } } };
}

function problem(description: string, headers: object = {}) {
  return { description, headers: { ...headers }, content: { 'application/problem+json': { schema: schemas.Problem } } };
}

const ALWAYS = {
  304: { description: 'It is as If-None-Match says: nothing has changed.', headers: CACHING },
  400: problem('A parameter is not right: the answer says which, and what would be.'),
  401: problem('The token, or user and password, is missing or wrong. Only where the monitor has one.', {
    'WWW-Authenticate': { ...text('What it takes.', 'Bearer'), required: true },
  }),
  403: problem('A web page of another site asks, in a browser. Programs are not refused so.'),
  421: problem('The monitor is on loopback, and Host is none of localhost, 127.x.x.x, [::1].'),
  429: problem('Ten wrong tokens or passwords came from this address within a minute.', {
    'Retry-After': {
      description: 'Seconds until it listens again.',
      schema: { type: 'integer' as const, example: 40 },
      required: true,
    },
  }),
  503: problem('The state cannot be read at this moment.', {
    'Retry-After': {
      description: 'Seconds until it is worth asking again.',
      schema: { type: 'integer' as const, example: 10 },
      required: true,
    },
  }),
  500: problem('It could not be answered; the log of the monitor says why.'),
};
const headers = z.object({
  'if-none-match': z
    .string()
    .optional()
    .openapi({ description: 'ETag of an answer that one has: 304 when it is still so.', example: 'W/"da54"' }),
});

export const status = createRoute({
  method: 'get',
  path: '/status',
  operationId: 'getStatus',
  summary: 'How the monitor and NOMAD are',
  description:
    'How many uploads are in which condition, when NOMAD was asked, what it lacks, and what waits to be sent.',
  request: { query: questions.NO_QUERY, headers },
  responses: { 200: ok(schemas.Status, 'The state of things.'), ...ALWAYS },
});
export const uploads = createRoute({
  method: 'get',
  path: '/uploads',
  operationId: 'listUploads',
  summary: 'The uploads, worst first, 50 a page',
  description:
    'As they were at the last complete listing, `as_of`. Each page is cut from one listing. When `as_of` changes from page to page, an upload can have moved over the cut: begin again for a list that is all of one time. A page behind the last one is empty.',
  request: { query: questions.UPLOADS, headers },
  responses: { 200: ok(schemas.UploadPage, 'One page.', LINK), ...ALWAYS },
});
export const upload = createRoute({
  method: 'get',
  path: '/uploads/{upload_id}',
  operationId: 'getUpload',
  summary: 'One upload, its story, and who was told',
  description:
    'Its newest 200 events and 500 notifications. What is gone from NOMAD stays as long as its events are kept.',
  request: { params: questions.UPLOAD, query: questions.NO_QUERY, headers },
  responses: {
    200: ok(schemas.UploadDetail, 'What is known of it.'),
    ...ALWAYS,
    404: problem('Nothing is known of it.'),
  },
});
export const events = createRoute({
  method: 'get',
  path: '/events',
  operationId: 'listEvents',
  summary: 'What has happened, in the order found',
  description:
    'Whoever follows `next` to the end sees each event exactly once, also while new ones are found: those come at the end. To go on later, ask with `since` = `time` of the last one, and leave out those whose `id` you have.',
  request: { query: questions.EVENTS, headers },
  responses: { 200: ok(schemas.EventPage, 'One page.', LINK), ...ALWAYS },
});
export const outbox = createRoute({
  method: 'get',
  path: '/outbox',
  operationId: 'listOutbox',
  summary: 'What was not delivered, and why, oldest first',
  description:
    'Messages that are tried again, and those that were given up. Whoever follows `next` to the end sees each that waits all the while exactly once; what is delivered in between may be missing.',
  request: { query: questions.OUTBOX, headers },
  responses: { 200: ok(schemas.OutboxPage, 'One page.', LINK), ...ALWAYS },
});

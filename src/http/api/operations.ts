// Each address of the API: what it is asked, and every answer that it can give. openapi.json is made of these.
// Below /api/v1: that makes /api/v1/status, /api/v1/uploads, /api/v1/uploads/ID, /api/v1/events and /api/v1/outbox.
import { createRoute, z } from '@hono/zod-openapi';
import * as questions from './query.ts';
import * as schemas from './schemas.ts';

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const, example } });
const CACHING = {
  ETag: {
    ...text(
      'Changes whenever the answer does. Send it back in If-None-Match: the answer is 304 while nothing has changed.',
      'W/"da54"',
    ),
    required: true,
  },
  'Cache-Control': {
    ...text('The client may keep it, and must revalidate it each time.', 'private, no-cache'),
    required: true,
  },
  Vary: { ...text('Compressed for clients that accept it.', 'Accept-Encoding'), required: true },
};
const LINK = {
  Link: text(
    'The next page (RFC 8288), relative to the requested address; absent: there is none.',
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
  304: { description: 'Not modified: the ETag in If-None-Match is still current.', headers: CACHING },
  400: problem('A parameter is not valid: the answer says which, and what is valid.'),
  401: problem('The token, or user and password, is missing or wrong. Only if the monitor requires one.', {
    'WWW-Authenticate': { ...text('What it accepts.', 'Bearer'), required: true },
  }),
  403: problem('A web page of another site sent the request, in a browser. Programs are not affected.'),
  421: problem(
    'Host is no name that the monitor answers to: on loopback its usual names, HTTP_ALLOWED_HOSTS and the host of HTTP_PUBLIC_URL.',
  ),
  429: problem('Ten different wrong tokens or passwords came from this address within a minute, and so is this one.', {
    'Retry-After': {
      description: 'Seconds until another one may be tried. The right one is always accepted.',
      schema: { type: 'integer' as const, example: 40 },
      required: true,
    },
  }),
  503: problem('The state cannot be read right now.', {
    'Retry-After': {
      description: 'Seconds to wait before the next request.',
      schema: { type: 'integer' as const, example: 10 },
      required: true,
    },
  }),
  500: problem('The request failed; see the log of the monitor.'),
};
const headers = z.object({
  'if-none-match': z
    .string()
    .optional()
    .openapi({ description: 'ETag of an earlier answer: 304 if nothing has changed.', example: 'W/"da54"' }),
});

export const accounts = createRoute({
  method: 'get',
  path: '/accounts',
  operationId: 'listAccounts',
  summary: 'The accounts that are watched, worst first',
  description: 'How many uploads each has in which condition, and what keeps it from being watched.',
  request: { query: questions.NO_QUERY, headers },
  responses: { 200: ok(schemas.Accounts, 'All of them.'), ...ALWAYS },
});
export const status = createRoute({
  method: 'get',
  path: '/status',
  operationId: 'getStatus',
  summary: 'The state of the monitor and of NOMAD',
  description:
    'How many uploads are in which condition, when NOMAD was last polled, what is wrong, and what is waiting to be sent.',
  request: { query: questions.NO_QUERY, headers },
  responses: { 200: ok(schemas.Status, 'The current state.'), ...ALWAYS },
});
export const uploads = createRoute({
  method: 'get',
  path: '/uploads',
  operationId: 'listUploads',
  summary: 'The uploads, worst first, 50 a page',
  description:
    'As they were at the last complete listing, `as_of`. Each page is taken from one listing. If `as_of` changes from page to page, an upload may have moved to another page: start again for a list of one time. A page after the last one is empty.',
  request: { query: questions.UPLOADS, headers },
  responses: { 200: ok(schemas.UploadPage, 'One page.', LINK), ...ALWAYS },
});
export const upload = createRoute({
  method: 'get',
  path: '/uploads/{upload_id}',
  operationId: 'getUpload',
  summary: 'One upload, its history, and who was notified',
  description:
    'Its newest 200 events and 500 notifications. An upload that is gone from NOMAD remains as long as its events are kept. With `until=ended` the answer comes when its processing has ended.',
  request: { params: questions.UPLOAD, query: questions.ONE_UPLOAD, headers },
  responses: {
    200: ok(schemas.UploadDetail, 'What is known about it.'),
    ...ALWAYS,
    404: problem('Nothing is known about it; with `until`, after a poll that began later.'),
    503: { ...ALWAYS[503], description: 'The state cannot be read right now, or 50 questions with `until` are open.' },
  },
});
export const events = createRoute({
  method: 'get',
  path: '/events',
  operationId: 'listEvents',
  summary: 'What has happened, in the order found',
  description:
    'If you follow `next` to the end, you see each event exactly once, even while new ones are found: these come at the end. To continue later, use `since` = `time` of the last one, and ignore those whose `id` you have.',
  request: { query: questions.EVENTS, headers },
  responses: { 200: ok(schemas.EventPage, 'One page.', LINK), ...ALWAYS },
});
export const outbox = createRoute({
  method: 'get',
  path: '/outbox',
  operationId: 'listOutbox',
  summary: 'What was not delivered, and why, oldest first',
  description:
    'Messages that will be retried, and those that were given up. If you follow `next` to the end, you see each message that is waiting all that time exactly once; what is delivered in between may be missing.',
  request: { query: questions.OUTBOX, headers },
  responses: { 200: ok(schemas.OutboxPage, 'One page.', LINK), ...ALWAYS },
});

// What a NOMAD that lies can say to all that the monitor asks: bodies, and how they come over the wire.
import fc from 'fast-check';
import { ACCOUNTS, ENTRIES, WHOLE, TOKENS, UPLOADS, USERS, bodies } from './answers.ts';
import { hostileText } from './text.ts';

/** How the bytes of an answer lie about themselves. */
const SHAPES = [
  'plain',
  'chunked',
  'too long',
  'too short',
  'no length',
  'two lengths',
  'bad chunks',
  'gzip',
  'gzip that is none',
  'half a head',
  'no answer',
  'two answers',
  'slowly',
] as const;
export type Shape = (typeof SHAPES)[number] | 'bomb';

export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly shape: Shape;
  readonly keepAlive: boolean;
}

export const ENDPOINTS = ['token', 'app_token', 'me', 'users', 'uploads', 'upload', 'entries'] as const;
export type Asked = (typeof ENDPOINTS)[number];

/** Places in bodies and headers where the server puts what it was sent. */
export const ECHO = '@SENT@';

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/problem+json',
  'APPLICATION/JSON',
  'text/html',
  'text/plain',
  '',
  'application/json; charset="',
  'application/xjson',
  '\u00e4',
];
const header = fc.oneof(
  fc.constantFrom(...TYPES.map((type) => `Content-Type: ${type}`)),
  fc.constantFrom(
    'Date: Fri, 20 Nov 2026 10:00:00 GMT',
    'Date: yesterday',
    'Date: 0',
    'Date: Fri, 31 Dec 9999 23:59:59 GMT',
    'Date: Thu, 01 Jan 1970 00:00:00 GMT',
    'Date: +275760-09-13T00:00:00Z',
  ),
  fc.constantFrom(
    'Retry-After: 0',
    'Retry-After: 999999999',
    'Retry-After: -1',
    'Retry-After: Fri, 20 Nov 2026 11:00:00 GMT',
    'Retry-After: x',
    'Retry-After: 1e9',
  ),
  fc.constantFrom(
    'Location: /',
    'Location: http://127.0.0.1:1/',
    `Location: https://evil.example/?t=${ECHO}`,
    'Location: //',
    `Location: ${'x'.repeat(5000)}`,
    'Location: \u0085\u009b31m',
  ),
  fc.constantFrom(
    'Content-Encoding: br',
    'Content-Encoding: identity',
    'Content-Encoding: x',
    'Set-Cookie: a=b',
    'Trailer: x',
    'Upgrade: h2c',
    'X: \u0000',
    ': x',
    'no colon',
    ` folded: x`,
    `X: ${'y'.repeat(20_000)}`,
  ),
);

const statuses = fc.oneof(
  { weight: 12, arbitrary: fc.constant(200) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      100,
      101,
      103,
      199,
      201,
      204,
      206,
      301,
      302,
      304,
      307,
      400,
      401,
      403,
      404,
      408,
      418,
      422,
      429,
      500,
      502,
      503,
      504,
      599,
      600,
      999,
    ),
  },
);
const shapes = fc.oneof(
  { weight: 60, arbitrary: fc.constant<Shape>('plain') },
  { weight: 20, arbitrary: fc.constantFrom(...SHAPES) },
  { weight: 1, arbitrary: fc.nat(9).map((chance): Shape => (chance === 9 ? 'bomb' : 'plain')) },
);

const echo = fc
  .constantFrom(`{"detail":"no: ${ECHO}"}`, `{"detail":"${ECHO}\\n${ECHO}"}`, `{"detail":{"x":"${ECHO}"}}`)
  .map((text) => Buffer.from(text));
const refusal = fc
  .constantFrom(
    'The specified upload_id was not found.',
    'You do not have access to the specified upload.',
    'Missing scopes: uploads:read',
    'You are not authorized to access this Oasis',
    'unknown user',
    'Incorrect username or password',
  )
  .map((detail) => Buffer.from(JSON.stringify({ detail })));

function answer(body: fc.Arbitrary<Buffer>): fc.Arbitrary<RawAnswer> {
  return fc.record({
    status: statuses,
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant(['Content-Type: application/json']) },
      {
        weight: 1,
        arbitrary: fc.array(header, { maxLength: 3 }).map((more) => ['Content-Type: application/json', ...more]),
      },
      { weight: 1, arbitrary: fc.array(header, { maxLength: 3 }) },
    ),
    body: fc.oneof(
      { weight: 10, arbitrary: body },
      { weight: 1, arbitrary: echo },
      { weight: 1, arbitrary: refusal },
      { weight: 1, arbitrary: hostileText.map((text) => Buffer.from(text)) },
    ),
    shape: shapes,
    keepAlive: fc.boolean(),
  });
}

/** A good one: the others can only be reached through it. */
function good(document: unknown): fc.Arbitrary<RawAnswer> {
  return fc.constant({
    status: 200,
    headers: ['Content-Type: application/json'],
    body: Buffer.from(JSON.stringify(document)),
    shape: 'plain',
    keepAlive: true,
  });
}

const mostly = (document: unknown, body: fc.Arbitrary<Buffer>) =>
  fc.array(fc.oneof({ weight: 4, arbitrary: good(document) }, { weight: 1, arbitrary: answer(body) }), {
    minLength: 1,
    maxLength: 3,
  });

/** Pages of a set that moves, or of which the total lies: uploads by number, of which each page shows some. */
const pages: fc.Arbitrary<readonly RawAnswer[]> = fc
  .tuple(
    fc.constantFrom(3, 199, 200, 201, 399, 400, 450),
    fc.array(
      fc.record({
        shift: fc.integer({ min: -2, max: 2 }),
        more: fc.integer({ min: -2, max: 2 }),
        twice: fc.nat(9),
        drop: fc.nat(9),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([total, lies]) => {
    let first = 0;
    return lies.map(({ shift, more, twice, drop }): RawAnswer => {
      const isTrue = twice > 1 && drop > 1;
      const from = Math.max(0, first + (isTrue ? 0 : shift));
      const size = Math.max(0, Math.min(200, total - first));
      const data = Array.from({ length: size }, (_, index) => upload(from + index));
      if (twice === 1 && data.length > 1) data[1] = data[0] ?? {};
      if (drop === 1) data.pop();
      first += Math.max(1, size - 1);
      const body = Buffer.from(JSON.stringify({ pagination: { total: total + (isTrue ? 0 : more) }, data }));
      return { status: 200, headers: ['Content-Type: application/json'], body, shape: 'plain', keepAlive: true };
    });
  });

function upload(index: number): object {
  return {
    upload_id: `n${index}`,
    process_status: index % 3 === 0 ? 'FAILURE' : 'SUCCESS',
    upload_create_time: '2026-11-20T10:00:00',
    main_author: 'ada',
    errors: ['E'],
    entries: 1,
  };
}

export type Script = Readonly<Record<Asked, readonly RawAnswer[]>>;

const lists = fc.oneof(
  { weight: 1, arbitrary: pages },
  { weight: 2, arbitrary: fc.array(answer(bodies(WHOLE)), { minLength: 1, maxLength: 3 }) },
);

/** The answers to each kind of question, in turn and again from the first. */
export const scripts: fc.Arbitrary<Script> = fc.record({
  token: mostly({ access_token: 'fuzz-access-token' }, bodies(TOKENS)),
  app_token: mostly({ app_token: 'fuzz-app-token' }, bodies(TOKENS)),
  me: mostly({ user_id: 'ada', email: 'ada@lab.example' }, bodies(ACCOUNTS)),
  users: fc.array(answer(bodies(USERS)), { minLength: 1, maxLength: 2 }),
  uploads: lists,
  upload: fc.array(answer(bodies(UPLOADS)), { minLength: 1, maxLength: 2 }),
  entries: fc.array(answer(bodies(ENTRIES)), { minLength: 1, maxLength: 2 }),
});

// The JSON API and the feed as programs get them: shapes, paging, what is wrong told in a sentence, nothing that may not be shown.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Event } from '../../src/domain/event.ts';
import type { EventsQuery, Views } from '../../src/views/views.ts';
import { createScrubber } from '../../src/log.ts';
import { MINUTE, T0, event } from '../support/builders.ts';
import { serveViews, statusView } from '../support/views.ts';

const feedOf =
  (...events: readonly Event[]) =>
  async () => ({ account: 'ada', updatedAt: events[0]?.time ?? 0, events });

function serve(context: TestContext, views: Partial<Views>, secret = 'unheard-of') {
  return serveViews(context, views, createScrubber([secret]).scrub);
}

test('the state of things', async (context) => {
  const get = await serve(context, {
    status: () => Promise.resolve(statusView({ uploads: 3, tokenExpiresAt: T0 + MINUTE, pending: 1 })),
  });
  const { status, text } = await get('/api/v1/status');
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(text), {
    version: '0.0.0',
    nomad: 'https://nomad.example/gui',
    as_of: '2026-11-20T10:00:00.000Z',
    uploads: 3,
    conditions: { failed: 0, stuck: 0, entries_failed: 0, empty: 0, processing: 0, published: 0 },
    polled_at: '2026-11-20T10:00:00.000Z',
    stands_by: false,
    next_poll_at: '2026-11-20T10:01:00.000Z',
    failing: null,
    login_refused_since: null,
    processing_stalled_since: null,
    entries_pending: 0,
    token_expires_at: '2026-11-20T10:01:00.000Z',
    messages: { pending: 1, dead: 0, held: 0, no_recipient: null },
  });
});

test('what was not delivered', async (context) => {
  const undelivered = {
    id: 'd1',
    channel: 'mail',
    recipient: 'ada@lab.example',
    state: 'pending',
    content: { kind: 'test' },
    createdAt: T0,
    tries: 2,
    dueAt: T0 + MINUTE,
    reason: 'mail.lab.example does not answer',
    isBeingSent: false,
  } as const;
  const get = await serve(context, {
    outbox: async () => ({
      deliveries: [undelivered],
      more: false,
      pending: 1,
      dead: 0,
      held: 3,
      noRecipient: 'set MAIL_TO',
    }),
  });
  const { deliveries, ...rest } = JSON.parse((await get('/api/v1/outbox')).text) as { deliveries: object[] };
  assert.deepEqual(rest, { next: null, pending: 1, dead: 0, held: 3, no_recipient: 'set MAIL_TO' });
  assert.equal(deliveries.length, 1);
  assert.deepEqual(
    { ...deliveries[0], subject: '' },
    {
      id: 'd1',
      state: 'pending',
      channel: 'mail',
      recipient: 'ada@lab.example',
      subject: '',
      created_at: '2026-11-20T10:00:00.000Z',
      tries: 2,
      due_at: '2026-11-20T10:01:00.000Z',
      reason: 'mail.lab.example does not answer',
      is_being_sent: false,
    },
  );
});

test('events: since when, of what, and page by page', async (context) => {
  const asked: EventsQuery[] = [];
  const get = await serve(context, {
    events: async (wanted) => {
      asked.push(wanted);
      return { events: [event({ id: 'e1', kind: 'upload.failed' })], next: 17 };
    },
  });
  const { text, headers } = await get('/api/v1/events?since=2h&kind=upload.failed&upload_id=u1&limit=1');
  const page = JSON.parse(text) as { events: { id: string; time: string }[]; next: string };
  const next = `${T0 - 120 * MINUTE}-17`;
  assert.deepEqual([page.next, page.events[0]?.id, page.events[0]?.time], [next, 'e1', '2026-11-20T10:00:00.000Z']);
  assert.equal(headers.get('link'), `<?since=2h&kind=upload.failed&upload_id=u1&limit=1&after=${next}>; rel="next"`);
  await get('/api/v1/events?after=');
  // The page after another begins when that one did, however late it is asked for.
  await get(`/api/v1/events?after=${next}`);
  await get('/api/v1/events?since=2026-11-20T10:00:00%2B01:00');
  await get('/api/v1/events');
  assert.deepEqual(asked, [
    { since: T0 - 120 * MINUTE, kinds: ['upload.failed'], uploadId: 'u1', after: 0, limit: 1 },
    { since: T0 - 24 * 60 * MINUTE, kinds: [], uploadId: null, after: 0, limit: 500 },
    { since: T0 - 120 * MINUTE, kinds: [], uploadId: null, after: 17, limit: 500 },
    { since: T0 - 60 * MINUTE, kinds: [], uploadId: null, after: 0, limit: 500 },
    { since: T0 - 24 * 60 * MINUTE, kinds: [], uploadId: null, after: 0, limit: 500 },
  ]);
});

const wrong: readonly (readonly [string, number, RegExp])[] = [
  ['/api/v1/events?since=soon', 400, /since: "soon" is not a valid time; write 2026-11-25T14:00:00Z or 24h/],
  ['/api/v1/events?since=2026-11-25T14:00', 400, /since: "2026-11-25T14:00" is not a valid time/],
  ['/api/v1/events?since=2026-02-30', 400, /since: /],
  ['/api/v1/events?since=soon&after=1-1', 400, /since: /],
  ['/api/v1/events?since=1h&since=2h', 400, /since: /],
  ['/api/v1/events?knid=upload.failed', 400, /there is no parameter "knid" here/],
  ['/api/v1/status?x=%1b', 400, /./],
  ['/api/v1/outbox?after=1-%27', 400, /after: use the value of `next` from the previous page/],
  ['/api/v1/events?kind=upload.faild', 400, /kind: /],
  ['/api/v1/events?limit=0', 400, /limit: /],
  ['/api/v1/events?after=x', 400, /after: /],
  ['/api/v1/uploads?condition=x', 400, /condition: /],
  ['/api/v1/uploads?page=0', 400, /page: write a whole number from 1 to 1000000/],
  ['/api/v1/uploads?page=1e0', 400, /page: /],
  [`/api/v1/uploads?q=${'x'.repeat(201)}`, 400, /q: write at most 200 characters/],
  [`/api/v1/uploads/${'x'.repeat(201)}`, 400, /upload_id: /],
  ['/api/v1/uploads/none', 404, /nothing is known about upload none/],
  ['/api/v1/none', 404, /openapi\.json/],
  ['/api/v1', 404, /openapi\.json/],
];
for (const [path, status, detail] of wrong) {
  test(`what is wrong is told as a problem: ${path}`, async (context) => {
    const answer = await (await serve(context, {}))(path);
    assert.equal(answer.status, status);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
    const problem = JSON.parse(answer.text) as { status: number; detail: string };
    assert.equal(problem.status, status);
    assert.match(problem.detail, detail);
  });
}

test('200 characters are 200, whatever they are made of', async (context) => {
  const get = await serve(context, {});
  assert.equal((await get(`/api/v1/uploads?q=${encodeURIComponent('\u{1f9ea}'.repeat(200))}`)).status, 200);
});

test('a page of uploads says of when it is, and where the next one is; behind the last one there is nothing', async (context) => {
  const rows = [
    {
      ...{
        upload_id: 'u1',
        upload_name: 'batch-42',
        process_status: 'FAILURE',
        process: null,
        conditions: [],
        reason: null,
      },
      ...{
        since: T0,
        entries: 1,
        failed_entries: null,
        errors: [],
        main_author: 'Ada',
        link: 'https://nomad.example/u1',
      },
      took_ms: null,
      step: null,
      runs: [],
    },
  ];
  const get = await serve(context, { datedList: async () => ({ asOf: T0, rows, matching: 51, page: 2, pages: 2 }) });
  const page = async (path: string) => {
    const { text, headers } = await get(path);
    const { uploads, ...rest } = JSON.parse(text) as { uploads: readonly object[] };
    return { rest, uploads: uploads.length, link: headers.get('link') };
  };
  const rest = { as_of: '2026-11-20T10:00:00.000Z', total: 51, pages: 2 };
  assert.deepEqual(
    [await page('/api/v1/uploads?q=a%26b'), await page('/api/v1/uploads?page=2'), await page('/api/v1/uploads?page=3')],
    [
      { rest: { ...rest, page: 1 }, uploads: 1, link: '<?q=a%26b&page=2>; rel="next"' },
      { rest: { ...rest, page: 2 }, uploads: 1, link: null },
      { rest: { ...rest, page: 3 }, uploads: 0, link: null },
    ],
  );
});

test('half a character in what NOMAD says breaks no reader of JSON', async (context) => {
  // Half characters, whole ones, and what only looks like one: a backslash before ud800.
  const problem = 'a\ud800\ud801"\udc00 \u{1f9ea} \\ud800 \\\\udfff \\\ud800';
  const get = await serve(context, {
    status: async () => statusView({ failing: { since: T0, problem, isLong: false } }),
  });
  const { text } = await get('/api/v1/status');
  assert.doesNotMatch(text.replaceAll('\\\\', ''), /\\ud[89a-f]/);
  const { failing } = JSON.parse(text) as { failing: { problem: string } };
  assert.equal(failing.problem, problem.toWellFormed());
});

test('the feed: well-formed, whatever NOMAD says, newest first', async (context) => {
  const evil = ']]></content><script>&\u0001\u202e';
  const get = await serve(context, {
    feed: feedOf(
      event({
        id: 'e2',
        kind: 'upload.failed',
        time: T0 + MINUTE,
        upload: { id: 'u1', name: evil, link: 'https://nomad.example/u1', author: evil, role: null },
        after: { status: 'FAILURE', process: null, message: null, errors: [evil], warnings: [], entries: 0 },
      }),
      event({ id: 'e1', kind: 'nomad.unreachable', upload: null, details: { since: T0 - MINUTE, problem: evil } }),
    ),
  });
  const { text, headers } = await get('/feed.atom');
  assert.match(headers.get('content-type') ?? '', /^application\/atom\+xml/);
  assert.match(text, /^<\?xml/);
  assert.doesNotMatch(text, /<script|[\u0001\u202e]/);
  assert.deepEqual(
    [...text.matchAll(/<id>urn:nomad-upload-monitor:event:(e\d)<\/id>/g)].map(([, id]) => id),
    ['e2', 'e1'],
  );
  assert.match(text, /<updated>2026-11-20T10:01:00.000Z<\/updated>/);
});

test('no secret is in the API or the feed, in no form', async (context) => {
  const secret = 'pa"ss<&word';
  const views = {
    status: () => Promise.resolve(statusView({ failing: { since: T0, problem: secret, isLong: true } })),
    feed: feedOf(event({ kind: 'nomad.unreachable', upload: null, details: { since: T0, problem: secret } })),
  };
  const get = await serve(context, views, secret);
  for (const path of ['/api/v1/status', '/feed.atom']) {
    const { text } = await get(path);
    assert.match(text, /\[secret\]/, path);
    assert.doesNotMatch(text, /word/, path);
  }
});

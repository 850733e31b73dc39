// The pages as a browser gets them: what they say of each state, that nothing from outside becomes markup, and that no secret is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uploadAdvice } from '../../src/domain/message/advice.ts';
import { verdict } from '../../src/http/pages/home.ts';
import { wantedOf } from '../../src/http/pages/routes.ts';
import type { ListedUpload, StatusView } from '../../src/views/views.ts';
import { createScrubber } from '../../src/log.ts';
import { stateReport } from '../../src/domain/report/support-upload.ts';
import { nomadDays } from '../../src/domain/report/run-history.ts';
import { DAY } from '../../src/domain/text/durations.ts';
import { MINUTE, T0, event, watched } from '../support/builders.ts';
import { serveViews, statusView } from '../support/views.ts';

const row: ListedUpload = {
  upload_id: 'u1',
  upload_name: 'batch-42',
  process_status: 'FAILURE',
  process: 'process_upload',
  conditions: ['failed'],
  reason: 'KeyError',
  since: T0 - 5 * MINUTE,
  entries: 3,
  failed_entries: null,
  errors: ['KeyError'],
  main_author: 'Ada Lovelace',
  link: 'https://nomad.example/gui/user/uploads/upload/id/u1',
  took_ms: 12 * MINUTE,
  runs: [{ result: 'failed', time: T0, took: 12 * MINUTE }],
  step: null,
};

const counts = (more: Partial<StatusView['counts']>) => ({ ...statusView().counts, ...more });

const verdicts: readonly (readonly [string, Partial<StatusView>, string, string])[] = [
  ['nothing is wrong', { uploads: 3, counts: counts({ processing: 1, published: 2 }) }, 'All is well', 'good'],
  ['uploads failed', { counts: counts({ failed: 2, empty: 1 }) }, '2 failed, 1 empty', 'bad'],
  ['only entries failed', { counts: counts({ entries_failed: 1 }) }, '1 with failed entries', 'warn'],
  ['something is stuck', { counts: counts({ stuck: 1 }) }, '1 stuck', 'bad'],
  ['the first poll is still to come', { asOf: null, polledAt: null }, 'Waiting for the first poll', 'unknown'],
  ['mail has no recipient', { uploads: 3, noRecipient: 'set MAIL_TO' }, 'Mail has no recipient', 'warn'],
  ['messages were given up', { dead: 1 }, 'Messages were not delivered', 'warn'],
  [
    'NOMAD is away',
    {
      failing: { since: T0 - 12 * MINUTE, problem: 'connect ECONNREFUSED', isLong: true },
      counts: counts({ failed: 1 }),
    },
    'NOMAD has been unreachable for 12 min',
    'bad',
  ],
  [
    'one poll failed',
    { failing: { since: T0, problem: 'connect ECONNREFUSED', isLong: false }, counts: counts({ failed: 1 }) },
    '1 failed',
    'bad',
  ],
  [
    'nothing is processed any more',
    { stalledSince: T0 - 12 * MINUTE, counts: counts({ processing: 3, failed: 1 }) },
    'NOMAD is not processing uploads',
    'bad',
  ],
  ['the login is refused', { refusedSince: T0, counts: counts({ failed: 1 }) }, 'NOMAD refuses the login', 'bad'],
];
for (const [what, change, headline, tone] of verdicts) {
  test(`the page says at first when ${what}: ${headline}`, () => {
    const found = verdict(statusView(change));
    assert.deepEqual([found.headline, found.tone], [headline, tone]);
  });
}

test('the page says of how many older uploads it is not known yet whether entries failed', () => {
  const linesOf = (notLookedAt: number) =>
    verdict(statusView({ uploads: 9, notLookedAt }))
      .lines.map(String)
      .join('\n');
  assert.match(linesOf(7), /Entries of 7 older uploads have not been checked yet/);
  assert.doesNotMatch(linesOf(0), /not been checked yet/);
});

test('the list: each upload with why, how its runs ended, and the way to its own page', async (context) => {
  const get = await serveViews(context, {
    status: () => Promise.resolve(statusView({ uploads: 1, counts: counts({ failed: 1 }) })),
    list: async () => ({ rows: [row], matching: 1, page: 1, pages: 1 }),
  });
  const { status, text, headers } = await get('/');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^text\/html/);
  assert.match(text, /<a href="\.\/uploads\/u1"\s*><bdi>batch-42<\/bdi>/);
  assert.match(text, /KeyError/);
  assert.match(text, /5 min ago/);
  assert.match(text, /aria-label="Last 1 run, oldest first: failed"/);
  assert.doesNotMatch(text, /<script(?! src="\.\/assets\/)|style="|onclick/i);
  assert.equal((await get('/assets/page.css')).status, 200);
  assert.equal((await get('/assets/icon.svg')).headers.get('content-type'), 'image/svg+xml');
});

test('only an error is shown as one; what is stuck is not counted twice without a word', async (context) => {
  const stuck: ListedUpload = { ...row, conditions: ['stuck', 'processing'], reason: 'Parsing level 0' };
  const get = await serveViews(context, {
    status: () => Promise.resolve(statusView({ uploads: 9, counts: counts({ stuck: 2, processing: 5 }) })),
    list: async () => ({ rows: [stuck], matching: 1, page: 1, pages: 1 }),
  });
  const { text } = await get('/');
  assert.match(text, /9 uploads watched, 5 being processed \(2 of them stuck\)/);
  assert.match(text, /processing <b>5<\/b> <small>\(2 stuck\)/);
  const css = (await get('/assets/page.css')).text;
  const red = css.match(/[^{}]+\{[^{}]*color: var\(--bad\)[^{}]*\}/g) ?? [];
  assert.deepEqual(
    red.filter((rule) => /(stuck|processing) \.reason/.test(rule)),
    [],
  );
});

const outages: readonly (readonly [string, Partial<StatusView>, RegExp])[] = [
  ['nothing, before the first login', { watchedSince: null }, /not watched yet/],
  [
    'since when, after a minute',
    { watchedSince: T0 - MINUTE },
    /no outage seen since watching began <time[^>]*>1 min ago/,
  ],
  ['the days, when all were watched', { watchedSince: T0 - 40 * DAY }, /no outage seen in 30 days/],
  [
    'that nobody watches, while the login is refused',
    { watchedSince: T0 - DAY, refusedSince: T0 - MINUTE },
    /not watched since <time[^>]*>1 min ago/,
  ],
];
for (const [what, change, expected] of outages) {
  test(`of NOMAD's outages the page claims only what was watched: ${what}`, async (context) => {
    const from = change.watchedSince ?? T0;
    const days = nomadDays({ events: [], from, awaySince: null, days: 30, now: T0 });
    const get = await serveViews(context, { status: () => Promise.resolve(statusView({ ...change, days })) });
    const { text } = await get('/');
    assert.match(text, expected);
    assert.equal(text.match(/\(24 h\): no outage seen/g)?.length ?? 0, Math.min(30, Math.ceil((T0 - from) / DAY)));
  });
}

test('many uploads are on pages; the filter and the words stay with the way to the next', async (context) => {
  const asked: unknown[] = [];
  const get = await serveViews(context, {
    status: () => Promise.resolve(statusView({ uploads: 130, counts: counts({ failed: 130 }) })),
    list: async (wanted) => {
      asked.push(wanted);
      return { rows: [row], matching: 130, page: wanted.page, pages: 3 };
    },
  });
  const { text } = await get('/?show=failed&q=a%26b&page=2');
  assert.deepEqual(asked, [{ condition: 'failed', author: '', text: 'a&b', sort: 'worst', page: 2 }]);
  assert.match(text, /href="\.\/\?show=failed&amp;q=a%26b"/);
  assert.match(text, /href="\.\/\?show=failed&amp;q=a%26b&amp;page=3"/);
  assert.match(text, /page 2 of 3, 130 uploads/);
});

test('the order is kept by filter, search and pages; a jump among many pages keeps all', async (context) => {
  const get = await serveViews(context, {
    status: () => Promise.resolve(statusView({ uploads: 30_000, counts: counts({ failed: 3000 }) })),
    list: async ({ page }) => ({ rows: [row], matching: 3000, page, pages: 60 }),
  });
  const { text } = await get('/?show=failed&q=x&sort=name&page=2');
  assert.match(text, /href="\.\/\?q=x&amp;sort=name"\s*>all <b>30,000<\/b>/);
  assert.match(text, /href="\.\/\?show=failed&amp;q=x&amp;sort=author"\s*>author/);
  assert.match(text, /aria-current="true"\s*>name</);
  assert.match(text, /href="\.\/\?show=failed&amp;q=x&amp;sort=name&amp;page=3"/);
  assert.match(text, /3,000 of 30,000 uploads/);
  const [search = '', jump = ''] = text.match(/<form[^]*?<\/form>/g) ?? [];
  assert.match(search, /name="show" value="failed"[^]*name="sort" value="name"/);
  assert.doesNotMatch(search, /name="page"/);
  assert.match(jump, /name="show" value="failed"[^]*name="q" value="x"[^]*name="sort" value="name"[^]*max="60"/);
});

test('of several authors one can be chosen, in the form and by each row; all else is kept', async (context) => {
  const authors = [
    { name: 'Ada Lovelace', uploads: 3 },
    { name: 'Grace "G" Hopper', uploads: 9 },
  ];
  const asked: string[] = [];
  const get = await serveViews(context, {
    status: () => Promise.resolve(statusView({ uploads: 12, counts: counts({ failed: 3 }), authors })),
    list: async ({ author }) => {
      asked.push(author);
      return { rows: [row], matching: 9, page: 1, pages: 2 };
    },
  });
  const { text } = await get('/?show=failed&author=Grace+%22G%22+Hopper&page=2');
  assert.deepEqual(asked, ['Grace "G" Hopper']);
  assert.match(text, /<option value="Grace &quot;G&quot; Hopper" selected>\s*Grace &quot;G&quot; Hopper \(9\)/);
  assert.match(text, /class="who"><a href="\.\/\?show=failed&amp;author=Ada\+Lovelace"/);
  assert.match(text, /href="\.\/\?author=Grace\+%22G%22\+Hopper"\s*>all <b>12/);
  assert.match(text, /9 of 12 uploads/);
  assert.doesNotMatch(/<form role="search"[^]*?<\/form>/.exec(text)?.[0] ?? '', /type="hidden" name="author"/);
  assert.match((await get('/?author=Nobody')).text, /<option value="Nobody" selected>\s*Nobody \(0\)/);
});

test('durations: how long the last run took, and how long one takes as a rule while the next is at work', async (context) => {
  const runs = [4, 6, 8].map((minutes) => ({ result: 'good', time: T0, took: minutes * MINUTE }) as const);
  const busy: ListedUpload = { ...row, conditions: ['processing'], process_status: 'WAITING_FOR_RESULT', runs };
  const get = await serveViews(context, {
    list: async () => ({ rows: [{ ...row, took_ms: 12 * MINUTE }, busy], matching: 2, page: 1, pages: 1 }),
    upload: async (id) => ({
      id,
      row: { ...busy, took_ms: 8 * MINUTE },
      warnings: [],
      advice: null,
      events: [],
      report: null,
      receipts: [],
    }),
  });
  const { text } = await get('/');
  assert.match(text, /FAILURE\s+<time[^>]*>5 min ago<\/time>, took 12 min/);
  assert.match(text, /WAITING_FOR_RESULT, unchanged for 5 min, usually takes 6 min/);
  const one = (await get('/uploads/u1')).text;
  assert.match(one, /WAITING_FOR_RESULT\s+<small>its entries are being processed/);
  assert.match(one, /Last run took[^]*8 min[^]*usually 6 min/);
});

test('what is asked for in words that nobody knows is left out', () => {
  const wanted = (query: string) => wantedOf((name) => new URLSearchParams(query).get(name) ?? undefined);
  const all = { condition: null, author: '', text: '', sort: 'worst', page: 1 } as const;
  assert.deepEqual(wanted('show=x&page=-1&sort=x'), all);
  assert.deepEqual(wanted('sort=name'), { ...all, sort: 'name' });
  assert.deepEqual(wanted('page=1e9&q=%00%0a'), { ...all, page: 1e9 });
  assert.deepEqual(wanted('page=NaN'), all);
  assert.deepEqual(wanted('page=1.5'), all);
});

test('empty states say what comes next', async (context) => {
  const list = async () => ({ rows: [], matching: 0, page: 1, pages: 1 });
  const none = await serveViews(context, { status: () => Promise.resolve(statusView()), list });
  assert.match((await none('/')).text, /This account has no uploads yet/);
  const unmatched = await serveViews(context, { status: () => Promise.resolve(statusView({ uploads: 7 })), list });
  assert.match((await unmatched('/?q=nothing')).text, /No upload matches\. <a href="\.\/">Show all 7<\/a>/);
  const unknown = await none('/uploads/%3Cb%3E');
  assert.equal(unknown.status, 404);
  assert.match(unknown.text, /No upload &lt;b&gt; is known here/);
});

const EVIL = '"><script>alert(1)</script>\u202e\u0000<img src=x onerror=alert(1)>';

test('text from outside is text, on both pages', async (context) => {
  const evil: ListedUpload = {
    ...row,
    upload_id: '../x"y',
    upload_name: EVIL,
    process: EVIL,
    reason: EVIL,
    errors: [EVIL],
    main_author: EVIL,
    link: 'javascript:alert(1)',
  };
  const failing = [{ mainfile: EVIL, parser: EVIL, error: EVIL, link: 'javascript:alert(1)' }];
  const happened = event({
    kind: 'upload.entries_failed',
    upload: { id: evil.upload_id, name: EVIL, link: 'javascript:alert(1)', author: EVIL, role: null },
    details: {
      entries: 2,
      failed: 1,
      failing,
    },
  });
  const get = await serveViews(context, {
    status: () =>
      Promise.resolve(
        statusView({ uploads: 1, counts: counts({ failed: 1 }), failing: { since: T0, problem: EVIL, isLong: false } }),
      ),
    list: async ({ text }) => ({ rows: [{ ...evil, main_author: text }], matching: 1, page: 1, pages: 1 }),
    upload: async () => ({
      id: evil.upload_id,
      row: evil,
      warnings: [EVIL],
      advice: uploadAdvice({
        kind: 'upload.stuck',
        uploadId: EVIL,
        process: EVIL,
        engine: 'celery',
        reason: null,
        isQueued: false,
        afterFailure: false,
      }),
      events: [happened],
      report: stateReport(
        {
          watched: watched({ name: EVIL, status: 'FAILURE', message: EVIL, process: EVIL, errors: [EVIL] }),
          ...{ events: [happened], link: EVIL, author: EVIL, entries: null },
        },
        { deployment: EVIL, version: EVIL, monitor: EVIL, asOf: T0 },
      ),
      receipts: [
        { eventId: happened.id, channel: 'mail', recipient: EVIL, state: 'dead', at: T0, reason: EVIL, answer: null },
      ],
    }),
  });
  for (const path of [`/?q=${encodeURIComponent(EVIL)}`, '/uploads/x']) {
    const { text } = await get(path);
    assert.doesNotMatch(text, /<script(?! src="\.\.?\/assets\/page\.js")|<img|href="javascript|\u202e|\u0000/i, path);
    assert.match(text, /&lt;script&gt;/, path);
  }
  assert.match((await get('/')).text, /href="\.\/uploads\/\.\.%2Fx%22y"/);
});

test('one upload: how it is, what to do, what happened and who was told; one that is gone still has its story', async (context) => {
  const failed = event({ id: 'e1', kind: 'upload.failed', time: T0 });
  const get = await serveViews(context, {
    upload: async (id) => ({
      id,
      row: id === 'gone' ? null : row,
      warnings: [],
      advice: 'Mend its files.',
      events: id === 'gone' ? [event({ id: 'e2', kind: 'upload.unshared' }), failed] : [failed],
      report: null,
      receipts: [
        {
          eventId: 'e1',
          channel: 'mail',
          recipient: 'ada@lab.example',
          state: 'delivered',
          at: T0,
          reason: null,
          answer: '250 2.0.0 Ok: queued as <b>4F1</b>',
        },
        {
          eventId: 'e1',
          channel: 'webhook',
          recipient: 'webhook',
          state: 'dead',
          at: T0,
          reason: 'HTTP 410',
          answer: null,
        },
      ],
    }),
  });
  const { text } = await get('/uploads/u1');
  assert.match(text, /Open it in NOMAD/);
  assert.match(text, /What to do<\/h2>\s*<p>Mend its files\./);
  assert.match(
    text,
    /sent to\s+<bdi>ada@lab.example<\/bdi> \(mail\): 250 2\.0\.0 Ok: queued as &lt;b&gt;4F1&lt;\/b&gt;/,
  );
  assert.match(text, /given up:\s+<bdi>webhook<\/bdi> \(webhook\): HTTP 410/);
  const gone = (await get('/uploads/gone')).text;
  assert.match(gone, /It is no longer shared with this account/);
  assert.match(gone, /sent to\s+<bdi>ada@lab.example/);
});

test('what to do: a sentence, and the commands below it as they are to be copied; nothing where nothing is to be done', async (context) => {
  const get = await serveViews(context, {
    upload: async (id) => ({
      id,
      row,
      warnings: [],
      advice:
        id === 'fine'
          ? null
          : 'Tell an administrator:\nnomad admin uploads reset -- u1\nnomad admin uploads process -- u1',
      events: [],
      report: null,
      receipts: [],
    }),
  });
  const { text } = await get('/uploads/u1');
  assert.match(
    text,
    /What to do<\/h2>\s*<p>Tell an administrator:<\/p>\s*<p><code>nomad admin uploads reset -- u1<\/code><\/p>\s*<p><code>nomad admin uploads process -- u1<\/code>/,
  );
  assert.doesNotMatch((await get('/uploads/fine')).text, /What to do/);
});

const words: readonly (readonly [string, Partial<ListedUpload>, RegExp])[] = [
  [
    'its step, where a worker has it',
    { process_status: 'PENDING', step: 'Parsing level 0' },
    /PENDING\s+<small>Parsing level 0</,
  ],
  ['its process, where it is idle', { process_status: 'SUCCESS' }, /SUCCESS\s+<small>process_upload</],
];
for (const [what, change, expected] of words) {
  test(`one upload says beside its status: ${what}`, async (context) => {
    const get = await serveViews(context, {
      upload: async (id) => ({
        id,
        row: { ...row, ...change },
        warnings: [],
        advice: null,
        events: [],
        receipts: [],
        report: null,
      }),
    });
    assert.match((await get('/uploads/u1')).text, expected);
  });
}

test('failed entries stand at the top, each with the way to it in NOMAD', async (context) => {
  const failing = [{ mainfile: 'a/x.xml', parser: 'vasp', error: 'KeyError', link: 'https://n/entry/id/e1' }];
  const happened = event({ kind: 'upload.entries_failed', details: { entries: 9, failed: 3, failing } });
  const get = await serveViews(context, {
    upload: async (id) => ({
      id,
      row: { ...row, conditions: ['entries_failed'] },
      warnings: [],
      advice: null,
      events: [happened],
      report: null,
      receipts: [],
    }),
  });
  const { text } = await get('/uploads/u1');
  assert.match(
    text,
    /Failed entries<\/h2>[^]*href="https:\/\/n\/entry\/id\/e1">a\/x.xml \(vasp\): KeyError[^]*and 2 more[^]*Timeline/,
  );
});

test('a secret that NOMAD repeats is not shown', async (context) => {
  const secret = 'pa<ss&word';
  const get = await serveViews(
    context,
    {
      status: () =>
        Promise.resolve(statusView({ uploads: 1, failing: { since: T0, problem: `no: ${secret}`, isLong: true } })),
      list: async () => ({ rows: [{ ...row, upload_name: secret }], matching: 1, page: 1, pages: 1 }),
    },
    createScrubber([secret]).scrub,
  );
  const { text } = await get('/');
  assert.doesNotMatch(text, /pa(<|&lt;)ss/);
  assert.match(text, /\[secret\]/);
});

test('a secret that is also a word of the page neither breaks it nor shows itself by a gap', async (context) => {
  const status = statusView({ uploads: 3, counts: counts({ failed: 1, published: 2 }) });
  const views = (name: string) => ({
    status: async () => status,
    list: async () => ({
      rows: [{ ...row, upload_name: name, reason: `no: ${name}` }],
      matching: 1,
      page: 1,
      pages: 1,
    }),
    upload: async (id: string) => ({
      ...{ id, row: { ...row, upload_name: name }, warnings: [name], advice: null, report: null },
      ...{ events: [event({ upload: { id, name, link: '', author: name, role: null } })], receipts: [] },
    }),
  });
  for (const secret of ['failed', 'class', 'Timeline', 'entries', 'uploads watched']) {
    const plain = await serveViews(context, views('[secret]'));
    const careful = await serveViews(context, views(secret), createScrubber([secret]).scrub);
    for (const path of ['/', '/uploads/u1']) {
      const expected = (await plain(path)).text;
      // The link to NOMAD is from outside, too.
      assert.equal(
        (await careful(path)).text,
        expected.replaceAll(row.link, row.link.replaceAll(secret, '[secret]')),
        `${secret} ${path}`,
      );
    }
  }
});

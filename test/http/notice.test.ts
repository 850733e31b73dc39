// What is answered in place of a page, to browsers and to programs; and what is not shown where everybody may look.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Views } from '../../src/views/views.ts';
import { T0, event } from '../support/builders.ts';
import { NO_PAGES, serveViews, statusView } from '../support/views.ts';
import { startHttp } from '../../src/http/server.ts';

const AS_BROWSER = { accept: 'text/html,application/xhtml+xml' };

const nowhere: readonly (readonly [string, string])[] = [
  ['/nope', './'],
  ['/a/b', '../'],
  ['/a/b/', '../../'],
];
for (const [path, root] of nowhere) {
  test(`a browser gets a page for an unknown address, with the way back: ${path}`, async (context) => {
    const get = await serveViews(context, {});
    const { status, headers, text } = await get(path, AS_BROWSER);
    assert.equal(status, 404);
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.match(text, /<h1>Not found<\/h1>/);
    assert.ok(text.includes(`<a href="${root}">`) && text.includes(`href="${root}assets/page.css"`), text);
    assert.doesNotMatch(text, /<script|style=/);
    assert.equal((await get(path)).text, 'not found\n');
    assert.match((await get(`/api/v1${path}`, AS_BROWSER)).headers.get('content-type') ?? '', /problem\+json/);
  });
}

test('a browser that is not let in is told how, and asked for nothing else', async (context) => {
  const server = await startHttp({
    ...NO_PAGES,
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access: { token: null, basic: { username: 'ada', password: 'p' } },
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    stuckLoops: () => [],
    notReady: async () => null,
  });
  context.after(server.close);
  const answer = await fetch(server.url, { headers: AS_BROWSER });
  const text = await answer.text();
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic/);
  assert.match(text, /<h1>Login needed<\/h1>/);
  assert.doesNotMatch(text, /<link|<script/);
});

const failed = event({ id: 'e1', kind: 'upload.failed' });
const receipt = { eventId: 'e1', channel: 'mail', recipient: 'ada@lab.example', at: T0 } as const;
const delivery = {
  ...{ id: 'd1', channel: 'mail', recipient: 'ada@lab.example', state: 'dead', tries: 3 },
  ...{ content: { kind: 'events', events: [failed] }, createdAt: T0, dueAt: null, isBeingSent: false },
  reason: '550 <ada@lab.example>: unknown',
} as unknown as Awaited<ReturnType<Views['outbox']>>['deliveries'][number];
const TOLD: Partial<Views> = {
  upload: async (id) => ({
    ...{ id, row: null, warnings: [], advice: null, events: [failed], report: null },
    receipts: [{ ...receipt, state: 'delivered', reason: null, answer: '250 ok for ada@lab.example' }],
  }),
};

for (const [what, isLoopback] of [
  ['who are on this machine', true],
  ['where everybody may look', false],
] as const) {
  test(`recipients' addresses are shown to those ${what}: ${isLoopback}`, async (context) => {
    const views: Partial<Views> = {
      ...TOLD,
      status: async () => statusView({ dead: 1, undelivered: [delivery] }),
      outbox: async () => ({ deliveries: [delivery], more: false, pending: 0, dead: 1, held: 0, noRecipient: null }),
    };
    const get = await serveViews(context, views, undefined, isLoopback);
    for (const path of ['/', '/uploads/u1', '/api/v1/uploads/u1', '/api/v1/outbox']) {
      const { status, text } = await get(path);
      assert.equal(status, 200, `${path} ${text}`);
      assert.equal(text.includes('lab.example'), isLoopback, path);
    }
  });
}

// The webhook as others read it: signatures by the standardwebhooks package, bodies by the cloudevents package.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HTTP, type CloudEvent } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { createWebhookChannel } from '../../src/channels/webhook.ts';
import type { Content } from '../../src/domain/notify/delivery-content.ts';
import { messageOf } from '../../src/domain/message/message.ts';
import { T0, event, reader } from '../support/builders.ts';
import { startHook } from '../support/hook.ts';

const secret = (letter: string) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`;
const source = 'https://nomad.example/prod/v1/api/v1';

async function send(context: TestContext, content: Content, secrets: readonly string[] = [], clock = Date.now) {
  const hook = await startHook(context);
  const channel = createWebhookChannel({ url: hook.url, secrets, proxyEnv: {}, scrub: String, clock });
  const again = () =>
    channel.send({ id: 'd1', recipient: 'webhook', content, message: messageOf(content), reader: reader(), now: T0 });
  return { hook, again, sent: await again() };
}
const one = (more = {}): Content => ({ kind: 'events', events: [event(more)] });

test('the signature is what Standard Webhooks verifies; two secrets sign while one takes the place of the other', async (context) => {
  const raw = 'a secret of another kind';
  const { hook } = await send(context, one(), [secret('a'), raw]);
  const [request] = hook.received;
  assert.ok(request);
  const headers = request.headers as Record<string, string>;
  for (const key of [new Webhook(secret('a')), new Webhook(raw, { format: 'raw' })]) key.verify(request.body, headers);
  assert.throws(() => new Webhook(secret('c')).verify(request.body, headers), /No matching signature/);
  assert.throws(() => new Webhook(secret('a')).verify(`${request.body} `, headers), /No matching signature/);
  assert.equal(headers['webhook-id'], 'd1');
});

test('without a secret it is not signed', async (context) => {
  const { hook } = await send(context, one());
  assert.equal(hook.received[0]?.headers['webhook-signature'], undefined);
});

test('the body is a CloudEvent, the same at each try', async (context) => {
  const { hook, again } = await send(context, one({ details: { again: true } }));
  await again();
  const [request, second] = hook.received;
  assert.ok(request);
  assert.equal(request.body, second?.body);
  const parsed = HTTP.toEvent({ headers: request.headers, body: request.body }) as CloudEvent<Record<string, unknown>>;
  assert.ok(parsed.validate());
  const { id, type, subject, time } = parsed;
  assert.deepEqual(
    [id, type, subject, time],
    ['e1', 'org.nomad-upload-monitor.upload.failed', 'u1', new Date(T0).toISOString()],
  );
  assert.equal(parsed.source, source);
  const { kind, upload, after, details } = event({ details: { again: true } });
  assert.deepEqual(parsed.data, { kind, upload, before: null, after, details });
});

/** Standard Webhooks: 2xx is delivered, 410 ends it, everything else is tried again. What is about this one event holds up no other. */
const ANSWERS: readonly (readonly [number, 'delivered' | 'retry' | 'rejected', boolean])[] = [
  ...[200, 202, 204].map((status) => [status, 'delivered', false] as const),
  ...[400, 413, 415, 422].map((status) => [status, 'retry', true] as const),
  ...[301, 307, 401, 403, 404, 405, 408, 409, 425, 429, 500, 502, 503].map(
    (status) => [status, 'retry', false] as const,
  ),
  [410, 'rejected', false],
];
for (const [status, result, isAboutMessage] of ANSWERS)
  test(`a receiver that answers ${status}: ${result}`, async (context) => {
    const { hook, again } = await send(context, one());
    hook.answer = (_, response) => response.writeHead(status, { location: '/elsewhere' }).end();
    const sent = await again();
    assert.equal(sent.result, result);
    assert.equal('isAboutMessage' in sent && sent.isAboutMessage, isAboutMessage);
    assert.equal(hook.received.length, 2, 'a redirect is not followed');
  });

test('an event of no upload has no subject; a test says that it is one', async (context) => {
  const { hook } = await send(context, one({ kind: 'nomad.unreachable', upload: null, after: null }));
  assert.ok(!('subject' in (JSON.parse(hook.received[0]?.body ?? '') as object)));
  const probe = await send(context, { kind: 'test' });
  const parsed = HTTP.toEvent(probe.hook.received[0] ?? { headers: {}, body: '' }) as CloudEvent;
  assert.equal(parsed.type, 'org.nomad-upload-monitor.test');
});

test('a body stays small and well-formed, whatever NOMAD says', async (context) => {
  const errors = Array.from({ length: 500 }, () => `\ud800${'\u0000结'.repeat(100_000)}`);
  const after = { status: 'FAILURE', process: null, message: '\r\n', errors, warnings: errors, entries: 0 } as const;
  const { hook } = await send(context, one({ before: after, after }));
  const body = hook.received[0]?.body ?? '';
  assert.ok(Buffer.byteLength(body) < 100_000, String(Buffer.byteLength(body)));
  assert.doesNotMatch(body, /[\u0000-\u001f]/);
  assert.ok(body.isWellFormed() && JSON.stringify(JSON.parse(body)).isWellFormed());
});

test('a summary is one document: how many, what is wrong and since when, and the authors where they are grouped', async (context) => {
  const upload = {
    id: 'u1',
    name: 'batch-42',
    link: 'https://n/u1',
    author: 'Ada Lovelace',
    role: 'coauthor',
  } as const;
  const tally = { uploads: 4, counts: { failed: 1, stuck: 0, entries_failed: 0, empty: 0, processing: 2 }, well: 1 };
  const data = { uploads: 4, counts: tally.counts, went_well: 1 };
  const content: Content = {
    ...{
      kind: 'summary',
      from: T0 - 86_400_000,
      to: T0,
      ...tally,
      events: { 'upload.failed': 1 },
      more: 2,
      unchecked: 3,
      authors: 1,
    },
    standing: [{ upload, condition: 'failed', since: T0 - 1000, reason: 'KeyError' }],
    groups: [{ author: 'Ada Lovelace', ...tally, names: ['x'] }],
  };
  const { hook, sent } = await send(context, content);
  assert.deepEqual(sent, { result: 'delivered' });
  const parsed = HTTP.toEvent(hook.received[0] ?? { headers: {}, body: '' }) as CloudEvent<Record<string, unknown>>;
  assert.ok(parsed.validate());
  const { id, type, subject, time } = parsed;
  const at = '2026-11-20T10:00:00.000Z';
  assert.deepEqual([id, type, subject, time], ['d1', 'org.nomad-upload-monitor.summary', undefined, at]);
  assert.deepEqual(parsed.data, {
    ...{ kind: 'summary', from: '2026-11-19T10:00:00.000Z', to: at, ...data, events: { 'upload.failed': 1 } },
    wrong: [{ upload, condition: 'failed', since: '2026-11-20T09:59:59.000Z', reason: 'KeyError' }],
    wrong_not_listed: 2,
    entries_pending: 3,
    author_count: 1,
    authors: [{ author: 'Ada Lovelace', ...data, went_well_names: ['x'] }],
  });
  const flat = await send(context, { ...content, groups: null });
  assert.equal((JSON.parse(flat.hook.received[0]?.body ?? '') as { data: { authors: unknown } }).data.authors, null);
});

test('a summary stays small and well-formed, whatever NOMAD says', async (context) => {
  const odd = `\ud800"\\${'\u0000结'.repeat(100_000)}`;
  const upload = { id: odd, name: odd, link: odd, author: odd, role: null };
  const tally = { uploads: 4, counts: { failed: 50, stuck: 0, entries_failed: 0, empty: 0, processing: 0 }, well: 5 };
  const { hook } = await send(context, {
    ...{ kind: 'summary', from: T0 - 1, to: T0, ...tally, events: {}, more: 0, unchecked: 0, authors: 25 },
    standing: Array.from({ length: 50 }, () => ({ upload, condition: 'failed', since: T0, reason: odd })),
    groups: Array.from({ length: 25 }, () => ({
      ...tally,
      author: odd,
      names: Array.from({ length: 5 }, () => '结'.repeat(40)),
    })),
  });
  const body = hook.received[0]?.body ?? '';
  assert.ok(Buffer.byteLength(body) < 100_000, String(Buffer.byteLength(body)));
  assert.doesNotMatch(body, /[\u0000-\u001f]/);
  assert.ok(body.isWellFormed() && JSON.stringify(JSON.parse(body)).isWellFormed());
});

test('a reminder is not for a webhook', async (context) => {
  const upload = { id: 'u1', name: null, link: '', author: 'ada', role: null };
  const standing = { upload, condition: 'failed', since: T0, reason: null } as const;
  const { sent } = await send(context, { kind: 'reminder', asOf: T0, uploads: [standing], more: 0 });
  assert.deepEqual(sent, {
    result: 'rejected',
    reason: 'a webhook accepts only single events and summaries, not a reminder',
  });
});

test('what is no single event is not for a webhook', async (context) => {
  const { sent } = await send(context, { kind: 'events', events: [event(), event()] });
  assert.equal(sent.result, 'rejected');
});

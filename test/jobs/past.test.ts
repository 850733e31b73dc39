// What a message says of the time before: which uploads are asked about, and that a mail does not depend on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventKind } from '../../src/domain/event.ts';
import { NOTHING_PAST } from '../../src/domain/message/past.ts';
import type { Content } from '../../src/domain/notify/delivery-content.ts';
import { pastOf } from '../../src/jobs/past.ts';
import type { Store } from '../../src/store/store.ts';
import { MINUTE, T0, event } from '../support/builders.ts';
import { logger } from '../support/logger.ts';

const of = (id: string, kind: EventKind = 'upload.failed'): Event =>
  event({ id: `of ${id}`, kind, upload: { id, name: id, link: '', author: '', role: null } });
const good = { kind: 'upload.succeeded', time: T0 - MINUTE, run: 'r', process: 'process_upload', took: null } as const;

async function asked(content: Content, channel: 'mail' | 'webhook' | 'chat' = 'mail', stored: readonly Event[] = []) {
  const calls: (readonly string[])[] = [];
  const store: Pick<Store, 'runEnds' | 'eventsOf'> = {
    runEnds: async (_account, ids) => {
      calls.push(ids);
      return new Map(ids.filter((id) => id !== 'new').map((id) => [id, [good]]));
    },
    eventsOf: async (_account, id) => stored.filter(({ upload }) => upload?.id === id),
  };
  const { wentWell, attempts } = await pastOf({ account: 1, channel, content }, store, logger().log);
  return { calls, found: Object.fromEntries(wentWell), attempts: Object.fromEntries(attempts) };
}
const events = (...all: readonly Event[]): Content => ({ kind: 'events', events: all });

test('asked about are the uploads that went wrong, once, in one question', async () => {
  const content = events(
    of('a'),
    of('a', 'upload.entries_failed'),
    of('b', 'upload.stuck'),
    of('c', 'upload.recovered'),
    of('new', 'upload.empty'),
  );
  const { calls, found } = await asked(content);
  assert.deepEqual(calls, [['a', 'b', 'new']]);
  assert.deepEqual(found, { 'of a': T0 - MINUTE, 'of b': T0 - MINUTE });
});

test('nobody is asked about what went well, about NOMAD, about many, for a webhook, or for what is no news', async () => {
  const many = Array.from({ length: 9 }, (_, index) => of(`u${index}`));
  const rows: readonly (readonly [Content, ('mail' | 'webhook')?])[] = [
    [events(of('a', 'upload.recovered'))],
    [events(event({ kind: 'nomad.unreachable', upload: null }))],
    [events(...many)],
    [events(of('a')), 'webhook'],
    [{ kind: 'test' }],
  ];
  for (const [content, channel] of rows)
    assert.deepEqual(await asked(content, channel), { calls: [], found: {}, attempts: {} });
});

test('of one that is stuck: what was tried until then, and nothing that came after', async () => {
  const stuck = { ...of('a', 'upload.stuck'), time: T0, details: { still_ms: 120 * MINUTE } };
  const failed = { ...of('a'), id: 'f', time: T0 - 300 * MINUTE };
  const started = { ...of('a', 'upload.started'), id: 's', time: T0 - 200 * MINUTE };
  const later = { ...of('a', 'upload.reset'), id: 'r', time: T0 + MINUTE };
  const { attempts } = await asked(events(stuck, of('b')), 'mail', [later, stuck, started, failed]);
  assert.deepEqual(Object.keys(attempts), ['of a']);
  assert.deepEqual(attempts['of a'], [
    'failed on 20 Nov 2026, 05:00 UTC: parser raised system exit',
    'processed again 1 time since then',
    'last: found stuck on 20 Nov 2026, 10:00 UTC: no change for 2 h',
  ]);
});

test('a state that cannot be read leaves a message without it', async () => {
  const { log } = logger();
  const away = () => Promise.reject(new Error('the database is away'));
  const content = events(of('a'), of('b', 'upload.stuck'));
  for (const store of [
    { runEnds: away, eventsOf: away },
    { runEnds: async () => new Map(), eventsOf: away },
  ])
    assert.deepEqual(await pastOf({ account: 1, channel: 'mail', content }, store, log), NOTHING_PAST);
});

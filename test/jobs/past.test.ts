// When uploads last went well: which are asked about, and that a mail does not depend on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventKind } from '../../src/domain/event.ts';
import type { Content } from '../../src/domain/notify/delivery-content.ts';
import { wentWellOf } from '../../src/jobs/went-well.ts';
import type { Store } from '../../src/store/store.ts';
import { MINUTE, T0, event } from '../support/builders.ts';
import { logger } from '../support/logger.ts';

const of = (id: string, kind: EventKind = 'upload.failed'): Event =>
  event({ id: `of ${id}`, kind, upload: { id, name: id, link: '', author: '', role: null } });
const good = { kind: 'upload.succeeded', time: T0 - MINUTE, run: 'r', process: 'process_upload', took: null } as const;

async function asked(content: Content, channel: 'mail' | 'webhook' | 'chat' = 'mail') {
  const calls: (readonly string[])[] = [];
  const store: Pick<Store, 'runEnds'> = {
    runEnds: async (_account, ids) => {
      calls.push(ids);
      return new Map(ids.filter((id) => id !== 'new').map((id) => [id, [good]]));
    },
  };
  const found = await wentWellOf({ account: 1, channel, content }, store, logger().log);
  return { calls, found: Object.fromEntries(found) };
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
  for (const [content, channel] of rows) assert.deepEqual(await asked(content, channel), { calls: [], found: {} });
});

test('a state that cannot be read leaves a message without it', async () => {
  const { log } = logger();
  const store = { runEnds: () => Promise.reject(new Error('the database is away')) };
  const found = await wentWellOf({ account: 1, channel: 'mail', content: events(of('a')) }, store, log);
  assert.equal(found.size, 0);
});

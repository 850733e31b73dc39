// What else is broken: each upload once, nothing that the message lists, only what the recipient is notified of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../src/domain/event.ts';
import type { Content } from '../../../src/domain/notify/delivery-content.ts';
import { alsoBroken, brokenIn } from '../../../src/domain/notify/also-broken.ts';
import { T0, event, inspected, progressed, snapshot, watched } from '../../support/builders.ts';

const stuck = { progress: progressed({ stuck: true }) };
const uploads = [
  watched({ id: 'f1', status: 'FAILURE' }),
  watched({ id: 'f2', status: 'FAILURE', mainAuthor: 'grace' }),
  watched({ id: 's', status: 'RUNNING' }, stuck),
  watched(
    { id: 'both', status: 'RUNNING', process: 'publish_upload' },
    { ...stuck, failure: { process: 'process_upload', reason: null, since: T0 } },
  ),
  watched({ id: 'e' }, { inspection: inspected({ failed: 2 }) }),
  watched({ id: 'empty', entries: 0 }),
  watched({ id: 'good' }),
  watched({ id: 'busy', status: 'RUNNING' }),
  watched({ id: 'p', published: true }),
];
const broken = brokenIn(snapshot(uploads));
const view = { broken, names: new Map([['ada', 'Ada']]), gui: 'https://g', userId: 'ada' };
const about = (id: string) => event({ upload: { id, name: null, link: '', author: '', role: null } });
const standing = (id: string) =>
  ({
    upload: { id, name: null, link: '', author: '', role: null },
    condition: 'failed',
    since: T0,
    reason: null,
  }) as const;
const counts = { failed: 0, stuck: 0, entries_failed: 0, empty: 0, processing: 0, published: 0 };

const rows: readonly (readonly [string, Content, string | null])[] = [
  [
    'an upload that is fine',
    { kind: 'events', events: [about('good')] },
    '3 failed, 1 stuck, 1 with failed entries, 1 empty',
  ],
  [
    'one that is broken',
    { kind: 'events', events: [about('f1')] },
    '2 failed, 1 stuck, 1 with failed entries, 1 empty',
  ],
  ['several', { kind: 'events', events: ['f1', 'f2', 'both', 'e', 'empty', 'f1'].map(about) }, '1 stuck'],
  ['all that is broken', { kind: 'events', events: ['f1', 'f2', 'both', 'e', 'empty', 's'].map(about) }, null],
  [
    'NOMAD',
    { kind: 'events', events: [event({ kind: 'nomad.reachable', upload: null })] },
    '3 failed, 1 stuck, 1 with failed entries, 1 empty',
  ],
  [
    'the first poll: it says that itself',
    { kind: 'events', events: [event({ kind: 'monitor.baseline', upload: null })] },
    null,
  ],
  [
    'a reminder',
    { kind: 'reminder', asOf: T0, uploads: [standing('f1'), standing('s')], more: 0 },
    '2 failed, 1 with failed entries, 1 empty',
  ],
  ['a reminder of more than it names', { kind: 'reminder', asOf: T0, uploads: [standing('f1')], more: 1 }, null],
  [
    'a summary: it lists all',
    {
      ...{ kind: 'summary', from: 0, to: 1, uploads: 9, counts, standing: [], more: 0, events: {} },
      ...{ well: 0, unchecked: 0, authors: 1, groups: null },
    },
    null,
  ],
  ['a test', { kind: 'test' }, null],
];
for (const [what, content, expected] of rows) {
  test(`beside ${what}: ${expected ?? 'nothing'}`, () => {
    assert.equal(alsoBroken({ ...view, content, isFor: () => true }), expected);
  });
}

test('of what the recipient is not notified of nothing is counted', () => {
  const content = { kind: 'events', events: [about('good')] } as const;
  assert.equal(alsoBroken({ ...view, content, isFor: ({ upload }) => upload?.author === 'grace' }), '1 failed');
  assert.equal(alsoBroken({ ...view, content, isFor: ({ kind }) => kind === 'upload.empty' }), '1 empty');
  assert.equal(alsoBroken({ ...view, content, isFor: () => false }), null);
});

test('each is what an event about it would be, by the worst that is wrong with it', () => {
  const asked: Pick<Event, 'kind' | 'upload'>[] = [];
  alsoBroken({ ...view, content: { kind: 'events', events: [about('good')] }, isFor: (each) => asked.push(each) > 0 });
  assert.deepEqual(asked[0], {
    kind: 'upload.failed',
    upload: {
      id: 'f1',
      name: 'batch-42',
      link: 'https://g/user/uploads/upload/id/f1',
      author: 'Ada',
      role: 'main_author',
    },
  });
  assert.deepEqual(
    asked.map(({ upload, kind }) => `${upload?.id ?? ''} ${kind}`),
    [
      'f1 upload.failed',
      'f2 upload.failed',
      's upload.stuck',
      'both upload.failed',
      'e upload.entries_failed',
      'empty upload.empty',
    ],
  );
});

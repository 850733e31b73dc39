// The judge judged: of evidence in which all is right it says nothing, and each thing that is made wrong in it is found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventKind } from '../../../src/domain/event.ts';
import { event } from '../../support/builders.ts';
import type { Evidence, StoredDelivery } from './evidence.ts';
import { placeOf } from './monitor.ts';
import { judge } from './oracle.ts';
import { rmSync } from 'node:fs';
import { PLANTS, plant } from './plants.ts';

const ADA = 'ada@lab.example';
const LAB = 'lab@lab.example';

function found(id: string, kind: EventKind, uploadId: string | null, details: Event['details'] = {}): Event {
  const upload = event().upload;
  return event({
    id,
    kind,
    details,
    upload: uploadId === null || upload === null ? null : { ...upload, id: uploadId },
  });
}

const EVENTS = [
  found('e0', 'monitor.baseline', null),
  found('e1', 'upload.failed', 'u0', { complete_time: 2000 }),
  found('e2', 'upload.created', 'u1'),
  found('e3', 'upload.recovered', 'u0', { complete_time: 2100 }),
  found('e4', 'upload.entries_failed', 'u0', { complete_time: 2100, failed: 3 }),
];

function post(of: Event, at: number, id = `w-${of.id}`) {
  return {
    id,
    at,
    body: JSON.stringify({ id: of.id, data: { kind: of.kind, upload: of.upload, details: of.details } }),
  };
}

/** The baseline, then two mails for each recipient, and five webhooks. u0 fails and recovers, u1 is made. */
function evidence(more: Partial<Evidence> = {}): Evidence {
  const mailIds = [['e0'], ['e1'], ['e2', 'e3', 'e4']];
  const delivery = (id: string, channel: string, recipient: string, eventIds: readonly string[]): StoredDelivery => ({
    id,
    channel,
    recipient,
    eventIds,
    state: 'delivered',
    reason: null,
  });
  return {
    truths: new Map([
      [
        'u0',
        {
          halfAt: null,
          ends: [
            { at: 2000, process: 'process_upload', result: 'failed', entries: 7, failing: 0 },
            { at: 2100, process: 'process_upload', result: 'succeeded', entries: 7, failing: 3 },
          ],
          did: [{ does: 'create', at: 10 }],
        },
      ],
      ['u1', { halfAt: null, ends: [], did: [{ does: 'create', at: 1500 }] }],
    ]),
    listed: new Map([
      ['u0', { showsLast: true, process: 'process_upload' }],
      ['u1', { showsLast: false, process: null }],
    ]),
    seen: new Set([2000]),
    baselineBy: 1000,
    recipients: [ADA, LAB],
    mails: [ADA, LAB].flatMap((recipient) =>
      mailIds.map((ids, index) => ({
        id: `m${index}-${recipient}`,
        recipient,
        at: 1000 + index * 1000,
        body: ids.includes('e1') ? 'u0: failed: E-2000' : 'something else',
      })),
    ),
    posts: EVENTS.map((each, index) => post(each, 1000 + index * 500)),
    refused: new Set(),
    denied: new Set(),
    kills: [2500],
    crashes: [{ remembered: [500, 2000, 7777], found: new Set([2000]) }],
    state: {
      integrity: 'ok',
      events: EVENTS,
      unfinished: 0,
      deliveries: [
        ...EVENTS.map(({ id }) => delivery(`w-${id}`, 'webhook', 'webhook', [id])),
        ...[ADA, LAB].flatMap((to) => mailIds.map((ids, index) => delivery(`m${index}-${to}`, 'mail', to, ids))),
      ],
    },
    unrest: null,
    ...more,
  };
}

const base = evidence();
const [u0] = [...base.truths.values()];
const without = <T>(list: readonly T[], index: number) => list.filter((_, at) => at !== index);
const again = <T extends { readonly at: number }>(list: readonly T[], index: number, more: Partial<T>) => [
  ...list,
  ...list.slice(index, index + 1).map((each) => ({ ...each, at: 6000, ...more })),
];
const withEvent = (each: Event) => ({ posts: [...base.posts, post(each, 5000)] });
const truth = (more: Partial<NonNullable<typeof u0>>) => ({
  truths: new Map([...base.truths, ['u0', { halfAt: null, ends: [], did: [], ...u0, ...more }]]),
});

test('nothing is wrong with what is right', () => {
  assert.deepEqual(judge(base), []);
});

test('what is sent again after a kill, or after it was denied, is excused; so is what was refused and is listed as dead', () => {
  assert.deepEqual(judge(evidence({ posts: again(base.posts, 3, {}), kills: [5000] })), []);
  assert.deepEqual(judge(evidence({ mails: again(base.mails, 1, {}), kills: [], denied: new Set([`m1-${ADA}`]) })), []);
  const deliveries = base.state.deliveries.map((each) =>
    each.id === 'w-e1' || each.id === `m1-${LAB}` ? { ...each, state: 'dead', reason: 'gone' } : each,
  );
  const refused = new Set(['w-e1', `m1-${LAB}`]);
  const [posts, mails] = [without(base.posts, 1), without(base.mails, 4)];
  assert.deepEqual(judge(evidence({ posts, mails, refused, state: { ...base.state, deliveries } })), []);
});

const wrong: readonly (readonly [string, Partial<Evidence>, string, RegExp])[] = [
  ['a run that never came to rest', { unrest: 'nothing is listed' }, 'lost', /come to rest/],
  ['no baseline', { posts: without(base.posts, 0) }, 'lost', /the baseline/],
  ['a failure that a poll saw', { posts: without(base.posts, 1) }, 'lost', /u0 failed at 2000/],
  ['the last end of an upload', { posts: without(base.posts, 3) }, 'lost', /u0 succeeded at 2100/],
  ['failed entries', { posts: without(base.posts, 4) }, 'lost', /failed entries of u0/],
  ['a new upload', { posts: without(base.posts, 2) }, 'lost', /u1 was created/],
  [
    'an upload that is gone',
    { listed: without([...base.listed], 1).reduce((map, [id, each]) => map.set(id, each), new Map()) },
    'lost',
    /u1 is gone/,
  ],
  [
    'a publishing',
    truth({
      did: [
        { does: 'create', at: 10 },
        { does: 'publish', at: 1700 },
      ],
    }),
    'lost',
    /u0 was published/,
  ],
  [
    'an empty upload',
    truth({
      ends: [
        { at: 2000, process: 'process_upload', result: 'failed', entries: 7, failing: 0 },
        { at: 2100, process: 'process_upload', result: 'succeeded', entries: 0, failing: 3 },
      ],
    }),
    'lost',
    /u0 is empty/,
  ],
  [
    'an end in the snapshot alone',
    { crashes: [{ remembered: [2100], found: new Set([2000]) }] },
    'lost',
    /left a snapshot/,
  ],
  ['a mail to one of two', { mails: without(base.mails, 4) }, 'lost', /lab@lab.example never read of u0 E-2000/],
  [
    'a webhook again, and nobody was killed',
    { posts: again(base.posts, 3, {}), kills: [] },
    'twice',
    /again, and nobody/,
  ],
  [
    'a webhook again after a kill, in other words',
    {
      posts: again(base.posts, 3, {
        body: post(found('e3', 'upload.recovered', 'u0', { complete_time: 2100, x: 1 }), 1).body,
      }),
      kills: [5000],
    },
    'twice',
    /something else/,
  ],
  [
    'a webhook under another id',
    { posts: again(base.posts, 3, { id: 'w-other' }) },
    'twice',
    /u0 upload.recovered 2100 under two ids/,
  ],
  [
    'a mail under another id',
    { mails: again(base.mails, 1, { id: 'm-other' }) },
    'twice',
    /ada@lab.example read E-2000 in 2 mails/,
  ],
  [
    'a failure that was none',
    withEvent(found('e9', 'upload.failed', 'u0', { complete_time: 2100 })),
    'false',
    /u0: upload.failed/,
  ],
  [
    'a success that was none',
    withEvent(found('e9', 'upload.succeeded', 'u0', { complete_time: 2000 })),
    'false',
    /u0: upload.succeeded/,
  ],
  [
    'a recovery without a failure',
    truth({ ends: [{ at: 2100, process: 'process_upload', result: 'succeeded', entries: 7, failing: 3 }] }),
    'false',
    /u0: upload.recovered/,
  ],
  [
    'another number of failed entries',
    withEvent(found('e9', 'upload.entries_failed', 'u0', { complete_time: 2100, failed: 4 })),
    'false',
    /"failed":4/,
  ],
  [
    'an upload that is deleted and is not',
    withEvent(found('e9', 'upload.deleted', 'u1')),
    'false',
    /u1: upload.deleted/,
  ],
  ['created twice', withEvent(found('e9', 'upload.created', 'u1')), 'false', /u1: upload.created/],
  ['stuck after seconds', withEvent(found('e9', 'upload.stuck', 'u1')), 'false', /u1: upload.stuck/],
  ['NOMAD unreachable', withEvent(found('e9', 'nomad.unreachable', null)), 'false', /NOMAD: nomad.unreachable/],
  ['an upload that never was', withEvent(found('e9', 'upload.created', 'u7')), 'false', /u7: upload.created/],
  [
    'a mail of an error that never was',
    { mails: again(base.mails, 2, { body: 'E-77' }), kills: [5000] },
    'false',
    /a mail tells E-77/,
  ],
  [
    'runs in the wrong order',
    { posts: [0, 3, 1, 2, 4].flatMap((index) => base.posts.slice(index, index + 1)) },
    'false',
    /out of order/,
  ],
  ['a broken state', { state: { ...base.state, integrity: 'row 3 missing' } }, 'state', /integrity/],
  ['an outbox that is not empty', { state: { ...base.state, unfinished: 2 } }, 'state', /2 things still wait/],
  ['a delivery that never arrived', { mails: without(base.mails, 2) }, 'state', /never arrived/],
  [
    'a delivery that died by itself',
    {
      state: {
        ...base.state,
        deliveries: base.state.deliveries.map((each) =>
          each.id === 'w-e2' ? { ...each, state: 'dead', reason: 'x' } : each,
        ),
      },
    },
    'state',
    /w-e2 is dead/,
  ],
  [
    'an arrival that the state does not know',
    { posts: [...base.posts, post(found('e3', 'upload.recovered', 'u0', { complete_time: 2100 }), 2000, 'w-odd')] },
    'state',
    /w-odd arrived/,
  ],
  [
    'an event without its notifications',
    { state: { ...base.state, events: [...EVENTS, found('e8', 'upload.started', 'u0')] } },
    'state',
    /e8 is not on its way/,
  ],
];
for (const [what, more, promise, words] of wrong) {
  test(`found: ${what}`, () => {
    const violations = judge(evidence(more)).filter((each) => each.promise === promise);
    assert.ok(
      violations.some((each) => words.test(each.what)),
      JSON.stringify(violations),
    );
  });
}

const ports = new Map([[2525, 'mail server']]);
const places: readonly (readonly [string, string | null])[] = [
  [
    '12 write(5<TCP:[127.0.0.1:4->127.0.0.1:2525]>, ""..., 6) = 6\n13 +++ killed by SIGKILL +++\n',
    'write: mail server',
  ],
  ['12 write(5<TCP:[127.0.0.1:4->127.0.0.1:9]>, ""..., 6) = ?\n', 'write: another connection'],
  ['12 fsync(22</s/state.sqlite-wal> <unfinished ...>\n12 <... fsync resumed>) = ?\n', 'fsync: state.sqlite-wal'],
  ['12 fsync(22</s/lock-journal>) = ?\n', 'fsync: lock-journal'],
  ['12 fsync(22</s>) = ?\n', 'fsync: the folder'],
  ['12 write(2<pipe:[77]>, ""..., 6) = 6\n', 'write: log, or within the process'],
  ['', null],
];
for (const [trace, place] of places) {
  test(`the place of a kill is read from the trace: ${String(place)}`, () => {
    assert.equal(placeOf(trace, ports), place);
  });
}

for (const name of Object.keys(PLANTS))
  test(`the fault can still be put in: ${name}`, () => {
    rmSync(plant(name), { recursive: true });
  });

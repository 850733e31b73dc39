// The first line: what the subject does not say. A table of each kind of message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_KINDS, type Event, type EventKind } from '../../../src/domain/event.ts';
import { firstLine, messageOf } from '../../../src/domain/message/message.ts';
import { NOTHING_PAST } from '../../../src/domain/message/past.ts';
import { MINUTE, T0, event } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const after = (more: Partial<NonNullable<Event['after']>> = {}) =>
  ({
    status: 'SUCCESS',
    process: 'process_upload',
    message: null,
    errors: ['E'],
    warnings: [],
    entries: 20,
    ...more,
  }) as const;
let made = 0;
const of = (name: string, kind: EventKind = 'upload.failed', more: Partial<Event> = {}): Event =>
  event({
    id: `e${(made += 1)}`,
    kind,
    upload: { id: name, name, link: 'https://n', author: 'ada', role: 'main_author' },
    after: after(),
    ...more,
  });
const nomad = (kind: EventKind, details: Event['details'] = {}) =>
  event({ id: `e${(made += 1)}`, kind, upload: null, after: null, details });
const took = { took_ms: 12 * MINUTE };
const lead = (events: readonly Event[], wentWell?: ReadonlyMap<string, number>) =>
  messageOf({ kind: 'events', events }, { ...NOTHING_PAST, ...(wentWell && { wentWell }) }).lead;

const rows: readonly (readonly [string, readonly Event[], string])[] = [
  ['a failure whose start was seen', [of('a', 'upload.failed', { details: took })], 'It ran for 12 min.'],
  ['a failure of which nothing is known', [of('a')], ''],
  [
    'failed entries',
    [of('a', 'upload.entries_failed', { details: { entries: 20, failed: 14 } })],
    'The other 6 entries can be used.',
  ],
  [
    'failed entries but one',
    [of('a', 'upload.entries_failed', { details: { entries: 2, failed: 1 } })],
    'The other entry can be used.',
  ],
  [
    'failed entries, all',
    [of('a', 'upload.entries_failed', { details: { entries: 2, failed: 2 } })],
    'None of its entries can be used.',
  ],
  ['failed entries of an unknown number', [of('a', 'upload.entries_failed')], 'None of its entries can be used.'],
  ['an empty one', [of('a', 'upload.empty', { details: took })], 'It ran for 12 min.'],
  [
    'a stuck one: where it is',
    [of('a', 'upload.stuck', { after: after({ message: 'Parsing\nall\u202e entries' }), details: { still_ms: HOUR } })],
    'NOMAD shows: process_upload, Parsing all entries.',
  ],
  [
    'a stuck one that says nothing',
    [of('a', 'upload.stuck', { after: after({ process: null }), details: { still_ms: HOUR } })],
    '',
  ],
  [
    'one that moves again',
    [of('a', 'upload.unstuck', { details: { still_ms: 125 * MINUTE } })],
    'It had not changed for 2 h 5 min.',
  ],
  ['a recovery', [of('a', 'upload.recovered', { details: took })], 'It ran for 12 min. It has 20 entries.'],
  ['a success without entries', [of('a', 'upload.succeeded', { after: after({ entries: 0 }) })], ''],
  ['other errors', [of('a', 'upload.errors_changed')], 'It shows 1 error now.'],
  [
    'no errors any more',
    [of('a', 'upload.errors_changed', { after: after({ errors: [] }) })],
    'You need not do anything.',
  ],
  ['a deletion', [of('a', 'upload.deleted')], 'If you did not delete it, ask its authors.'],
  ['an access that was taken', [of('a', 'upload.unshared')], 'If that is a mistake, ask its main author.'],
  ['NOMAD away', [nomad('nomad.unreachable', { since: T0 })], 'Your uploads cannot be watched until it answers again.'],
  ['NOMAD back', [nomad('nomad.reachable', { since: T0 })], 'Your uploads are being watched again.'],
  ['a refused login', [nomad('nomad.login_refused')], 'Your uploads cannot be watched until this is fixed.'],
  ['a login that works again', [nomad('nomad.login_restored')], 'Your uploads are being watched again.'],
  ['a token that ends', [nomad('nomad.token_expiring', { expires: T0 })], 'After that your uploads cannot be watched.'],
  [
    'a stall',
    [nomad('nomad.processing_stalled', { still_ms: HOUR, waiting: 3 })],
    'You need not do anything about your uploads.',
  ],
  ['its end', [nomad('nomad.processing_resumed', { still_ms: HOUR })], 'You need not do anything about your uploads.'],
  [
    'several of one upload: where it ended up',
    [of('a', 'upload.failed'), of('a', 'upload.recovered', { time: T0 + 1, details: took })],
    'It ran for 12 min. It has 20 entries.',
  ],
  [
    'several that the subject names: why',
    [
      of('a', 'upload.failed', { details: { reason: 'KeyError' } }),
      of('b', 'upload.stuck', { details: { still_ms: HOUR } }),
      of('c', 'upload.recovered'),
    ],
    'a: KeyError; b: no change for 1 h.',
  ],
  [
    'reasons that are sentences',
    [of('a', 'upload.failed', { details: { reason: 'No space left.' } }), of('b', 'upload.recovered')],
    'a: No space left.',
  ],
  [
    'several that the subject names, for the same reason',
    ['a', 'b'].map((name) => of(name)),
    'For the same reason: E.',
  ],
  ['several that the subject names, without a reason', ['a', 'b'].map((name) => of(name, 'upload.deleted')), ''],
  ['several that the subject counts: which', ['a', 'b', 'c', 'd'].map((name) => of(name)), 'a, b, c and d.'],
  ['more of them', ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => of(name)), 'a, b, c, d, e and 2 more.'],
  [
    'uploads and NOMAD: the uploads',
    [nomad('nomad.reachable', { since: T0 }), ...['a', 'b', 'c', 'd'].map((name) => of(name))],
    'a, b, c and d.',
  ],
];
for (const [what, events, expected] of rows) {
  test(`first line of ${what}: ${expected === '' ? 'only when' : expected}`, () => {
    assert.equal(lead(events), expected);
  });
}

test('when it last went well stands in it, as long before the event, not before the try', () => {
  const failed = of('a', 'upload.failed', { details: took });
  assert.equal(
    lead([failed], new Map([[failed.id, T0 - 3 * DAY - 4 * HOUR]])),
    'It ran for 12 min and last went well 3 days 4 h earlier.',
  );
  const entries = of('a', 'upload.entries_failed', { details: { entries: 3, failed: 1 } });
  assert.equal(
    lead([entries], new Map([[entries.id, T0 - DAY]])),
    'It last went well 1 day earlier. The other 2 entries can be used.',
  );
  assert.equal(lead([failed], new Map([['another', T0]])), 'It ran for 12 min.');
});

test('of several uploads each says it for itself', () => {
  const [a, b] = [of('a', 'upload.failed', { details: took }), of('b')];
  const { items } = messageOf(
    { kind: 'events', events: [a, b] },
    {
      ...NOTHING_PAST,
      wentWell: new Map([[b.id, T0 - DAY]]),
    },
  );
  assert.deepEqual(
    items.map(({ facts }) => facts),
    [['ran for 12 min'], ['last went well 1 day earlier']],
  );
});

test('the line ends with when it was; what was held back, with from when to when; the first mail and what is no news without', () => {
  const line = (events: readonly Event[]) => firstLine(messageOf({ kind: 'events', events }), 'Europe/Berlin');
  assert.equal(
    line([of('a', 'upload.failed', { details: took })]),
    'It ran for 12 min. Found on 20 Nov 2026, 11:00 CET.',
  );
  assert.equal(line([of('a')]), 'Found on 20 Nov 2026, 11:00 CET.');
  assert.equal(
    line([of('a'), of('b', 'upload.failed', { time: T0 + HOUR })]),
    'For the same reason: E. All of this happened between 20 Nov, 11:00 and 20 Nov 2026, 12:00 CET.',
  );
  assert.match(
    line([nomad('monitor.baseline', { uploads: 2, failed: 0 })]),
    /^None of them is broken, as far as is known\.$/,
  );
  assert.equal(firstLine(messageOf({ kind: 'test' }), 'UTC'), 'This is a test. Nothing happened to any upload.');
});

for (const kind of EVENT_KINDS.filter((each) => each !== 'monitor.baseline')) {
  test(`first line of ${kind}: it does not repeat the subject`, () => {
    const details = {
      entries: 3,
      failed: 1,
      still_ms: HOUR,
      since: T0 - HOUR,
      expires: T0 + HOUR,
      waiting: 2,
      reason: 'KeyError',
    };
    const message = messageOf({
      kind: 'events',
      events: [kind.startsWith('upload.') ? of('batch-42', kind, { details }) : nomad(kind, details)],
    });
    const said = message.subject.replace('[NOMAD] ', '');
    assert.ok(!firstLine(message, 'UTC').includes(said), said);
    assert.ok(!said.includes(message.lead) || message.lead === '', message.lead);
  });
}

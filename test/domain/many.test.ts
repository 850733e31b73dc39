// What a message makes of many events: its subject, its thread, and what it has room for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_KINDS, type Event, type EventKind } from '../../src/domain/event.ts';
import { MINUTE, T0, event, messageAbout } from '../support/builders.ts';

const after = (error: string) => ({
  status: 'FAILURE' as const,
  process: null,
  message: null,
  errors: [error],
  warnings: [],
  entries: 4,
});
let made = 0;
/** Something that happened to the upload of that name. */
const of = (name: string, kind: EventKind = 'upload.failed', more: Partial<Event> = {}): Event =>
  event({
    id: `e${(made += 1)}`,
    kind,
    upload: { id: `id of ${name}`, name, link: `https://n/${name}`, author: 'ada', role: 'main_author' },
    after: after('E'),
    ...more,
  });
const nomad = (kind: EventKind, details: Event['details'] = {}) =>
  event({ id: `e${(made += 1)}`, kind, upload: null, after: null, details });
const times = (count: number, make: (index: number) => Event) =>
  Array.from({ length: count }, (_, index) => make(index));
const subjectOf = (events: readonly Event[]) => messageAbout(events).subject;

const many: Readonly<Record<string, string>> = {
  'upload.created': '4 uploads are new',
  'upload.started': '4 uploads are being processed',
  'upload.succeeded': '4 uploads succeeded',
  'upload.failed': '4 uploads failed',
  'upload.recovered': '4 uploads recovered',
  'upload.entries_failed': '4 uploads have failed entries',
  'upload.empty': '4 uploads are empty',
  'upload.errors_changed': '4 uploads have changed errors',
  'upload.warnings_changed': '4 uploads have changed warnings',
  'upload.stuck': '4 uploads are stuck',
  'upload.unstuck': '4 uploads are no longer stuck',
  'upload.edited': '4 uploads were edited',
  'upload.stopped': '4 uploads were stopped',
  'upload.reset': '4 uploads were reset',
  'upload.published': '4 uploads were published',
  'upload.deleted': '4 uploads were deleted',
  'upload.unshared': '4 uploads are no longer shared with you',
};
for (const kind of EVENT_KINDS.filter((each) => each.startsWith('upload.'))) {
  test(`subject of four: ${many[kind] ?? '?'}`, () => {
    assert.equal(subjectOf(times(4, (index) => of(`u${index}`, kind))), `[NOMAD] ${many[kind] ?? '?'}`);
  });
}

const LONG = 'x'.repeat(80);
const subjects: readonly (readonly [string, readonly Event[], string])[] = [
  ['of a first poll', [nomad('monitor.baseline', { uploads: 38, failed: 4 })], 'Now watching 38 uploads: 4 failed'],
  ['with nothing failed', [nomad('monitor.baseline', { uploads: 1, failed: 0 })], 'Now watching 1 upload'],
  [
    'the same of NOMAD twice is said once',
    [nomad('nomad.login_restored'), nomad('nomad.login_restored'), of('a', 'upload.created')],
    'NOMAD accepts the login again; a is new',
  ],
  [
    'what is worse comes first, whenever it was found',
    [of('a', 'upload.created'), of('b', 'upload.stuck'), of('c', 'upload.failed')],
    'c failed, b is stuck, a is new',
  ],
  [
    'of one upload three changes are said in the order of time, with the reason of the last',
    [
      of('a', 'upload.failed', { time: T0 + 3 }),
      of('a', 'upload.succeeded', { time: T0 + 2 }),
      of('a', 'upload.created', { time: T0 + 1 }),
    ],
    'a is new, succeeded, failed: E',
  ],
  [
    'of more only the last, and how many there were before',
    (['upload.created', 'upload.succeeded', 'upload.failed', 'upload.reset', 'upload.recovered'] as const).map(
      (kind, index) => of('a', kind, { time: T0 + index }),
    ),
    'a recovered, after 4 other changes',
  ],
  ['a long name is cut', [of(LONG)], `${'x'.repeat(59)}… failed: E`],
  ['shorter beside another', [of(LONG), of('b')], `${'x'.repeat(29)}… and b failed`],
  [
    'those that went alike are named together, whatever was found between',
    [of('a', 'upload.stuck'), of('b', 'upload.created'), of('c', 'upload.stuck')],
    'a and c are stuck, b is new',
  ],
  ['three alike', ['a', 'b', 'c'].map((name) => of(name, 'upload.deleted')), 'a, b and c were deleted'],
  [
    'what has a number in it is said of each',
    ['a', 'b'].map((name) => of(name, 'upload.entries_failed', { details: { failed: 2, entries: 3 } })),
    'a has 2 failed entries of 3, b has 2 failed entries of 3',
  ],
  [
    'three names that do not fit are counted',
    (['upload.failed', 'upload.stuck', 'upload.recovered'] as const).map((kind) => of(`${kind} ${LONG}`, kind)),
    '3 uploads: 1 failed, 1 stuck, 1 recovered',
  ],
  [
    'only what can be said of any number follows the number of uploads',
    [...times(4, (index) => of(`u${index}`)), of('v', 'upload.recovered'), of('w', 'upload.succeeded')],
    '4 uploads failed, 1 recovered, 1 succeeded',
  ],
  [
    'one that failed and then recovered has recovered',
    [...times(4, (index) => of(`u${index}`)), of('u0', 'upload.recovered', { time: T0 + 1 })],
    '3 uploads failed, 1 recovered',
  ],
  ['an upload that failed twice counts once', [...times(4, (index) => of(`u${index}`)), of('u0')], '4 uploads failed'],
  [
    'the worst first, also when another upload had it',
    [of('u0'), of('u0', 'upload.published'), ...times(3, (index) => of(`v${index}`, 'upload.stuck'))],
    '4 uploads: 1 failed, 3 stuck',
  ],
  [
    'each upload is counted once, by the worst that was found last',
    [...times(4, (index) => of(`u${index}`, 'upload.created')), of('u0'), of('u1')],
    '4 uploads: 2 failed, 2 new',
  ],
];
for (const [what, events, expected] of subjects) {
  test(`subject: ${what}`, () => {
    assert.equal(subjectOf(events), `[NOMAD] ${expected}`);
  });
}

test('a subject has at most 140 characters', () => {
  assert.equal(subjectOf([of(LONG, 'upload.failed', { after: after('E'.repeat(200)) })]).length, 140);
});

test('the first message says what is to be expected of the next ones', () => {
  const { lead, note } = messageAbout([nomad('monitor.baseline', { uploads: 2, failed: 0 })]);
  assert.equal(lead, 'None of them is broken, as far as is known.');
  assert.equal(note, 'You will be notified of changes.');
});

test('a message about one upload belongs to its thread; of several, or of NOMAD, to none', () => {
  assert.equal(messageAbout([of('a'), of('a', 'upload.published')]).threadUploadId, 'id of a');
  assert.equal(messageAbout([of('a'), of('b')]).threadUploadId, null);
  assert.equal(messageAbout([nomad('nomad.login_restored')]).threadUploadId, null);
  assert.equal(messageAbout([of('a'), nomad('nomad.login_restored')]).threadUploadId, null);
});

test('what lies 10 minutes apart was held back, and the message says from when to when it happened', () => {
  const span = (minutes: number) =>
    messageAbout([of('b', 'upload.failed', { time: T0 + minutes * MINUTE }), of('a')]).span;
  assert.equal(span(9), null);
  assert.deepEqual(span(10), { from: T0, to: T0 + 10 * MINUTE });
});

test('what there is room for is told; the rest is counted. Room is reckoned as HTML, and one item is always told', () => {
  const failing = (count: number, error: (index: number) => string) =>
    messageAbout(
      times(count, (index) =>
        of(`u${index}`, 'upload.failed', { after: { ...after(''), errors: Array<string>(5).fill(error(index)) } }),
      ),
    );
  const shown = ({ items, more }: { readonly items: readonly unknown[]; readonly more: number }) => [
    items.length,
    more,
  ];
  // about 300 characters in each of five lines
  assert.deepEqual(shown(failing(30, (index) => `${index} ${'x'.repeat(290)}`)), [12, 18]);
  assert.deepEqual(shown(failing(8, () => 'ä'.repeat(300))), [4, 4]);
  assert.deepEqual(shown(failing(8, () => '<'.repeat(300))), [2, 6]);
  const history = times(8 * 4, (index) =>
    of(`u${index % 4}`, 'upload.failed', { time: T0 + index, after: after('<'.repeat(120)) }),
  );
  assert.deepEqual(shown(messageAbout(history)), [2, 2]);
  const errors = Array<string>(5).fill('<'.repeat(300));
  const whole = (['upload.failed', 'upload.errors_changed', 'upload.warnings_changed'] as const).map((kind) =>
    of('a', kind, { after: { ...after(''), errors, warnings: errors } }),
  );
  assert.deepEqual(shown(messageAbout([...whole, of('b', 'upload.created')])), [1, 1]);
});

test('subjects say it all', () => {
  const of = (n: number, kind: 'upload.failed' | 'upload.recovered') =>
    Array.from({ length: n }, (_, index) =>
      event({
        id: `${kind}${index}`,
        kind,
        upload: { id: `${kind}${index}`, name: 'x', link: '', author: 'ada', role: null },
      }),
    );
  assert.equal(messageAbout([event()]).subject, '[NOMAD] batch-42 failed: parser raised system exit');
  assert.equal(
    messageAbout([...of(2, 'upload.recovered'), ...of(14, 'upload.failed')]).subject,
    '[NOMAD] 14 uploads failed, 2 recovered',
  );
  assert.equal(
    messageAbout([event({ details: { again: true } })]).subject,
    '[NOMAD] batch-42 failed again: parser raised system exit',
  );
});

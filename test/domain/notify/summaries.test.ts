// Summaries: when each is due, and what it says of which uploads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventKind } from '../../../src/domain/event.ts';
import { ALL_UPLOADS, type SummaryRule } from '../../../src/domain/notify/routing.ts';
import { type Happened, isSame, summaryOf, summaryPlan } from '../../../src/domain/notify/summaries.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, inspected, progressed, snapshot, watched } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIDNIGHT = Math.floor(T0 / DAY) * DAY;
/** `day`: each midnight, `hour`: each full hour. */
const nextAfter = (schedule: string, time: number) => {
  const span = schedule === 'day' ? DAY : HOUR;
  return Math.floor(time / span) * span + span;
};
type Times = Readonly<Record<string, number>>;

const plans: readonly (readonly [string, readonly string[], Times, number, Times, Times])[] = [
  ['a new one is not due at once', ['day'], {}, T0, {}, { day: T0 }],
  ['not before its time', ['day'], { day: T0 }, MIDNIGHT + DAY - 1, {}, { day: T0 }],
  ['at its time', ['day'], { day: T0 }, MIDNIGHT + DAY, { day: T0 }, { day: T0 }],
  ['days late: once, of all that time', ['day'], { day: T0 }, T0 + 5 * DAY, { day: T0 }, { day: T0 }],
  ['each by its own schedule', ['day', 'hour'], { day: T0, hour: T0 }, T0 + HOUR, { hour: T0 }, { day: T0, hour: T0 }],
  ['two of one schedule are one', ['day', 'day'], { day: T0 }, T0 + DAY, { day: T0 }, { day: T0 }],
  ['one that is no longer there is forgotten', ['day'], { day: T0, hour: 1 }, T0 + 1, {}, { day: T0 }],
  ['the time of before is that of any schedule', ['day'], { '': T0 - DAY }, T0, { day: T0 - DAY }, { day: T0 - DAY }],
  ['but not of one that has its own', ['day'], { '': T0 - DAY, day: T0 - 1 }, T0, {}, { day: T0 - 1 }],
  ['a clock that was set back: its next time by this clock', ['day'], { day: T0 + DAY }, T0, {}, { day: T0 }],
  ['none', [], { day: T0 }, T0 + DAY, {}, {}],
];
for (const [what, schedules, known, now, due, times] of plans) {
  test(`when a summary is due: ${what}`, () => {
    const plan = summaryPlan(schedules, new Map(Object.entries(known)), nextAfter, now);
    assert.deepEqual(Object.fromEntries(plan.due), due);
    assert.deepEqual(Object.fromEntries(plan.times), times);
  });
}

test('what is remembered is written only when it is another', () => {
  const some = new Map([['day', 1]]);
  assert.equal(isSame(some, new Map(some)), true);
  assert.equal(isSame(some, new Map([['day', 2]])), false);
  assert.equal(isSame(some, new Map([['hour', 1]])), false);
  assert.equal(isSame(some, new Map()), false);
});

const ADA = 'Ada Lovelace';
const GRACE = 'Grace Hopper';
const names = new Map([
  ['ada', ADA],
  ['grace', GRACE],
]);
const summarise = (
  uploads: readonly TrackedUpload[],
  happened: readonly Happened[] = [],
  rule: Partial<SummaryRule> = {},
) =>
  summaryOf({
    rule: { match: ALL_UPLOADS, groupBy: null, ...rule },
    view: { snapshot: snapshot(uploads), names, gui: 'https://n/gui', userId: 'ada' },
    happened,
    from: T0 - DAY,
    to: T0,
  });
const ofGrace = { mainAuthor: 'grace', coauthors: ['ada'] };
const failed = (id: string, more = {}) => watched({ id, status: 'FAILURE', errors: ['KeyError'], ...more });
const found = (uploadId: string, kind: EventKind): Happened => ({ uploadId, kind, gone: null });

const GROUP: readonly TrackedUpload[] = [
  watched({ id: 'good', published: true }),
  watched({ id: 'running', status: 'RUNNING' }, { progress: progressed({ since: T0 - HOUR }) }),
  watched({ id: 'stuck', status: 'RUNNING' }, { progress: progressed({ since: T0 - HOUR, stuck: true }) }),
  failed('broken'),
  watched(
    { id: 'entries', entries: 20, ...ofGrace },
    { inspection: inspected({ failed: 2, newestEnd: T0 - 5 * HOUR }) },
  ),
  watched({ id: 'hollow', entries: 0, ...ofGrace }, { statusSince: T0 - 2 * HOUR }),
];

test('all that is wrong, worst first, since when and why; each upload counted once', () => {
  const { standing, ...rest } = summarise(GROUP, [found('good', 'upload.succeeded'), found('broken', 'upload.failed')]);
  assert.deepEqual(rest, {
    kind: 'summary',
    from: T0 - DAY,
    to: T0,
    uploads: 6,
    counts: { failed: 1, stuck: 1, entries_failed: 1, empty: 1, processing: 1 },
    well: 1,
    events: { 'upload.succeeded': 1, 'upload.failed': 1 },
    more: 0,
    unchecked: 0,
    authors: 2,
    groups: null,
  });
  assert.deepEqual(
    standing.map(({ upload, condition, since, reason }) => [upload.id, upload.author, condition, since, reason]),
    [
      ['broken', ADA, 'failed', T0 - 30 * MINUTE, 'KeyError'],
      ['stuck', ADA, 'stuck', T0 - HOUR, null],
      ['entries', GRACE, 'entries_failed', T0 - 5 * HOUR, '2 of 20 entries failed'],
      ['hollow', GRACE, 'empty', T0 - 2 * HOUR, 'NOMAD found no entries in it'],
    ],
  );
});

test('by author: those with the worst first, what went well by name when it is little', () => {
  const well = ['good', 'broken'].map((id) => found(id, 'upload.recovered'));
  const { groups } = summarise(GROUP, well, { groupBy: 'author' });
  assert.deepEqual(groups, [
    {
      author: ADA,
      uploads: 4,
      counts: { failed: 1, stuck: 1, entries_failed: 0, empty: 0, processing: 1 },
      well: 1,
      names: ['batch-42'],
    },
    {
      author: GRACE,
      uploads: 2,
      counts: { failed: 0, stuck: 0, entries_failed: 1, empty: 1, processing: 0 },
      well: 0,
      names: [],
    },
  ]);
});

const wellRows: readonly (readonly [string, TrackedUpload, EventKind, number])[] = [
  ['a success', watched(), 'upload.succeeded', 1],
  ['a recovery', watched(), 'upload.recovered', 1],
  ['a publication', watched({ published: true }), 'upload.published', 1],
  ['nothing but a start', watched(), 'upload.started', 0],
  ['a success before a failure', failed('u1'), 'upload.succeeded', 0],
  ['a success with failed entries', watched({}, { inspection: inspected({ failed: 1 }) }), 'upload.succeeded', 0],
  ['a success without entries', watched({ entries: 0 }), 'upload.succeeded', 0],
];
for (const [what, upload, kind, well] of wellRows) {
  test(`what went well: ${what}`, () => {
    assert.equal(summarise([upload], [found('u1', kind)]).well, well);
  });
}

const matches: readonly (readonly [string, Partial<SummaryRule['match']>, readonly string[]])[] = [
  ['an author, whatever the case', { author: ['grace*'] }, ['entries', 'hollow']],
  ['a name', { uploadName: ['batch-42'] }, ['broken', 'stuck', 'entries', 'hollow']],
  ['no name', { uploadName: ['other'] }, []],
  ['a role', { role: ['coauthor'] }, ['entries', 'hollow']],
];
for (const [what, match, listed] of matches) {
  test(`a summary of the uploads of ${what}`, () => {
    const { standing } = summarise(GROUP, [], { match: { ...ALL_UPLOADS, ...match } });
    assert.deepEqual(
      standing.map(({ upload }) => upload.id),
      listed,
    );
  });
}

test('what happened is counted of the uploads that it is about, also of those that are gone', () => {
  const link = 'https://n/gui/user/uploads/upload/id/gone';
  const gone = { id: 'gone', name: 'x', link, author: GRACE, role: 'coauthor' } as const;
  const happened: readonly Happened[] = [
    found('entries', 'upload.failed'),
    found('broken', 'upload.failed'),
    found('gone', 'upload.failed'),
    { uploadId: 'gone', kind: 'upload.deleted', gone },
    found('gone long since', 'upload.failed'),
  ];
  const { events } = summarise(GROUP, happened, { match: { ...ALL_UPLOADS, author: [GRACE] } });
  assert.deepEqual(events, { 'upload.failed': 2, 'upload.deleted': 1 });
});

const many = (count: number, more: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) => failed(`u${String(index).padStart(3)}`, more(index)));

test('a summary lists 50 uploads; the rest is counted', () => {
  const { standing, more } = summarise(many(53));
  assert.deepEqual([standing.length, more, standing.at(-1)?.upload.id], [50, 3, 'u 49']);
  assert.equal(summarise(many(50)).more, 0);
});

test('by author it lists 10 of each, of 25 authors, so that nobody hides the others', () => {
  const two = [...many(30), failed('v', ofGrace)];
  const { standing, more } = summarise(two, [], { groupBy: 'author' });
  assert.deepEqual([standing.length, more, standing.at(-1)?.upload.id], [11, 20, 'v']);
  const crowd = summarise(
    many(30, (index) => ({ mainAuthor: `author ${String(index).padStart(2, '0')}` })),
    [],
    { groupBy: 'author' },
  );
  assert.deepEqual([crowd.groups?.length, crowd.authors, crowd.standing.length, crowd.more], [25, 30, 25, 5]);
});

const ENDED = T0 - 3 * HOUR;
const sinceRows: readonly (readonly [string, TrackedUpload['inspection'], number])[] = [
  ['the end of its entries', inspected({ failed: 1, newestEnd: ENDED }), ENDED],
  ['its own end, where none of its entries is dated', inspected({ failed: 1 }), T0 - HOUR],
  [
    'its own end, where it ended before the first poll',
    inspected({ failed: 1, newestEnd: T0, run: 'before' }),
    T0 - HOUR,
  ],
];
for (const [what, inspection, since] of sinceRows) {
  test(`failed entries are so since ${what}`, () => {
    const { standing } = summarise([watched({}, { inspection, statusSince: T0 - HOUR })]);
    assert.deepEqual(
      standing.map((each) => [each.condition, each.since]),
      [['entries_failed', since]],
    );
  });
}

test('uploads of whose entries nothing is known yet are counted', () => {
  const before = (askAt: number | null) => inspected({ why: 'before', askAt, failed: null });
  const uploads = [
    watched({ id: 'a' }, { inspection: before(T0) }),
    watched({ id: 'b' }, { inspection: before(null) }),
    watched({ id: 'c' }, { inspection: inspected({ askAt: T0 }) }),
  ];
  assert.equal(summarise(uploads).unchecked, 1);
});

test('more than five that went well are only counted', () => {
  const good = Array.from({ length: 6 }, (_, index) => watched({ id: `g${index}`, name: `name ${index}` }));
  const happened = good.map(({ upload }) => found(upload.id, 'upload.succeeded'));
  const of = (count: number) => summarise(good.slice(0, count), happened, { groupBy: 'author' }).groups?.[0];
  assert.deepEqual(of(5)?.names, ['name 0', 'name 1', 'name 2', 'name 3', 'name 4']);
  assert.deepEqual([of(6)?.well, of(6)?.names], [6, []]);
});

test('authors with nothing wrong: who had something go well first, then by name', () => {
  const uploads = ['c', 'b', 'a'].map((author) => watched({ id: author, mainAuthor: author }));
  const { groups } = summarise(uploads, [found('b', 'upload.succeeded')], { groupBy: 'author' });
  assert.deepEqual(
    groups?.map(({ author }) => author),
    ['b', 'a', 'c'],
  );
});

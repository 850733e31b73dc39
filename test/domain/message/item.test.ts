// The items of a message: which are put together, in which order, and what each says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventKind } from '../../../src/domain/event.ts';
import { MINUTE, T0, event, messageAbout } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
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
const LONG = 'x'.repeat(80);

const titles = (events: readonly Event[]) =>
  messageAbout(events).items.map(({ title, headline }) => `${title} ${headline}`);

test('up to eight items stay by themselves; of nine those that failed for the same reason are one, if they are three', () => {
  const same = (count: number) => times(count, (index) => of(`u${index}`, 'upload.empty'));
  assert.equal(titles(same(8)).length, 8);
  assert.deepEqual(titles(same(9)), ['9 uploads are empty: no file matched a parser']);
  const rest = times(7, (index) => of(`v${index}`, 'upload.failed', { after: after(`E${index}`) }));
  assert.equal(titles([...same(2), ...rest]).length, 9);
  assert.deepEqual(titles([...same(3), ...rest]).slice(-2), [
    'v6 failed',
    '3 uploads are empty: no file matched a parser',
  ]);
});

test('the worst comes first, by what is worst of what was found last', () => {
  const later = { time: T0 + HOUR };
  const events = [
    of('new', 'upload.created'),
    of('stuck', 'upload.stuck'),
    of('was stuck', 'upload.stuck'),
    of('was stuck', 'upload.unstuck', later),
    of('empty', 'upload.succeeded'),
    of('empty', 'upload.empty'),
  ];
  assert.deepEqual(
    messageAbout(events).items.map(({ title }) => title),
    ['empty', 'stuck', 'was stuck', 'new'],
  );
});

test('many without a reason are told without one', () => {
  assert.deepEqual(titles(times(9, (index) => of(`u${index}`, 'upload.created'))), ['9 uploads are new']);
});

test('among the equally bad, what concerns most uploads comes first', () => {
  const failing = (count: number, error: string) =>
    times(count, (index) => of(`${error}${index}`, 'upload.failed', { after: after(error) }));
  assert.deepEqual(titles([...failing(3, 'rare'), ...failing(9, 'common')]), [
    '9 uploads failed: common',
    '3 uploads failed: rare',
  ]);
});

test('an upload that several things happened to, and NOMAD itself, are never put together with others', () => {
  const events = [
    ...times(9, (index) => of(`u${index}`)),
    of('u0', 'upload.published'),
    of('u1', 'upload.published'),
    of('u2', 'upload.published'),
    ...times(3, () => nomad('nomad.login_restored')),
  ];
  assert.deepEqual(titles(events), [
    '6 uploads failed: E',
    'u0 failed, was published',
    'u1 failed, was published',
    'u2 failed, was published',
    'NOMAD accepts the login again',
    'NOMAD accepts the login again',
    'NOMAD accepts the login again',
  ]);
});

test('many of the same name ten, with links to where they are; what is gone is nowhere', () => {
  const [item] = messageAbout(times(12, (index) => of(`u${index}`, 'upload.reset', { time: T0 + index }))).items;
  assert.deepEqual(item?.lines.slice(-2), [
    { text: 'u9', link: 'https://n/u9' },
    { text: '… and 2 more', link: null },
  ]);
  assert.deepEqual(
    [item.lines.length, item.tone, item.link, item.history, item.time],
    [11, 'plain', null, [], T0 + 11],
  );
  assert.match(item.advice ?? '', /Process them again/);
  for (const kind of ['upload.deleted', 'upload.unshared'] as const) {
    const [gone] = messageAbout(times(10, (index) => of(`u${index}`, kind))).items;
    assert.deepEqual([gone?.lines.length, gone?.lines[0]], [10, { text: 'u0', link: null }]);
    assert.equal(messageAbout([of('a', kind)]).items[0]?.link, null);
  }
  assert.equal(messageAbout([of('a')]).items[0]?.link, 'https://n/a');
});

test('of many stuck uploads no command is given: it would name only one', () => {
  const [item] = messageAbout(times(9, (index) => of(`u${index}`, 'upload.stuck'))).items;
  assert.match(item?.advice ?? '', /their authors can end them themselves/);
  assert.doesNotMatch(item?.advice ?? '', /\n|u0/);
});

test('of one upload the last eight things are told, with their reasons; the headline says where it ended up', () => {
  const events = times(10, (index) => of('a', 'upload.failed', { time: T0 + index * HOUR, after: after(`E${index}`) }));
  const [item] = messageAbout([...events, of('a', 'upload.recovered', { time: T0 + 10 * HOUR })]).items;
  assert.deepEqual(
    item?.history.map(({ text }) => text),
    ['failed: E3', 'failed: E4', 'failed: E5', 'failed: E6', 'failed: E7', 'failed: E8', 'failed: E9', 'recovered'],
  );
  assert.deepEqual([item.headline, item.history[0]?.time, item.time], ['recovered', T0 + 3 * HOUR, T0 + 10 * HOUR]);
});

test('found at the same time is one thing: the worst leads, and there is no history', () => {
  const [item] = messageAbout([of('a', 'upload.succeeded'), of('a', 'upload.empty')]).items;
  assert.deepEqual([item?.headline, item?.tone, item?.history], ['is empty, succeeded', 'bad', []]);
  assert.deepEqual(item?.lines, [{ text: '4 entries', link: null }]);
  assert.match(item.advice ?? '', /recognised no file/);
});

test('what to do is said by the worst of which there is something to do', () => {
  const [item] = messageAbout([of('a', 'upload.errors_changed'), of('a', 'upload.reset')]).items;
  assert.match(item?.advice ?? '', /administrator of NOMAD reset it/);
});

const tones: readonly (readonly [string, Event, string])[] = [
  ['errors that are gone', of('a', 'upload.errors_changed', { after: { ...after(''), errors: [] } }), 'good'],
  ['errors that changed', of('a', 'upload.errors_changed'), 'bad'],
  ['a success', of('a', 'upload.succeeded'), 'good'],
  ['a start, whatever errors there were', of('a', 'upload.started', { after: { ...after(''), errors: [] } }), 'plain'],
];
for (const [what, told, tone] of tones) {
  test(`the tone of ${what} is ${tone}`, () => {
    assert.equal(messageAbout([told]).items[0]?.tone, tone);
  });
}

const about: readonly (readonly [Event, string])[] = [
  [nomad('monitor.baseline', { uploads: 2 }), 'All uploads watching started'],
  [nomad('nomad.unreachable', { since: T0 - MINUTE, problem: 'x' }), 'NOMAD has been unreachable for 1 min'],
  [nomad('nomad.token_expiring', { expires: T0 + MINUTE }), 'NOMAD NOMAD_TOKEN expires in 1 min'],
  [of('a', 'upload.failed', { details: { again: true } }), 'a failed again'],
  [of('a', 'upload.empty', { details: { again: true } }), 'a is empty'],
  [of(LONG), `${'x'.repeat(59)}… failed`],
];
for (const [told, expected] of about) {
  test(`item of ${told.kind}: ${expected}`, () => {
    assert.deepEqual(titles([told]), [expected]);
  });
}

const authors: readonly (readonly [NonNullable<Event['upload']>['role'], string])[] = [
  ['main_author', 'failed'],
  ['coauthor', 'failed (by Grace Hopper)'],
  ['reviewer', 'failed (by Grace Hopper)'],
  [null, 'failed'],
];
for (const [role, headline] of authors) {
  test(`to ${role ?? 'anybody else'} it is told as: ${headline}`, () => {
    const upload = { id: 'u', name: 'a', link: 'https://n', author: 'Grace Hopper', role };
    assert.equal(messageAbout([event({ upload })]).items[0]?.headline, headline);
  });
}

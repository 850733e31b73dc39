// What a message says of many things: names kept, alike put together, one upload's history in one place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventKind } from '../../../src/domain/event.ts';
import { MINUTE, T0, event, messageAbout } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
let made = 0;
const of = (name: string, kind: EventKind, more: Partial<Event> & { readonly error?: string } = {}): Event => {
  const { error = 'E', ...rest } = more;
  const facts = { status: 'FAILURE', process: null, message: null, errors: [error], warnings: [], entries: 4 } as const;
  const upload = {
    id: `id of ${name}`,
    name,
    link: `https://n/${name}`,
    author: 'Grace Hopper',
    role: 'main_author',
  } as const;
  return event({ id: `e${(made += 1)}`, kind, upload, after: facts, ...rest });
};
const subject = (events: readonly Event[]) => messageAbout(events).subject;

test('up to three uploads are named in the subject; more are counted', () => {
  assert.equal(subject([of('a', 'upload.failed'), of('b', 'upload.recovered')]), '[NOMAD] a failed, b recovered');
  assert.equal(
    subject([of('c', 'upload.recovered'), of('a', 'upload.failed'), of('b', 'upload.failed')]),
    '[NOMAD] a and b failed, c recovered',
  );
  const four = ['a', 'b', 'c', 'd'].map((name) => of(name, 'upload.failed'));
  assert.equal(subject(four), '[NOMAD] 4 uploads failed');
  const long = ['a', 'b', 'c'].map((name) =>
    of(name.repeat(200), 'upload.entries_failed', { details: { failed: 3, entries: 9 } }),
  );
  assert.equal(subject(long), '[NOMAD] 3 uploads have failed entries');
});

test('several things of one upload are one item, in order, and the headline says where it ended up', () => {
  const events = [
    of('a', 'upload.failed', { error: 'one' }),
    of('a', 'upload.failed', { error: 'two', time: T0 + HOUR, details: { again: true } }),
    of('a', 'upload.recovered', { time: T0 + 2 * HOUR }),
  ];
  const { items, span, threadUploadId } = messageAbout(events);
  assert.equal(items.length, 1);
  const [item] = items;
  assert.deepEqual([item?.title, item?.headline, item?.tone], ['a', 'recovered', 'good']);
  assert.deepEqual(
    item?.history.map(({ text }) => text),
    ['failed: one', 'failed again: two', 'recovered'],
  );
  assert.deepEqual([span, threadUploadId], [{ from: T0, to: T0 + 2 * HOUR }, 'id of a']);
  assert.equal(subject(events), '[NOMAD] a failed, failed again, recovered');
});

test('a thousand failures are a few lines: those for the same reason together, counted exactly, the rare ones by themselves', () => {
  const many = Array.from({ length: 1000 }, (_, index) =>
    of(`u${index}`, 'upload.failed', { error: index < 990 ? `Error ${index % 2}` : `rare ${index}` }),
  );
  const { items, more, lead } = messageAbout(many);
  assert.equal(lead, 'u0, u1, u2, u3, u4 and 995 more.');
  assert.equal(more, 0);
  assert.deepEqual(items.map(({ title, headline }) => `${title} ${headline}`).slice(0, 3), [
    '495 uploads failed: Error 0',
    '495 uploads failed: Error 1',
    'u990 failed',
  ]);
  assert.equal(items.length, 12);
  assert.equal(items[0]?.lines.at(-1)?.text, '… and 485 more');
  assert.deepEqual(items[0].lines[0], { text: 'u0', link: 'https://n/u0' });
});

test('a thousand that have nothing in common: forty, and how many more', () => {
  const many = Array.from({ length: 1000 }, (_, index) => of(`u${index}`, 'upload.failed', { error: `E${index}` }));
  const { items, more } = messageAbout(many);
  assert.deepEqual([items.length, more], [40, 960]);
});

test('what happens to NOMAD itself is never put together with the like: each stays an item of its own', () => {
  const uploads = Array.from({ length: 9 }, (_, index) => of(`u${index}`, 'upload.failed'));
  const itself = (['nomad.unreachable', 'nomad.reachable', 'nomad.unreachable'] as const).map((kind) =>
    of('', kind, { upload: null, after: null, details: { since: T0 - HOUR } }),
  );
  assert.deepEqual(
    messageAbout([...itself, ...uploads]).items.map(({ title, headline }) => `${title} ${headline}`),
    [
      'NOMAD has been unreachable for 1 h',
      'NOMAD has been unreachable for 1 h',
      '9 uploads failed: E',
      'NOMAD answers again after 1 h',
    ],
  );
});

test("whose it is stands there where it is not one's own", () => {
  const upload = { id: 'u', name: 'a', link: 'https://n', author: 'Grace Hopper', role: 'coauthor' } as const;
  assert.equal(messageAbout([event({ upload })]).items[0]?.headline, 'failed (by Grace Hopper)');
});

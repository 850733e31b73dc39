// What a summary says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOf } from '../../../src/domain/message/message.ts';
import type { AuthorTally, Standing, Summary } from '../../../src/domain/notify/delivery-content.ts';
import { MINUTE, T0 } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const NONE = { failed: 0, stuck: 0, entries_failed: 0, empty: 0, processing: 0 };
const standing = (name: string, more: Partial<Standing> = {}, author = 'Ada Lovelace'): Standing => ({
  upload: { id: name, name, link: `https://n/${name}`, author, role: 'main_author' },
  condition: 'failed',
  since: T0 - 26 * HOUR,
  reason: 'KeyError',
  ...more,
});
const summary = (more: Partial<Summary> = {}): Summary => ({
  kind: 'summary',
  from: T0 - 24 * HOUR,
  to: T0,
  uploads: 38,
  counts: NONE,
  well: 0,
  events: {},
  standing: [],
  more: 0,
  unchecked: 0,
  authors: 1,
  groups: null,
  ...more,
});

const counts = { failed: 3, stuck: 1, entries_failed: 2, empty: 1, processing: 2 };
const rows: readonly (readonly [string, Partial<Summary>, string, string])[] = [
  [
    'all that is wrong, and what happened',
    { counts, well: 5, events: { 'upload.failed': 4, 'upload.recovered': 1, 'upload.deleted': 1 } },
    '7 of 38 uploads need attention: 3 failed, 1 stuck, 2 with failed entries, 1 empty',
    'In the last day: 5 went well, 4 failed, 1 deleted. 2 are being processed.',
  ],
  [
    'one',
    { counts: { ...NONE, empty: 1 } },
    '1 of 38 uploads needs attention: 1 empty',
    'Nothing happened in the last day.',
  ],
  [
    'all of them',
    { uploads: 2, counts: { ...NONE, failed: 2 } },
    '2 uploads need attention: 2 failed',
    'Nothing happened in the last day.',
  ],
  [
    'the only one',
    { uploads: 1, counts: { ...NONE, failed: 1 } },
    '1 upload needs attention: 1 failed',
    'Nothing happened in the last day.',
  ],
  ['nothing', {}, 'all 38 uploads are fine', 'Nothing happened in the last day.'],
  [
    'nothing but work',
    { counts: { ...NONE, processing: 1 }, from: T0 - 7 * 24 * HOUR },
    'all 38 uploads are fine, 1 being processed',
    'Nothing happened in the last 7 days. 1 is being processed.',
  ],
  [
    'entries that are not checked yet',
    { unchecked: 3 },
    'all 38 uploads are fine',
    'Nothing happened in the last day. The entries of 3 uploads are not checked yet.',
  ],
  ['one that is fine', { uploads: 1, well: 1 }, '1 upload is fine', 'In the last day: 1 went well.'],
  ['no uploads', { uploads: 0, authors: 0 }, 'no uploads', 'Nothing happened in the last day.'],
  [
    'what is no news to a reader',
    { events: { 'upload.started': 1, 'upload.edited': 2, 'nomad.reachable': 1, 'upload.failed': 0 } },
    'all 38 uploads are fine',
    'Nothing happened in the last day.',
  ],
];
for (const [what, more, headline, lead] of rows) {
  test(`summary: ${what}`, () => {
    const message = messageOf(summary(more));
    assert.deepEqual([message.subject, message.lead], [`[NOMAD] Summary: ${headline}`, lead]);
    assert.deepEqual([message.items, message.groups, message.note], [[], [], null]);
  });
}

const items: readonly (readonly [string, Partial<Standing>, string, string])[] = [
  ['failed', {}, 'failed 1 day 2 h ago', 'KeyError'],
  ['stuck', { condition: 'stuck', reason: 'Parsing' }, 'stuck for 1 day 2 h', 'Parsing'],
  [
    'of failed entries',
    { condition: 'entries_failed', reason: '2 of 20 entries failed' },
    'ended with failed entries 1 day 2 h ago',
    '2 of 20 entries failed',
  ],
  ['empty', { condition: 'empty', reason: 'nothing' }, 'ended empty 1 day 2 h ago', 'nothing'],
];
for (const [what, more, headline, reason] of items) {
  test(`an upload in a summary: ${what}, with the time since when it is so`, () => {
    const [item] = messageOf(summary({ standing: [standing('a', more)] })).items;
    assert.deepEqual(item, {
      uploadId: 'a',
      title: 'a',
      headline,
      tone: 'bad',
      link: 'https://n/a',
      history: [],
      facts: [],
      lines: [{ text: reason, link: null }],
      advice: null,
      time: T0 - 26 * HOUR,
    });
  });
}

test('authors are named where there is more than one, whoever they are', () => {
  const headline = (authors: number) => messageOf(summary({ authors, standing: [standing('a')] })).items[0]?.headline;
  assert.equal(headline(1), 'failed 1 day 2 h ago');
  assert.equal(headline(2), 'failed 1 day 2 h ago (by Ada Lovelace)');
});

const tally = (author: string, more: Partial<AuthorTally> = {}): AuthorTally => ({
  author,
  uploads: 4,
  counts: NONE,
  well: 0,
  names: [],
  ...more,
});

test('by author: each with what is wrong, what went well, and the uploads', () => {
  const groups = [
    tally('Ada Lovelace', { counts: { ...NONE, failed: 3, processing: 1 }, well: 9 }),
    tally('Grace Hopper', { well: 2, names: ['x', 'y'] }),
    tally('Lise Meitner', { uploads: 1 }),
    tally('Emmy Noether'),
  ];
  const listed = [standing('a'), standing('b', { upload: { ...standing('b').upload, role: 'coauthor' } })];
  const message = messageOf(summary({ groups, authors: 5, standing: listed, more: 1, counts: { ...NONE, failed: 3 } }));
  assert.deepEqual(
    [message.items, message.more, message.note],
    [[], 0, 'Nothing new, all fine: Lise Meitner (1 upload), Emmy Noether (4 uploads). And 1 more author.'],
  );
  assert.deepEqual(
    message.groups.map(({ items: shown, ...group }) => ({
      ...group,
      items: shown.map(({ title, headline }) => [title, headline]),
    })),
    [
      {
        title: 'Ada Lovelace',
        headline: '4 uploads, 3 failed',
        tone: 'bad',
        lines: ['9 went well', '1 being processed'],
        items: [
          ['a', 'failed 1 day 2 h ago'],
          ['b', 'failed 1 day 2 h ago'],
        ],
        more: 1,
      },
      {
        title: 'Grace Hopper',
        headline: '4 uploads, all fine',
        tone: 'good',
        lines: ['2 went well: x, y'],
        items: [],
        more: 0,
      },
    ],
  );
});

test('by author: whom there is no room to name', () => {
  const groups = [tally('Ada Lovelace', { counts: { ...NONE, failed: 3 } })];
  const note = (more: Partial<Summary>) => messageOf(summary({ groups, ...more })).note;
  assert.equal(note({ authors: 1, counts: { ...NONE, failed: 3 } }), null);
  assert.equal(note({ authors: 2, counts: { ...NONE, failed: 3 } }), 'And 1 more author.');
  assert.equal(note({ authors: 3, counts: { ...NONE, failed: 4 } }), 'And 2 more authors, with 1 upload to look at.');
});

test('what has no room in a message is counted, also by author', () => {
  const long = { reason: 'x'.repeat(300) };
  const all = Array.from({ length: 50 }, (_, index) => standing(`u${index}`, long));
  const flat = messageOf(summary({ standing: all, more: 3, counts: { ...NONE, failed: 53 } }));
  assert.ok(flat.items.length <= 40 && flat.items.length > 20);
  assert.equal(flat.items.length + flat.more, 53);
  const both = ['Ada', 'Grace'].map((author) => tally(author, { counts: { ...NONE, failed: 30 } }));
  const halves = all.map((each, index) => ({
    ...each,
    upload: { ...each.upload, author: index < 25 ? 'Ada' : 'Grace' },
  }));
  const { groups } = messageOf(summary({ standing: halves, more: 10, groups: both, counts: { ...NONE, failed: 60 } }));
  assert.deepEqual(
    groups.map((group) => group.items.length + group.more),
    [30, 30],
  );
  assert.ok(groups.reduce((sum, group) => sum + group.items.length, 0) <= 40);
  assert.equal(groups[0]?.items.length, 25);
});

test('names of authors and of uploads are hostile text', () => {
  const author = 'Ada\r\nBcc: all@lab.example \u202e';
  const groups = [tally(author, { well: 1, names: ['a\nb'] })];
  const [group] = messageOf(summary({ groups, standing: [] })).groups;
  assert.deepEqual([group?.title, group?.lines], ['Ada Bcc: all@lab.example', ['1 went well: a b']]);
});

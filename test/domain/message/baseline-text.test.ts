// The first message: what is broken, and what will be reported.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_KINDS, NOTIFIED_BY_DEFAULT } from '../../../src/domain/event.ts';
import {
  baselineHeadline,
  baselineLead,
  baselineLines,
  baselineNote,
} from '../../../src/domain/message/baseline-text.ts';
import { messageAbout, T0 } from '../../support/builders.ts';

const COUNTS = {
  uploads: 40,
  failed: 0,
  entries_failed: 0,
  empty: 0,
  succeeded: 34,
  processing: 1,
  published: 8,
  entries_pending: 0,
};
const broken = (id: string, condition: string, reason: string | null, more: object = {}) => {
  return {
    upload_id: id,
    upload_name: id.toUpperCase(),
    condition,
    reason,
    author: 'Ada',
    role: 'main_author',
    link: `https://n/${id}`,
    ...more,
  };
};

const headlines: readonly (readonly [Parameters<typeof baselineHeadline>[0], string])[] = [
  [{ ...COUNTS, uploads: 0 }, 'Now watching 0 uploads'],
  [{ ...COUNTS, uploads: 1 }, 'Now watching 1 upload'],
  [COUNTS, 'Now watching 40 uploads'],
  [{ ...COUNTS, failed: 4 }, 'Now watching 40 uploads: 4 failed'],
  [
    { ...COUNTS, failed: 1200, entries_failed: 1, empty: 2 },
    'Now watching 40 uploads: 1,200 failed, 1 with failed entries, 2 empty',
  ],
  [{ uploads: 9, failed: 1 }, 'Now watching 9 uploads: 1 failed'],
];
for (const [details, expected] of headlines) {
  test(`the first subject: ${expected}`, () => {
    assert.equal(baselineHeadline(details), expected);
  });
}

test('each upload that is broken has a line and the way to it', () => {
  const details = {
    ...COUNTS,
    failed: 3,
    entries_failed: 1,
    empty: 1,
    entries_pending: 7,
    broken: [
      broken('a', 'failed', 'OSError: x'),
      broken('b', 'failed', null, { author: 'Grace', role: 'coauthor' }),
      broken('c', 'entries_failed', '2 of 12 entries failed: parsers/xrd: KeyError'),
      broken('d', 'empty', 'no file matched a parser', { upload_name: null, link: 'javascript:alert(1)' }),
    ],
  };
  assert.deepEqual(baselineLines(details), [
    { text: 'A: failed: OSError: x', link: 'https://n/a' },
    { text: 'B: failed (by Grace)', link: 'https://n/b' },
    { text: 'C: 2 of 12 entries failed: parsers/xrd: KeyError', link: 'https://n/c' },
    { text: 'd: empty: no file matched a parser', link: null },
    { text: '… and 1 more', link: null },
    { text: 'Succeeded: 34, being processed: 1, published: 8', link: null },
    { text: 'Whether entries failed is still being checked for 7 older uploads.', link: null },
  ]);
});

test('names and reasons are hostile texts', () => {
  const evil = broken('a', 'failed', 'x\n\u202ey'.repeat(500), {
    upload_name: 'n\u0007\r\nBcc: x',
    author: 'A\nB',
    role: 'reviewer',
  });
  const [line] = baselineLines({ ...COUNTS, failed: 1, broken: [evil] });
  assert.doesNotMatch(line?.text ?? '', /[\n\r\u0007\u202e]/);
  assert.ok((line?.text.length ?? 0) < 300);
});

const notes: readonly (readonly [string, Parameters<typeof baselineNote>[0], string])[] = [
  ['with rules', COUNTS, 'You will be notified of changes.'],
  ['of nothing', { ...COUNTS, notify_on: '' }, 'Nothing else will be reported.'],
  ['of failures', { ...COUNTS, notify_on: 'upload.failed' }, 'You will be notified when an upload fails.'],
  [
    'of two of uploads and one of NOMAD',
    { ...COUNTS, notify_on: 'monitor.baseline upload.stuck upload.failed nomad.unreachable' },
    'You will be notified when an upload fails or gets stuck; and when NOMAD cannot be reached.',
  ],
  [
    'by default',
    { ...COUNTS, notify_on: NOTIFIED_BY_DEFAULT.join(' ') },
    'You will be notified when an upload fails, recovers, has failed entries, is empty, has other errors, gets stuck, moves again, is deleted or is no longer shared with you; and when NOMAD cannot be reached, answers again, stops processing, resumes processing, refuses the login or accepts the login again.',
  ],
];
for (const [what, details, expected] of notes) {
  test(`what is reported from now on: ${what}`, () => {
    assert.equal(baselineNote(details), expected);
  });
}

test('the first line says whether anything is broken', () => {
  assert.match(baselineLead(COUNTS), /^None of them is broken/);
  for (const name of ['failed', 'entries_failed', 'empty'])
    assert.match(baselineLead({ ...COUNTS, [name]: 1 }), /^These/);
});

test('each kind has its words', () => {
  for (const kind of EVENT_KINDS.filter((each) => each !== 'monitor.baseline' && each !== 'nomad.token_expiring')) {
    assert.match(baselineNote({ notify_on: kind }), /when (an upload|NOMAD) \w/);
  }
});

test('the whole message', () => {
  const details = { ...COUNTS, failed: 1, broken: [broken('a', 'failed', 'E')], notify_on: 'upload.failed' };
  const event = {
    id: 'e',
    kind: 'monitor.baseline' as const,
    time: T0,
    upload: null,
    before: null,
    after: null,
    details,
  };
  const { subject, lead, note, items } = messageAbout([event]);
  assert.equal(subject, '[NOMAD] Now watching 40 uploads: 1 failed');
  assert.match(lead, /^These uploads were broken before watching started\. They are not reported again/);
  assert.equal(note, 'You will be notified when an upload fails.');
  assert.deepEqual(items[0]?.lines[0], { text: 'A: failed: E', link: 'https://n/a' });
});

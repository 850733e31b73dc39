// The table of `check` as people see it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { checkTable } from '../../../src/cli/check/table.ts';
import { checkRows } from '../../../src/domain/report/report.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, inspected, progressed, snapshot, watched } from '../../support/builders.ts';
import { hostileText } from '../../support/hostile-text.ts';

const stuck = progressed({ since: T0 - 300 * MINUTE, stuck: true });
const inspection = inspected({ failed: 2 });
const ALL: readonly TrackedUpload[] = [
  watched({ id: 'good' }),
  watched({ id: 'public', published: true }),
  watched({ id: 'running', status: 'RUNNING', message: 'Parsing level 0' }),
  watched({ id: 'empty', entries: 0 }),
  watched({ id: 'entries' }, { inspection }),
  watched({ id: 'stuck', status: 'RUNNING', message: 'Parsing\u001b[31m' }, { progress: stuck }),
  watched({ id: 'failed-old', status: 'FAILURE', errors: ['A', 'KeyError: x'] }, { statusSince: T0 - MINUTE }),
  watched({ id: 'failed-new', status: 'FAILURE', name: 'a|b\nc' }),
];
const rowsOf = (uploads: readonly TrackedUpload[]) =>
  checkRows({
    snapshot: snapshot(uploads),
    names: new Map([['ada', 'Ada Lovelace']]),
    linkOf: (id) => `https://n/${id}`,
    filter: [],
  });
const PLAIN = { tint: (_: string, text: string) => text, scrub: String };
const linesOf = (uploads: readonly TrackedUpload[], now: number, width: number | null = null) =>
  checkTable(rowsOf(uploads), now, { ...PLAIN, width });

test('the table is aligned, and nothing in it commands a terminal', () => {
  const lines = linesOf(ALL, T0);
  assert.equal(lines.length, ALL.length + 1);
  assert.match(lines[0] ?? '', /^ +UPLOAD +ID +STATUS +FOR +AUTHOR +WHY$/);
  assert.match(lines[3] ?? '', /^stuck +batch-42 +stuck +RUNNING +5 h +Ada Lovelace +Parsing \[31m$/);
  assert.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
  const column = (lines[0] ?? '').indexOf('STATUS');
  assert.ok(lines.every((line) => line[column - 1] === ' ' && line[column] !== ' '));
  assert.deepEqual(linesOf([], T0), ['no uploads']);
});

const SEEN = [
  watched({ id: 'KsDqDhs5TOGJH6nUGtXMgA', name: 'n'.repeat(60) }),
  watched({ id: '1kBO6IGHSHeDpi7PcbS5vA' }, { inspection }),
  watched({ id: 'wvKbu9cSTOGJH6nUGtXMgA', name: null, mainAuthor: 'm'.repeat(30) }),
];
const LATER = T0 + (26 * 60 + 1) * MINUTE;

test('the table, as it is seen: whole in a pipe, within 120, 80 and 40 places on a terminal', () => {
  const [n, m] = ['n'.repeat(60), 'm'.repeat(30)];
  const whole = [
    `                UPLOAD${' '.repeat(54)}  ID                      STATUS   FOR    AUTHOR                          WHY`,
    `entries failed  batch-42${' '.repeat(52)}  1kBO6IGHSHeDpi7PcbS5vA  SUCCESS  1 day  Ada Lovelace                    2 of 3 entries failed`,
    `-               ${n}  KsDqDhs5TOGJH6nUGtXMgA  SUCCESS  1 day  Ada Lovelace`,
    `-               wvKbu9cSTOGJH6nUGtXMgA${' '.repeat(38)}  wvKbu9cSTOGJH6nUGtXMgA  SUCCESS  1 day  ${m}`,
  ];
  assert.deepEqual(linesOf(SEEN, LATER), whole);
  assert.deepEqual(checkTable(rowsOf(SEEN), LATER, { ...PLAIN, width: 80, isWide: true }), whole, '--wide');
  assert.deepEqual(linesOf(SEEN, LATER, 120), [
    '                UPLOAD                      ID        STATUS   FOR    AUTHOR                       WHY',
    'entries failed  batch-42                    1kBO6IGH  SUCCESS  1 day  Ada Lovelace                 2 of 3 entries failed',
    '-               nnnnnnnnnnnnnnnnnnnnnnnnn…  KsDqDhs5  SUCCESS  1 day  Ada Lovelace',
    '-               wvKbu9cSTOGJH6nUGtXMgA      wvKbu9cS  SUCCESS  1 day  mmmmmmmmmmmmmmmmmmmmmmmmmm…',
  ]);
  assert.deepEqual(linesOf(SEEN, LATER, 80), [
    '                UPLOAD            ID        STATUS   FOR    WHY',
    'entries failed  batch-42          1kBO6IGH  SUCCESS  1 day  2 of 3 entries fail…',
    '-               nnnnnnnnnnnnnnn…  KsDqDhs5  SUCCESS  1 day',
    '-               wvKbu9cSTOGJH6n…  wvKbu9cS  SUCCESS  1 day',
  ]);
  assert.deepEqual(linesOf(SEEN, LATER, 40), [
    '                UPLOAD        WHY',
    'entries failed  batch-42      2 of 3 en…',
    '-               nnnnnnnnnnn…',
    '-               wvKbu9cSTOG…',
  ]);
});

test('of what is being processed and was not seen before, nobody knows since when', () => {
  const seen = (since: number) => watched({ status: 'RUNNING' }, { progress: progressed({ since }) });
  const rows = [
    [seen(T0), '–'],
    [seen(T0 - 5 * MINUTE), '5 min'],
    [watched({ status: 'FAILURE' }), '0 s'],
  ] as const;
  for (const [upload, expected] of rows)
    assert.match(linesOf([upload], T0)[1] ?? '', new RegExp(`(RUNNING|FAILURE) +${expected} +Ada`));
});

test('a row has the colour of what is worst with it; a secret is taken out before anything is cut', () => {
  const lines = checkTable(rowsOf(ALL), T0, {
    width: 60,
    tint: (tint, text) => `<${tint}>${text}`,
    scrub: (text) => text.replace('Lovelace', '[secret]'),
  });
  const tints = lines.map((line) => /^<(\w+)>/.exec(line)?.[1] ?? '');
  assert.deepEqual(tints, ['', 'red', 'red', 'red', 'yellow', 'yellow', 'cyan', '', '']);
  assert.ok(lines.every((line) => !line.includes('Love')));
});

test('no line is longer than the terminal is wide, and none commands it', () => {
  const upload = fc.record({ name: hostileText, error: hostileText, author: hostileText });
  fc.assert(
    fc.property(fc.array(upload, { maxLength: 20 }), fc.constantFrom(1, 12, 40, 80, 200), (texts, width) => {
      const uploads = texts.map(({ name, error, author }, index) =>
        watched({ id: `u${index}`, name, status: 'FAILURE', errors: [error], mainAuthor: author }),
      );
      for (const line of linesOf(uploads, T0, width)) {
        assert.ok(stringWidth(line) <= width, `${stringWidth(line)} of ${width}: ${line}`);
        assert.doesNotMatch(line, /\p{Cc}/u);
      }
    }),
  );
});

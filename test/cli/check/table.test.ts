// The table of `check` as people see it, and what `check --watch` draws.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { checkTable } from '../../../src/cli/check/table.ts';
import type { Good } from '../../../src/cli/check/report.ts';
import { type FrameContent, frame } from '../../../src/cli/check/frame.ts';
import { checkRows } from '../../../src/domain/report/report.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { failure } from '../../../src/nomad/failure.ts';
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
  assert.match(lines[0] ?? '', /^ +UPLOAD +STATUS +FOR +AUTHOR +WHY$/);
  assert.match(lines[3] ?? '', /^stuck +batch-42 +RUNNING +5 h +Ada Lovelace +Parsing \[31m$/);
  assert.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
  const column = (lines[0] ?? '').indexOf('STATUS');
  assert.ok(lines.every((line) => line[column - 1] === ' ' && line[column] !== ' '));
  assert.deepEqual(linesOf([], T0), ['no uploads']);
});

test('the table, as it is seen: whole in a pipe, within 80 and 40 places on a terminal', () => {
  const uploads = [
    watched({ id: 'u1', name: 'n'.repeat(60) }),
    watched({ id: 'u2' }, { inspection }),
    watched({ id: 'u3', name: null, mainAuthor: 'm'.repeat(30) }),
  ];
  const now = T0 + (26 * 60 + 1) * MINUTE;
  const [n, m] = ['n'.repeat(60), 'm'.repeat(30)];
  assert.deepEqual(linesOf(uploads, now), [
    `                UPLOAD${' '.repeat(54)}  STATUS   FOR    AUTHOR                          WHY`,
    `entries failed  batch-42${' '.repeat(52)}  SUCCESS  1 day  Ada Lovelace                    2 of 3 entries failed`,
    `-               ${n}  SUCCESS  1 day  Ada Lovelace`,
    `-               u3${' '.repeat(58)}  SUCCESS  1 day  ${m}`,
  ]);
  assert.deepEqual(linesOf(uploads, now, 80), [
    '                UPLOAD          STATUS   FOR    AUTHOR           WHY',
    'entries failed  batch-42        SUCCESS  1 day  Ada Lovelace     2 of 3 entries…',
    '-               nnnnnnnnnnnnn…  SUCCESS  1 day  Ada Lovelace',
    '-               u3              SUCCESS  1 day  mmmmmmmmmmmmmm…',
  ]);
  assert.deepEqual(linesOf(uploads, now, 40), [
    '                UPLOAD        WHY',
    'entries failed  batch-42      2 of 3 en…',
    '-               nnnnnnnnnnn…',
    '-               u3',
  ]);
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

const FRAME = { ...PLAIN, clock: (time: number) => `T+${(time - T0) / MINUTE}`, every: '30 s' };
const good = (uploads: readonly TrackedUpload[], more: Partial<Good> = {}): NonNullable<FrameContent['good']> => ({
  what: {
    ok: true,
    snapshot: snapshot(uploads),
    names: new Map(),
    remembers: true,
    malformed: 0,
    rows: rowsOf(uploads),
    ...more,
  },
  at: T0,
});
const down = { what: failure('unreachable', 'listing: NOMAD answers 502'), at: T0 + MINUTE };

test('watching: everything where there is room', () => {
  const lines = frame({ good: good(ALL), failing: null }, { columns: 100, rows: 20 }, FRAME);
  assert.deepEqual(lines.slice(0, 3), [
    '2 failed, 1 stuck, 1 with failed entries, 1 empty; 8 uploads',
    'looked at T+0, again each 30 s; Ctrl-C ends it',
    '',
  ]);
  assert.equal(lines.length, 3 + 1 + ALL.length);
});

test('watching: the worst where there is little, and how many more there are', () => {
  const lines = frame({ good: good(ALL, { remembers: false }), failing: null }, { columns: 40, rows: 8 }, FRAME);
  assert.equal(lines.length, 8);
  assert.match(lines[4] ?? '', /^failed +a\|b c +NOMAD gives n…$/);
  assert.equal(lines[7], '… and 5 more');
  assert.equal(frame({ good: good(ALL), failing: null }, { columns: 40, rows: 1 }, FRAME).length, 1);
});

test('watching: while NOMAD is away, what was seen last stays, and it is said of when it is', () => {
  const lines = frame({ good: good(ALL), failing: down }, { columns: 100, rows: 20 }, FRAME);
  assert.deepEqual(lines.slice(1, 4), [
    'listing: NOMAD answers 502',
    'What is shown was so at T+0.',
    'looked at T+1, again each 30 s; Ctrl-C ends it',
  ]);
  assert.match(lines[6] ?? '', /^failed /);
  const nothing = frame({ good: null, failing: down }, { columns: 30, rows: 20 }, FRAME);
  assert.deepEqual(nothing, ['listing: NOMAD answers 502', 'looked at T+1, again each 30…', '']);
});

test('watching: never more lines than the terminal has, none longer than it is wide', () => {
  const upload = fc.record({ name: hostileText, error: hostileText, author: hostileText });
  const size = fc.record({ columns: fc.constantFrom(1, 12, 40, 80, 200), rows: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(
      fc.array(upload, { maxLength: 20 }),
      size,
      fc.boolean(),
      fc.boolean(),
      (texts, at, remembers, isDown) => {
        const uploads = texts.map(({ name, error, author }, index) =>
          watched({ id: `u${index}`, name, status: 'FAILURE', errors: [error], mainAuthor: author }),
        );
        const scene = { good: good(uploads, { remembers, malformed: 1 }), failing: isDown ? down : null };
        const lines = frame(scene, at, FRAME);
        assert.ok(lines.length <= at.rows);
        for (const line of lines) {
          assert.ok(stringWidth(line) <= at.columns, `${stringWidth(line)} of ${at.columns}: ${line}`);
          assert.doesNotMatch(line, /\p{Cc}/u);
        }
      },
    ),
  );
});

// Tables fit the terminal: by example as they are seen, and as properties of whatever stands in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { type TableColumn, cut, paragraph, placesOf, table } from '../../../src/cli/terminal/table.ts';
import { oneLine } from '../../../src/domain/text/one-line.ts';
import { hostileText } from '../../support/hostile-text.ts';

const COLUMNS: readonly TableColumn[] = [
  { title: 'ID' },
  { title: 'NAME', least: 6 },
  { title: 'TRIES', isNumber: true, spare: 1 },
  { title: 'WHY', least: 5 },
];
const ROWS = [
  ['a1', '日本語の名前', '7', 'KeyError: lattice_vectors'],
  ['b22', 'e\u0301te\u0301', '12', '-'],
];

const seen: readonly (readonly [number | null, readonly string[]])[] = [
  [
    null,
    [
      'ID   NAME          TRIES  WHY',
      'a1   日本語の名前      7  KeyError: lattice_vectors',
      'b22  e\u0301te\u0301              12  -',
    ],
  ],
  [
    40,
    [
      'ID   NAME          TRIES  WHY',
      'a1   日本語の名前      7  KeyError: lat…',
      'b22  e\u0301te\u0301              12  -',
    ],
  ],
  [24, ['ID   NAME      WHY', 'a1   日本語…   KeyError…', 'b22  e\u0301te\u0301       -']],
  [10, ['ID   NAME…', 'a1   日本…', 'b22  e\u0301te\u0301…']],
];
for (const [width, lines] of seen) {
  test(`a table in ${width ?? 'any number of'} places`, () => {
    assert.deepEqual(table(COLUMNS, ROWS, width), lines);
  });
}

/** As a terminal counts that joins nothing (xterm, VTE): each character by itself, and a vowel sign that stands beside its letter is one. */
function apart(text: string): number {
  const places = Array.from(text, (character) => (/\p{Mc}/u.test(character) ? 1 : stringWidth(character)));
  return places.reduce((sum, each) => sum + each, 0);
}

test('what some terminals join and others do not has room on both', () => {
  const names = ['नमस्ते दुनिया', '\u{1f44d}\u{1f3ff} ok', '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}'];
  for (const name of names)
    assert.ok(apart(table([{ title: 'N', least: 1 }], [[`${name} and more`]], 8)[1] ?? '') <= 8, name);
});

test('no line is longer than the terminal, whatever stands in it; columns stand under one another, and nothing is cut that fits', () => {
  const row = fc.tuple(hostileText, hostileText, fc.nat(99999).map(String), hostileText);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), fc.constantFrom(1, 5, 20, 40, 80, 200), (texts, width) => {
      const rows = texts.map((cells) => cells.map((cell) => oneLine(cell, 300)));
      const whole = table(COLUMNS, rows, null);
      const lines = table(COLUMNS, rows, width);
      assert.equal(lines.length, rows.length + 1);
      for (const line of lines) {
        assert.ok(stringWidth(line) <= width, `${stringWidth(line)} of ${width}: ${line}`);
        assert.ok(apart(line) <= width, `${apart(line)} of ${width}: ${line}`);
        assert.doesNotMatch(line, /\p{Cc}/u);
      }
      rows.forEach((cells, index) => {
        for (const cell of cells) assert.ok(whole[index + 1]?.includes(cell), 'whole where nobody says how wide');
      });
      if (whole.every((line) => placesOf(line) <= width)) assert.deepEqual(lines, whole);
      const why = whole.map(
        (line, index) => line.length - (['WHY', ...rows.map((cells) => cells[3] ?? '')][index] ?? '').length,
      );
      const begins = whole.map((line, index) => placesOf(line.slice(0, why[index])));
      assert.equal(new Set(begins.filter((_, index) => index === 0 || rows[index - 1]?.[3] !== '')).size, 1);
    }),
  );
});

test('a text is cut at a whole character, and the … is counted', () => {
  assert.equal(cut('日本語', 6), '日本語');
  assert.equal(cut('日本語', 5), '日本…');
  assert.equal(cut('日本語', 4), '日…');
  assert.equal(cut('a e\u0301\u0301e', 3), 'a…');
  assert.equal(cut('\u{1f469}\u200d\u{1f52c}\u{1f469}\u200d\u{1f52c}', 5), '\u{1f469}\u200d\u{1f52c}…');
  assert.equal(cut('abc', 1), '…');
});

test('text for reading is broken where a terminal ends, what follows moved in', () => {
  assert.equal(paragraph('日本 日本', 8, 2), '日本\n  日本');
  assert.equal(paragraph('日本 日本', 9, 2), '日本 日本');
  assert.equal(paragraph('one two three', null, 2), 'one two three');
});

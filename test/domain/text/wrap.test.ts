// Text for reading, broken into lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrap } from '../../../src/domain/text/wrap.ts';

const double = (text: string) => 2 * text.length;
const rows: readonly (readonly [string, number, readonly string[]])[] = [
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 6, ['one', 'two', 'three']],
  ['see https://nomad.example/prod/v1 now', 10, ['see', 'https://nomad.example/prod/v1', 'now']],
  ['', 8, ['']],
];
for (const [text, width, lines] of rows) {
  test(`"${text}" in ${width}: an address stays whole, also where it is measured otherwise`, () => {
    assert.deepEqual(wrap(text, width), lines);
    assert.deepEqual(wrap(text, 2 * width, double), lines);
  });
}

// What the labels of uploads are, whatever NOMAD says: none is empty, since to Prometheus that is no label.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUploadSeries } from '../../src/metrics/upload-series.ts';
import { watched } from '../support/builders.ts';

/** The labels of the one upload that there is. */
function infoOf(name: string | null, mainAuthor = 'ada', users: readonly (readonly [string, string])[] = []) {
  const series = createUploadSeries();
  series.set({ notable: [watched({ name, mainAuthor })], leftOut: 0 }, new Map(users));
  return /upload_info\{upload_id="u1",upload_name="(.*)",main_author="(.*)"\} 1\n/
    .exec(series.samples('text', null).join(''))
    ?.slice(1);
}

const NOTHING_SEEN = [
  '',
  ' ',
  '\n',
  '\t\u0000',
  '\u200b\u2060\ufeff',
  '\u00a0\u3000',
  '\u202e',
  '\u0301',
  '\u3164',
  '\u2800',
];

test('an upload without a name that can be seen has its id as upload_name', () => {
  for (const name of [null, ...NOTHING_SEEN]) assert.deepEqual(infoOf(name), ['u1', 'ada'], JSON.stringify(name));
  assert.deepEqual(infoOf('batch-42'), ['batch-42', 'ada']);
});

test("an author whose name cannot be seen is their id, and one without an id 'unknown'", () => {
  for (const name of NOTHING_SEEN) {
    assert.deepEqual(infoOf('n', 'ada', [['ada', name]]), ['n', 'ada'], JSON.stringify(name));
    assert.deepEqual(infoOf('n', name, []), ['n', 'unknown'], JSON.stringify(name));
  }
  assert.deepEqual(infoOf('n', 'ada', [['ada', 'Ada Lovelace']]), ['n', 'Ada Lovelace']);
});

test('the longest label has 600 bytes, which label_value_length_limit of Prometheus counts', () => {
  const longest = (character: string) => Buffer.byteLength(infoOf(character.repeat(300))?.[0] ?? '');
  assert.equal(longest('a'), 202);
  assert.equal(longest('名'), 600);
  assert.ok(longest('🧪') < 600);
});

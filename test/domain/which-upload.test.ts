// Which upload is meant by what somebody types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchProblem, whichUpload, whichUploads } from '../../src/domain/which-upload.ts';

const UPLOADS = [
  { id: 'KsDqDhs5TOGJH6nUGtXMgA', name: 'batch-42' },
  { id: 'KsDqZZZZZZZZZZZZZZZZZZ', name: 'batch-43' },
  { id: 'ksdqDhs5TOGJH6nUGtXMgA', name: 'Perovskite series' },
  { id: '1kBO6IGHSHeDpi7PcbS5vA', name: 'twin' },
  { id: 'wvKbu9cSTOGJH6nUGtXMgA', name: 'twin' },
  { id: '-aB3kBO6IGHSHeDpi7PcbS', name: null },
  { id: 'hC2mNq8xTOGJH6nUGtXMgA', name: 'TWO  lines\nof Gru\u0308n' },
  { id: 'abcdNq8xTOGJH6nUGtXMgA', name: 'wvKb' },
  { id: 'efghNq8xTOGJH6nUGtXMgA', name: 'batch' },
  { id: 'ijklNq8xTOGJH6nUGtXMgA', name: '1kBO6IGHSHeDpi7PcbS5vA' },
  { id: 'mnopNq8xTOGJH6nUGtXMgA', name: 'Mixed' },
  { id: 'qrstNq8xTOGJH6nUGtXMgA', name: 'mixed-2' },
];

const ROWS: readonly (readonly [why: string, word: string, ids: readonly string[]])[] = [
  ['an id', 'KsDqDhs5TOGJH6nUGtXMgA', ['KsDqDhs5TOGJH6nUGtXMgA']],
  ['an id that is also a name', '1kBO6IGHSHeDpi7PcbS5vA', ['1kBO6IGHSHeDpi7PcbS5vA']],
  ['the beginning of an id', 'KsDqD', ['KsDqDhs5TOGJH6nUGtXMgA']],
  ['as typed before any other case', 'ksdq', ['ksdqDhs5TOGJH6nUGtXMgA']],
  ['the beginning of an id in another case', 'HC2M', ['hC2mNq8xTOGJH6nUGtXMgA']],
  ['of two ids', 'KsDq', ['KsDqDhs5TOGJH6nUGtXMgA', 'KsDqZZZZZZZZZZZZZZZZZZ']],
  ['an id that begins with a dash', '-aB3', ['-aB3kBO6IGHSHeDpi7PcbS']],
  ['three characters are no beginning of an id', 'hC2', []],
  ['a name', 'batch-42', ['KsDqDhs5TOGJH6nUGtXMgA']],
  ['a name that others begin with', 'batch', ['efghNq8xTOGJH6nUGtXMgA']],
  ['a name in another case, before the beginning of one', 'mixed', ['mnopNq8xTOGJH6nUGtXMgA']],
  ['a name and the beginning of an id', 'wvKb', ['wvKbu9cSTOGJH6nUGtXMgA', 'abcdNq8xTOGJH6nUGtXMgA']],
  ['the same name twice', 'twin', ['1kBO6IGHSHeDpi7PcbS5vA', 'wvKbu9cSTOGJH6nUGtXMgA']],
  ['the beginning of a name', 'Per', ['ksdqDhs5TOGJH6nUGtXMgA']],
  ['the beginning of a name in another case', 'PEROV', ['ksdqDhs5TOGJH6nUGtXMgA']],
  ['the beginning of several', 'batch-', ['KsDqDhs5TOGJH6nUGtXMgA', 'KsDqZZZZZZZZZZZZZZZZZZ']],
  ['a name as it is shown', 'TWO lines of Gr\u00fcn', ['hC2mNq8xTOGJH6nUGtXMgA']],
  ['the middle of a name', 'series', []],
  ['nothing', '', []],
  ['only spaces', '  ', []],
];

for (const [why, word, ids] of ROWS)
  test(`${why}: "${word}"`, () => {
    const match = whichUpload(word, UPLOADS);
    const got = match.found === 'one' ? [match.upload] : match.found === 'several' ? match.uploads : [];
    assert.deepEqual(
      got.map(({ id }) => id),
      ids,
    );
  });

test('a slip: what was probably meant', () => {
  const near = (word: string) => {
    const match = whichUpload(word, UPLOADS);
    return match.found === 'none' ? match.near : undefined;
  };
  assert.equal(near('bacth-42'), 'batch-42');
  assert.equal(near('KsDqDhs5TOGJH6nUGtXMgB'), 'KsDqDhs5TOGJH6nUGtXMgA');
  assert.equal(near('something else entirely'), null);
});

test('what is not clear is one sentence a word; what is clear has its id once', () => {
  const words = ['KsDqD', 'batch-42', 'twin', 'Perovskites', '\u001b[31mx'];
  assert.deepEqual(whichUploads(words, UPLOADS, 'check'), {
    uploads: [UPLOADS[0]],
    problems: [
      '"twin" could be any of 2 uploads: twin (1kBO6IGHSHeDpi7PcbS5vA), twin (wvKbu9cSTOGJH6nUGtXMgA); write the id',
      '"Perovskites": no upload has this id or name; check lists them',
      '"[31mx": no upload has this id or name; check lists them',
    ],
  });
});

test('of many the first five are named', () => {
  const uploads = Array.from({ length: 1200 }, (_, index) => ({ id: `id-${index}`, name: `batch-${index}` }));
  const match = whichUpload('batch', uploads);
  assert.ok(match.found === 'several');
  assert.equal(
    matchProblem('batch', match, 'check'),
    '"batch" could be any of 1200 uploads: batch-0 (id-0), batch-1 (id-1), batch-2 (id-2), batch-3 (id-3), batch-4 (id-4), and 1195 more; write the id',
  );
});

// Text from outside made fit to be shown, numbers with their nouns, and links.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryLink, guiOf, uploadLink, webLink } from '../../../src/domain/text/links.ts';
import { counted, oneLine } from '../../../src/domain/text/one-line.ts';

const FAMILY = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
const lines: readonly (readonly [string, string, number, string])[] = [
  ['what fits stays', 'batch-42', 8, 'batch-42'],
  ['what is longer is cut and says so', 'batch-421', 8, 'batch-4…'],
  ['no space before the …', 'batch 42 of May', 7, 'batch…'],
  ['ends are trimmed', '\t batch \n', 20, 'batch'],
  ['spaces in a row are one', 'a  \r\n  b', 20, 'a b'],
  ['an invisible character is a space', 'a\u200bb\ufeffc\u{e0041}d\u00ade\u2066f', 20, 'a b c d e f'],
  ['half of a pair is shown as what cannot be shown', 'a\ud83db', 20, 'a\ufffdb'],
  ['three marks on a letter are enough', `e${'\u0301'.repeat(9)}!`, 20, `e${'\u0301'.repeat(3)}!`],
  ['joined characters stay joined', `a ${FAMILY}`, 20, `a ${FAMILY}`],
  ['and are not cut in two', `ab${FAMILY}cd`, 9, 'ab…'],
  ['they stay where they fit', `ab${FAMILY}cdefgh`, 11, `ab${FAMILY}…`],
  ['of a text without end only the beginning is read', `${' '.repeat(80)}x`, 20, ''],
];
for (const [what, text, limit, expected] of lines) {
  test(`one line: ${what}`, () => {
    assert.equal(oneLine(text, limit), expected);
  });
}

const numbers: readonly (readonly [number, string, string])[] = [
  [0, 'upload', '0 uploads'],
  [1, 'upload', '1 upload'],
  [2, 'entry', '2 entries'],
  [1, 'entry', '1 entry'],
  [2, 'failed entry', '2 failed entries'],
  [2, 'day', '2 days'],
];
for (const [count, noun, expected] of numbers) {
  test(`${count} of ${noun} is ${expected}`, () => {
    assert.equal(counted(count, noun), expected);
  });
}

test('only the end of an API address is that of its GUI; ids are made fit for an address', () => {
  assert.equal(guiOf('https://h/api/v1/oasis/api/v1'), 'https://h/api/v1/oasis/gui');
  assert.equal(uploadLink('https://h/gui', 'a/b'), 'https://h/gui/user/uploads/upload/id/a%2Fb');
  assert.equal(entryLink('https://h/gui', 'a', 'b?c'), 'https://h/gui/user/uploads/upload/id/a/entry/id/b%3Fc');
});

const links: readonly (readonly [unknown, boolean])[] = [
  ['https://h/gui', true],
  ['http://h/gui', true],
  ['javascript:alert(1)', false],
  ['see https://h', false],
  ['https://', false],
  ['https://h/a b', false],
  ['https://h/"onclick="x', false],
  ['https://h/<script>', false],
  ['https://h/\u0000', false],
  ['https://h/\u0085', false],
  [['https://h'], false],
  [undefined, false],
];
for (const [link, isGood] of links) {
  test(`${JSON.stringify(link)} is ${isGood ? 'a link' : 'none'}`, () => {
    assert.equal(webLink(link), isGood ? link : null);
  });
}

test('links lead to the GUI of the same deployment', () => {
  assert.equal(
    uploadLink(guiOf('https://h/prod/v1/api/v1'), 'a b'),
    'https://h/prod/v1/gui/user/uploads/upload/id/a%20b',
  );
});

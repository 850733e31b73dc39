// Texts that must not be seen are found in another, however many there are, and also where they overlap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSecretSearch } from '../../../src/domain/text/secret-search.ts';

function replaced(secrets: readonly string[], text: string): string {
  const search = createSecretSearch();
  for (const secret of secrets) search.add(secret);
  return search.replaced(text);
}

const CASES: readonly { readonly secrets: readonly string[]; readonly text: string; readonly is: string }[] = [
  { secrets: [], text: 'nothing', is: 'nothing' },
  { secrets: ['hush'], text: 'hush', is: '[secret]' },
  { secrets: ['hush'], text: 'hushhush, hus', is: '[secret][secret], hus' },
  { secrets: ['hush', 'hush-hush'], text: 'a hush-hush b', is: 'a [secret] b' },
  { secrets: ['abcd', 'cdefgh'], text: 'abcdefgh!', is: '[secret]!' },
  { secrets: ['abcdef', 'bcde', 'efgh', 'ghij'], text: '-abcdefghij-', is: '-[secret]-' },
  { secrets: ['abc', ''], text: 'abc', is: 'abc' },
  { secrets: ['aaaa'], text: 'aaaaaa', is: '[secret]' },
];

test('each is replaced, and those that overlap together', () => {
  for (const { secrets, text, is } of CASES) assert.equal(replaced(secrets, text), is);
});

test('one that was added twice goes when it was removed twice', () => {
  const search = createSecretSearch();
  for (const form of ['hush', 'hush', 'hushed']) search.add(form);
  search.remove('hush');
  search.remove('strange');
  assert.equal(search.replaced('hush hushed'), '[secret] [secret]');
  search.remove('hush');
  assert.equal(search.replaced('hush hushed'), 'hush [secret]');
  search.remove('hushed');
  assert.equal(search.replaced('hush hushed'), 'hush hushed');
});

test('no part of any is left, and nothing else is touched', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 6 }), letters, (secrets, text) => {
      // Which letters belong to one, found in the plainest way.
      const hidden = Array.from(text, () => false);
      for (const secret of secrets.filter(({ length }) => length >= 4))
        for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1))
          hidden.fill(true, at, at + secret.length);
      const kept = Array.from(text, (letter, at) => (hidden[at] === true ? '' : letter)).join('');
      assert.equal(replaced(secrets, text).replaceAll('[secret]', ''), kept);
    }),
  );
});

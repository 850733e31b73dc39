// What is said of mail addresses that cannot be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailAddress, mailAddresses } from '../../src/config/mail-addresses.ts';

const good = ['"Lovelace, Ada" <ada@lab.example>', 'Grace (Lab 3) <grace@lab.example>', 'jörg@bücher.example'];

test('a list keeps each address as it was written', () => {
  assert.deepEqual(mailAddresses(good.join(' , ')), { value: good });
  for (const text of good) assert.deepEqual(mailAddress(text), { value: text });
});

const wrong: readonly (readonly [string, RegExp])[] = [
  ['ada', /^"ada" is not a valid mail address; write for example ada@lab\.example$/],
  ['ada@lab.example, grace', /^"grace" is not a valid mail address/],
  ['ada@lab.example; grace@lab.example', /separate addresses by commas, not semicolons$/],
  ['ada@lab.example; "Hopper; Grace" <grace@lab.example>;', /separate addresses by commas, not semicolons$/],
  ['ada@lab.example grace@lab.example', /separate addresses by commas, not spaces$/],
  ['ada@lab.example  grace@lab.example joan@lab.example', /separate addresses by commas, not spaces$/],
  [
    'Lovelace, Ada <ada@lab.example>',
    /^"Lovelace" is not .*; a name with a comma must be in quotes: "Lovelace, Ada" <ada@lab\.example>$/,
  ],
  ['joan@lab.example, Lovelace, Ada <ada@lab.example>', /must be in quotes: "Lovelace, Ada" <ada@lab\.example>$/],
  [`${'a'.repeat(400)}@lab.example`, /^"a{1,100}…?" is not a valid mail address/],
];
for (const [text, sentence] of wrong) {
  test(`not an address list: ${text.slice(0, 60)}`, () => {
    const read = mailAddresses(text);
    assert.match('problem' in read ? read.problem : '', sentence);
  });
}

test('where one address is wanted, several are not taken', () => {
  const read = mailAddress('ada@lab.example, grace@lab.example');
  assert.match('problem' in read ? read.problem : '', /; give one address; several in a rules file are a list, \[/);
});

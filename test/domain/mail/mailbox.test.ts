// Mail addresses as people write them. nodemailer's parser, which others' mail programs share, finds the same in each that we understand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import addressparser from 'nodemailer/lib/addressparser';
import { mailboxOf, splitMailboxes } from '../../../src/domain/mail/mailbox.ts';

const ADA = 'ada@lab.example';
const rows: readonly (readonly [string, name: string, address: string] | readonly [string, null])[] = [
  [ADA, '', ADA],
  [`<${ADA}>`, '', ADA],
  [`Ada <${ADA}>`, 'Ada', ADA],
  [`Dr. Ada O'Brien-Lovelace <${ADA}>`, "Dr. Ada O'Brien-Lovelace", ADA],
  [`"Lovelace, Ada" <${ADA}>`, 'Lovelace, Ada', ADA],
  [`"Lovelace, Ada"<${ADA}>`, 'Lovelace, Ada', ADA],
  [`"Ada \\"the first\\" L." <${ADA}>`, 'Ada "the first" L.', ADA],
  [`"Ada <ada@other.example>" <${ADA}>`, 'Ada <ada@other.example>', ADA],
  [`Ada "the first" Lovelace <${ADA}>`, 'Ada the first Lovelace', ADA],
  [`Ada (Lab 3) <${ADA}>`, 'Ada (Lab 3)', ADA],
  [`Ada (Lab 3, room (5)) <${ADA}>`, 'Ada (Lab 3, room (5))', ADA],
  [`"Ada (Lab 3)" <${ADA}>`, 'Ada (Lab 3)', ADA],
  [`${ADA} (Ada Lovelace)`, 'Ada Lovelace', ADA],
  ['Jörg <jörg@bücher.example>', 'Jörg', 'jörg@bücher.example'],
  ['ada+nomad@lab.example', '', 'ada+nomad@lab.example'],
  ['"ada l"@lab.example', '', '"ada l"@lab.example'],
  ['ada@[192.0.2.1]', '', 'ada@[192.0.2.1]'],
  ['', null],
  ['ada', null],
  ['ada@', null],
  ['@lab.example', null],
  ['a b@lab.example', null],
  ['ada@lab@lab.example', null],
  [`Ada <${ADA}`, null],
  [`Ada ${ADA}>`, null],
  [`"Ada <${ADA}>`, null],
  [`Ada) <${ADA}>`, null],
  [`Ada (Lab 3 <${ADA}>`, null],
  [`Lovelace, Ada <${ADA}>`, null],
  [`Ada <${ADA}> (Lab 3)`, null],
  [`Ada <${ADA}> Lovelace`, null],
  [`Ada <<${ADA}>>`, null],
  [`team: ${ADA};`, null],
  [`${ADA};grace@lab.example`, null],
  ['Ada <@other.example:ada@lab.example>', null],
  [`Ada\r\nBcc: x@y <${ADA}>`, null],
  [`Ada\u0000 <${ADA}>`, null],
  [`Ada\u2028 <${ADA}>`, null],
];
for (const [text, name, address] of rows) {
  test(`${JSON.stringify(text)} ${name === null ? 'is no address' : 'is read as people mean it'}`, () => {
    const mailbox = mailboxOf(text);
    assert.deepEqual(mailbox, name === null ? null : { name, address });
    if (mailbox !== null)
      assert.deepEqual(
        addressparser(text).map((each) => each.address),
        [address],
      );
  });
}

test('a list is cut at the commas that stand between addresses', () => {
  const parts = [
    `"Lovelace, Ada" <${ADA}>`,
    'Grace (Navy, retired) <grace@lab.example>',
    'joan@lab.example',
    '"a\\",b" <a@b>',
  ];
  assert.deepEqual(splitMailboxes(parts.join(', ')), parts);
  assert.deepEqual(splitMailboxes(` ${parts.join(',')},, `), parts);
  assert.deepEqual(splitMailboxes('a@b; "c;d" <e@f>', ';'), ['a@b', '"c;d" <e@f>']);
  assert.equal(addressparser(parts.join(', ')).length, parts.length);
});

// Why somebody gets a message and how they get fewer, in words for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Reading, addressOf, pageLink, whyOf } from '../../../src/domain/message/reader.ts';

const OWN = 'You get this because nomad-upload-monitor watches your NOMAD uploads.';
const of = (account: string) =>
  `You get this because nomad-upload-monitor watches ${account} and sends its news to you.`;
const ASK =
  'To get fewer mails, ask whoever runs it: it can leave out kinds of news, be quiet at times, or send one summary a day.';
const OPERATOR = 'If you run it: NOTIFY_ON, RULES_FILE, nomad-upload-monitor mute --for 8h';

const rows: readonly (readonly [string, Partial<Reading>, readonly string[]])[] = [
  ['whose uploads they are', {}, [OWN, ASK, OPERATOR]],
  [
    'the same address in other words',
    { recipient: 'Ada <ADA@lab.example>', mailTo: ['"Lovelace" <ada@LAB.example>'] },
    [OWN, ASK, OPERATOR],
  ],
  [
    'somebody else, named in MAIL_TO with others',
    { recipient: 'grace@lab.example', mailTo: ['grace@lab.example', 'ada@lab.example'] },
    [of('the NOMAD uploads of ada@lab.example'), ASK],
  ],
  [
    'somebody else, alone in MAIL_TO: probably who set it up',
    { recipient: 'grace@lab.example', mailTo: ['grace@lab.example'] },
    [of('the NOMAD uploads of ada@lab.example'), ASK, OPERATOR],
  ],
  [
    'somebody to whom a rule sends it',
    { recipient: 'grace@lab.example' },
    [of('the NOMAD uploads of ada@lab.example'), ASK],
  ],
  [
    'whose uploads they are, but told by a rule: nothing about the operator',
    { mailTo: ['grace@lab.example'] },
    [OWN, ASK],
  ],
  [
    'an account without a known address',
    { email: null, username: 'ada' },
    [of('the NOMAD uploads of ada'), ASK, OPERATOR],
  ],
  ['a token that says nothing', { email: null, username: null }, [of('NOMAD uploads'), ASK, OPERATOR]],
  [
    'an address of NOMAD that is hostile',
    { email: 'ada@lab.example\r\nBcc: all\u202e', recipient: 'g@lab.example', mailTo: [] },
    [of('the NOMAD uploads of ada@lab.example Bcc: all'), ASK],
  ],
];
for (const [who, more, expected] of rows) {
  test(`why: ${who}`, () => {
    const reading = {
      recipient: 'ada@lab.example',
      mailTo: ['ada@lab.example'],
      email: 'ada@lab.example',
      username: null,
    };
    assert.deepEqual(whyOf({ ...reading, ...more }), expected);
  });
}

test('no recipient is told of variables but a sole one', () => {
  assert.doesNotMatch(whyOf({ recipient: 'a@x', mailTo: ['b@x'], email: null, username: null }).join(' '), /[A-Z]{2}_/);
});

test('addresses are compared as addresses', () => {
  assert.equal(addressOf('Ada <Ada@Lab.example>'), 'ada@lab.example');
  assert.equal(addressOf('ada@lab.example'), 'ada@lab.example');
});

test('an upload on our page: whatever its id, one part of the path', () => {
  assert.equal(pageLink('https://m/nomad', 'a/b ?'), 'https://m/nomad/uploads/a%2Fb%20%3F');
  assert.equal(pageLink('https://m', '\ud800'), 'https://m/uploads/%EF%BF%BD');
});

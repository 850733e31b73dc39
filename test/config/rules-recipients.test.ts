// The key `recipients` of a rules file: what is understood, and the sentence for each thing that is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRules } from '../../src/config/rules.ts';

const parse = (text: string, file: string) =>
  parseRules(text, file, { mail: true, webhook: false, chat: false }, { scheduleProblem: () => null });
const read = (items: readonly string[]) =>
  parse(`recipients:\n${items.map((item) => `  - ${item}\n`).join('')}`, 'rules.yaml');

test('recipients are read with their addresses and time zones', () => {
  const found = read([
    '{ mail: ada@lab.example, time_zone: Europe/Berlin }',
    '{ mail: "Grace <grace@lab.example>", time_zone: UTC }',
  ]);
  assert.ok('rules' in found, JSON.stringify(found));
  assert.deepEqual(found.rules.recipients, [
    { mail: 'ada@lab.example', timeZone: 'Europe/Berlin' },
    { mail: 'Grace <grace@lab.example>', timeZone: 'UTC' },
  ]);
});

const GOOD = '{ mail: ada@lab.example, time_zone: Europe/Berlin }';
const EXAMPLE = `write for example - ${GOOD}`;
const wrong: readonly (readonly [string, readonly string[], string])[] = [
  ['text', ['ada@lab.example'], `2:5: a recipient is a mapping; ${EXAMPLE}`],
  ['no address', ['{ time_zone: UTC }'], `2:5: mail is missing; ${EXAMPLE}`],
  ['no zone', ['{ mail: ada@lab.example }'], `2:5: time_zone is missing; ${EXAMPLE}`],
  [
    'what is no address',
    ['{ mail: ada, time_zone: UTC }'],
    '2:13: "ada" is not a valid mail address; write for example ada@lab.example',
  ],
  [
    'a list of addresses',
    ['{ mail: [a@x.y], time_zone: UTC }'],
    '2:13: "" is not a valid mail address; write for example ada@lab.example',
  ],
  [
    'what is no zone',
    ['{ mail: ada@lab.example, time_zone: Berlin }'],
    '2:41: "Berlin" is not a valid time zone; write for example Europe/Berlin',
  ],
  [
    'an empty zone',
    ['{ mail: ada@lab.example, time_zone: }'],
    '2:41: "" is not a valid time zone; write for example Europe/Berlin',
  ],
  [
    'a key that is nearly right',
    [GOOD.replace('}', ', timezone: UTC }')],
    '2:57: there is no key "timezone" here; did you mean time_zone?',
  ],
  [
    'another key',
    [GOOD.replace('}', ', language: de }')],
    '2:57: there is no key "language" here; a recipient has the keys mail and time_zone',
  ],
  [
    'the same address twice',
    [GOOD, GOOD.replace('ada@lab.example', '"Ada <ADA@lab.example>"')],
    '3:5: ada@lab.example is named twice; keep one',
  ],
];
for (const [what, items, sentence] of wrong) {
  test(`recipients: ${what} has one sentence`, () => {
    const found = read(items);
    assert.deepEqual('problems' in found ? found.problems : [], [`rules.yaml:${sentence}`]);
  });
}

test('recipients: what is no list has one sentence', () => {
  const found = parse('recipients: ada', 'r.yaml');
  assert.deepEqual(found, { problems: ['r.yaml:1:13: recipients is a list; start each item with a dash'] });
});

// Summaries in the rules file: what is understood, and the sentence for each thing that is wrong, with its line and column.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRules } from '../../src/config/rules.ts';
import { scheduleProblem } from '../../src/scheduler.ts';

const everything = { mail: true, webhook: true, chat: true };
const read = (text: string, configured = everything) => parseRules(text, 'rules.yaml', configured, { scheduleProblem });
const problems = (text: string, configured = everything) => {
  const result = read(text, configured);
  return 'problems' in result ? result.problems : [];
};

test('a summary has a schedule and readers; which uploads, and how they are listed', () => {
  const result = read(`summaries:
  - schedule: 0  8 * * 1-5
    match: { author: [Ada Lovelace, 'Grace*'], upload_name: 'batch-*', role: coauthor }
    group_by: author
    mail: [lise@lab.example]
    chat: true
  - { schedule: "0 7 * * mon", mail: true, webhook: true }
`);
  assert.ok('rules' in result, JSON.stringify(result));
  assert.deepEqual(result.rules, {
    routes: [],
    quiet: [],
    recipients: [],
    summaries: [
      {
        schedule: '0 8 * * 1-5',
        match: { author: ['Ada Lovelace', 'Grace*'], uploadName: ['batch-*'], role: ['coauthor'] },
        groupBy: 'author',
        mail: ['lise@lab.example'],
        webhook: false,
        chat: true,
      },
      {
        schedule: '0 7 * * mon',
        match: { author: null, uploadName: null, role: null },
        groupBy: null,
        mail: 'default',
        webhook: true,
        chat: false,
      },
    ],
  });
});

const example = 'write for example - { schedule: "0 8 * * 1-5", mail: [ada@lab.example] }';
const rows: readonly (readonly [string, string])[] = [
  ['summaries: daily', '1:12: summaries is a list; start each item with a dash'],
  ['summaries:', '1:1: summaries is empty; give it a value, or remove it'],
  ['summarys: []', '1:1: there is no key "summarys" here; did you mean summaries?'],
  ['summaries:\n  - daily', `2:5: a summary is a mapping; ${example}`],
  ['summaries:\n  - mail: true', `2:5: schedule is missing; ${example}`],
  [
    'summaries:\n  - schedule: 0 8 * * *',
    '2:5: this summary sends nothing; add mail: [ada@lab.example], webhook: true or chat: true',
  ],
  [
    'summaries:\n  - { schedule: often, mail: true }',
    '2:17: "often" is not a valid cron pattern; write for example schedule: "0 8 * * 1-5"',
  ],
  [
    'summaries:\n  - { schedule: 0 8 30 2 *, mail: true }',
    '2:17: "0 8 30 2 *" never occurs; write for example schedule: "0 8 * * 1-5"',
  ],
  [
    'summaries:\n  - { schedule: 8, mail: true }',
    '2:17: schedule must be text; write for example schedule: "0 8 * * 1-5"',
  ],
  [
    'summaries:\n  - { schedule: 0 8 * * *, mail: true, match: { kind: upload.failed } }',
    '2:49: a summary lists uploads as they are, not events; remove kind',
  ],
  ['summaries:\n  - { schedule: 0 8 * * *, mail: true, group_by: name }', '2:50: "name" is not one of author'],
  [
    'summaries:\n  - { schedule: 0 8 * * *, mail: true, to: ada }',
    '2:40: there is no key "to" here; a summary has the keys schedule, match, mail, webhook, chat, group_by',
  ],
  ['summaries:\n  - { schedule: 0 8 * * *, mail: [ada] }', '2:35: "ada" is not a valid mail address'],
  ['summaries:\n  - { schedule: 0 8 * * *, chat: maybe }', '2:34: chat is neither true nor false; write chat: true'],
  ['summaries:\n  - { schedule: 0 8 * * *, chat: true, match: { role: author } }', '2:55: "author" is not one of'],
];
for (const [text, expected] of rows) {
  test(`one sentence: ${expected}`, () => {
    const found = problems(text);
    assert.ok(
      found.some((each) => each.startsWith(`rules.yaml:${expected}`)),
      `${text}\n${found.join('\n')}`,
    );
    assert.equal(found.length, 1, found.join('\n'));
  });
}

test('a channel that is not configured is reported at its key', () => {
  assert.deepEqual(problems('summaries:\n  - { schedule: 0 8 * * *, chat: true }', { ...everything, chat: false }), [
    'rules.yaml:2:28: chat is not configured: set CHAT_WEBHOOK_URL, or remove this',
  ]);
});

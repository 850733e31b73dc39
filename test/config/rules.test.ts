// The rules file: what is understood, and the sentence for each thing that is wrong, with its line and column.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../support/characters.ts';
import { parseRules } from '../../src/config/rules.ts';
import { scheduleProblem } from '../../src/scheduler.ts';

const everything = { mail: true, webhook: true, chat: true };
const read = (text: string, configured = everything) => parseRules(text, 'rules.yaml', configured, { scheduleProblem });
const problems = (text: string, configured = everything) => {
  const result = read(text, configured);
  return 'problems' in result ? result.problems : [];
};

test("the contract's example is understood", () => {
  const result = read(`routes:                       # all that match apply
  - match: { kind: [upload.failed, upload.entries_failed], author: Ada Lovelace, upload_name: "batch-*", role: main_author }
    mail: [ada@lab.example]
  - match: { kind: nomad.* }
    chat: true
    continue: false
quiet:                        # held, then one digest
  - { days: [sat, sun], timezone: Europe/Berlin }
  - { from: "22:00", to: "07:00", except: [upload.stuck] }
`);
  assert.deepEqual(result, {
    rules: {
      routes: [
        {
          match: {
            kind: ['upload.failed', 'upload.entries_failed'],
            author: ['Ada Lovelace'],
            uploadName: ['batch-*'],
            role: ['main_author'],
          },
          mail: ['ada@lab.example'],
          webhook: false,
          chat: false,
          continue: true,
          line: 2,
        },
        {
          match: {
            kind: [
              'nomad.unreachable',
              'nomad.reachable',
              'nomad.processing_stalled',
              'nomad.processing_resumed',
              'nomad.login_refused',
              'nomad.login_restored',
              'nomad.token_expiring',
            ],
            author: null,
            uploadName: null,
            role: null,
          },
          mail: null,
          webhook: false,
          chat: true,
          continue: false,
          line: 4,
        },
      ],
      quiet: [
        { days: ['sat', 'sun'], from: null, to: null, timeZone: 'Europe/Berlin', except: [] },
        { days: null, from: 22 * 60, to: 7 * 60, timeZone: null, except: ['upload.stuck'] },
      ],
      summaries: [],
      recipients: [],
    },
  });
});

test('nothing in it is no rules; Windows line ends, a byte order mark and a time without quotes are fine', () => {
  for (const text of ['', '# only a comment\n', 'routes: []\nquiet: []', '---\n'])
    assert.deepEqual(read(text), { rules: { routes: [], quiet: [], summaries: [], recipients: [] } }, text);
  assert.deepEqual(problems('\ufeffroutes:\r\n  - match: { kind: upload.failed }\r\n    mail: true\r\n'), []);
  assert.deepEqual(problems('quiet:\n  - { from: 22:00, to: 7:30 }\n'), []);
});

test('each thing that is wrong has its sentence, with line and column', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['route: []', '1:1: there is no key "route" here; did you mean routes?'],
    ['routes: yes', '1:9: routes is a list; start each item with a dash'],
    ['- a\n- b', '1:1: it is not a mapping; a rules file has the keys routes, quiet, recipients, summaries'],
    ['routes:\n  - mail', '2:5: a route is a mapping; write for example - match: { kind: upload.failed }'],
    [
      'routes:\n  - match: { kind: upload.faild }\n    mail: true',
      '2:20: "upload.faild" is not a kind of event; did you mean upload.failed?',
    ],
    [
      'routes:\n  - match: { kind: uplod.* }\n    mail: true',
      '2:20: "uplod.*" matches no kind of event; the kinds are',
    ],
    [
      'routes:\n  - match: { kind: [] }\n    mail: true',
      '2:14: kind is an empty list: it would match nothing; write for example kind: upload.failed',
    ],
    [
      'routes:\n  - match: { upload_name: "" }\n    mail: true',
      '2:27: upload_name must be text; write for example upload_name: "batch-*"',
    ],
    [
      'routes:\n  - match: { name: x }\n    mail: true',
      '2:14: there is no key "name" here; match has the keys kind, author, upload_name and role',
    ],
    [
      'routes:\n  - match: { role: author }\n    mail: true',
      '2:20: "author" is not one of main_author, coauthor, reviewer; did you mean',
    ],
    [
      'routes:\n  - match: { kind: upload.failed }',
      '2:5: this route sends nothing; add mail: [ada@lab.example], webhook: true or chat: true',
    ],
    ['routes:\n  - mail: [ada]', '2:12: "ada" is not a valid mail address; write for example ada@lab.example'],
    [
      'routes:\n  - mail: 3',
      '2:11: mail must be text; write for example mail: [ada@lab.example], or mail: true for MAIL_TO',
    ],
    ['routes:\n  - chat: maybe', '2:11: chat is neither true nor false; write chat: true'],
    ['routes:\n  - mail: true\n    maill: true', '3:5: there is no key "maill" here; did you mean mail?'],
    ['routes:\n  - mail:', '2:5: mail is empty; give it a value, or remove it'],
    [
      'routes:\n  - match: { upload_name: "batch-*" }\n    mail: true\n    continue: false\n  - match: { upload_name: batch-42 }\n    mail: [b@x.y]',
      '5:5: this route is never reached: the one at line 2 matches everything it would match and has continue: false; move this one above it',
    ],
    ['quiet:\n  - night', '2:5: quiet hours are a mapping; write for example - { from: "22:00", to: "07:00" }'],
    ['quiet:\n  - { timezone: Europe/Berlin }', '2:5: it would always be quiet; add days, or from and to'],
    ['quiet:\n  - { from: "22:00" }', '2:5: to is missing; write both, for example from: "22:00", to: "07:00"'],
    [
      'quiet:\n  - { from: "25:00", to: "07:00" }',
      '2:13: from is not a valid time of day; write for example from: "22:00"',
    ],
    [
      'quiet:\n  - { from: "07:00", to: "07:00" }',
      '2:26: from and to are the same: nothing lies between; leave out both for the whole day',
    ],
    ['quiet:\n  - { days: [sunday] }', '2:14: "sunday" is not one of mon, tue, wed, thu, fri, sat, sun'],
    [
      'quiet:\n  - { days: sat, timezone: Berlin }',
      '2:28: "Berlin" is not a valid time zone; write for example Europe/Berlin',
    ],
    ['routes:\n  - { mail: true, mail: true }', '2:19: Map keys must be unique'],
    ['routes: [', '1:10: '],
    ['routes: *b', '1:9: routes is a list; start each item with a dash'],
  ];
  for (const [text, expected] of rows) {
    const found = problems(text);
    assert.ok(
      found.some((each) => each.startsWith(`rules.yaml:${expected}`)),
      `${text}\n${found.join('\n')}`,
    );
  }
});

test('a channel that is not configured would lose what it is given', () => {
  const only = { mail: false, webhook: false, chat: false };
  assert.deepEqual(problems('routes:\n  - { chat: true, mail: [a@b.c], webhook: true }', only), [
    'rules.yaml:2:19: mail is not configured: set SMTP_URL, or remove this',
    'rules.yaml:2:34: webhook is not configured: set WEBHOOK_URL, or remove this',
    'rules.yaml:2:7: chat is not configured: set CHAT_WEBHOOK_URL, or remove this',
  ]);
});

test('all problems are told at once', () => {
  assert.equal(problems('routes:\n  - { mail: [x], chat: 1 }\nquiet:\n  - { days: [x] }\nother: 1').length, 4);
});

test('a route is called unreachable only where it is', () => {
  const after = (first: string, second: string) =>
    problems(`routes:\n  - { match: ${first}, mail: true, continue: false }\n  - { match: ${second}, mail: true }`)
      .length > 0;
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['{}', '{ author: ada }', true],
    ['{}', '{ kind: upload.created }', false], // the first depends on NOTIFY_ON
    ['{ kind: upload.* }', '{ kind: [upload.failed, upload.stuck] }', true],
    ['{ kind: upload.failed }', '{ kind: upload.* }', false],
    ['{ kind: upload.failed }', '{}', false],
    ['{ author: "*" }', '{ author: ada }', true],
    ['{ author: ADA }', '{ author: ada }', true],
    ['{ upload_name: "a*" }', '{ upload_name: "ab*" }', false], // not seen, which does no harm
    ['{ upload_name: "a*", role: reviewer }', '{ upload_name: ab }', false],
    ['{ role: [reviewer, coauthor] }', '{ role: reviewer, author: ada }', true],
  ];
  for (const [first, second, expected] of rows) assert.equal(after(first, second), expected, `${first} ${second}`);
});

test('a route that is not understood is not called unreachable as well', () => {
  const first = 'routes:\n  - { match: { kind: upload.failed }, mail: true, continue: false }\n';
  for (const kind of ['upload.faild', '[upload.failed, upload.faild]']) {
    const found = problems(`${first}  - { match: { kind: ${kind} }, mail: true }`);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', /did you mean upload\.failed\?$/);
  }
});

test('whatever stands in it, the answer is rules or sentences of one line', () => {
  const words = [
    'routes',
    'quiet',
    'match',
    'kind',
    'mail',
    'upload.*',
    'true',
    '22:00',
    'days',
    'sat',
    '*a',
    '&a',
    '!!x',
    '\u0000',
    '"',
  ];
  const marks = [':', ' ', '\n  ', '- ', '{', '}', '[', ']', ',', '\t', '|', '>'];
  const text = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 60 }),
    fc.array(fc.constantFrom(...words, ...marks), { maxLength: 25 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      for (const problem of problems(given)) assert.match(problem, /^rules\.yaml:\d+:\d+: [^\n]+$/);
    }),
    { numRuns: 3000 },
  );
  assert.match(problems('x'.repeat(100_001))[0] ?? '', /^rules\.yaml:1:1: it is larger than 100 kB/);
  const bomb = ['a: &a [x]', ...Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a, *a]`)].join('\n');
  assert.ok(problems(bomb).length > 0);
});

test('what stands in the file is shown as one short clean line', () => {
  const hostile = '"a\\n\\x1b[31m\\u202eb\\0' + 'x'.repeat(500) + '"';
  const given = [
    `routes: [{ mail: ${hostile} }]`,
    `routes: [{ match: { kind: ${hostile}, role: ${hostile} }, chat: true }]`,
  ];
  const texts = [...given, `quiet: [{ days: ${hostile} }]`, `${hostile}: 1`, `!x\u009b y: 1`, 'a: 1\r\u202ea: 2'];
  for (const text of texts) {
    assert.ok(problems(text).length > 0, text);
    for (const problem of problems(text)) {
      assert.doesNotMatch(problem, /[\p{Cc}\p{Cf}]/u);
      assert.ok(problem.length < 700, problem);
    }
  }
});

test('mail goes to one address: what would be several, or would hide something, is told', () => {
  const wrong = [
    'a@x, Ada <b@y>',
    'Doe, Ada <ada@x>',
    'a@x;b@y',
    'x <a@b> <c@d>',
    'A\u009b <a@b>',
    '\u202ea@b',
    'a@[b]',
    `${'a'.repeat(400)}@x`,
  ];
  const right = [
    'ada@lab.example',
    'Ada <ada@lab.example>',
    '"Doe, Ada" <ada@lab.example>',
    'Jürgen Müller <j@müller.example>',
  ];
  const found = (address: string) => problems(`routes: [{ mail: ${JSON.stringify(address)} }]`);
  for (const address of wrong)
    assert.match(found(address).join('\n'), /^rules\.yaml:1:18: ".*" is not a valid mail address/, address);
  for (const address of right) assert.deepEqual(found(address), [], address);
});

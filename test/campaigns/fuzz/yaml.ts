// Rules files: made by structure, and good ones mutated by bytes.
import fc from 'fast-check';
import { stringify } from 'yaml';
import { EVENT_KINDS } from '../../../src/domain/event.ts';
import { WEEKDAYS } from '../../../src/domain/notify/quiet-hours.ts';
import { ROLES } from '../../../src/domain/upload.ts';
import { mutated } from './bytes.ts';
import { NASTY, hostileText } from './text.ts';

const GOOD: readonly string[] = [
  `routes: # all that match apply
  - match:
      { kind: [upload.failed, upload.entries_failed], author: Ada Lovelace, upload_name: 'batch-*', role: main_author }
    mail: [ada@lab.example]
  - match: { kind: nomad.* }
    chat: true
    continue: false
quiet: # held, then one digest
  - { days: [sat, sun], timezone: Europe/Berlin }
  - { from: '22:00', to: '07:00', except: [upload.stuck] }
`,
  `routes:\n  - mail: true\n  - match:\n      upload_name:\n        - "a?\\\\*"\n        - x\n    webhook: true\n`,
  `quiet:\n- days: [mon]\n  from: "0:00"\n  to: "23:59"\n  timezone: Asia/Kathmandu\n`,
  `summaries:\n  - { schedule: '0 8 * * 1-5', mail: [ada@lab.example], group_by: author }\n  - schedule: 0 8 * * mon\n    match: { author: [Ada Lovelace, 'Grace*'], upload_name: 'batch-*', role: reviewer }\n    mail: true\n    chat: true\n    webhook: true\n`,
  '{routes: [{match: {role: [coauthor, reviewer]}, mail: ["Ada <ada@lab.example>"], continue: false}, {chat: true}], quiet: []}',
];

const DICTIONARY: readonly (string | Buffer)[] = [
  ...NASTY,
  ...[
    '&a ',
    '*a',
    '<<: *a\n',
    '&a [*a, *a]',
    '!!str ',
    '!!binary ',
    '!!set ',
    '!!timestamp ',
    '!!js/function ',
    '!<tag:x,2000:y> ',
    '!x!y ',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '%TAG ! tag:x:\n',
    '? ',
    ': ',
    '- ',
    '|\n',
    '>-\n',
    '# ',
    '\t',
    '\n',
    '\n  ',
    '\r',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '~',
    '@',
    '`',
    '%',
  ],
  ...[
    'routes:\n',
    'quiet:\n',
    'summaries:\n',
    '- schedule: ',
    'group_by: author',
    '- match: ',
    'kind: ',
    'mail: ',
    'from: ',
    'to: ',
    'days: ',
    'timezone: ',
    'except: ',
    'continue: ',
    'true',
    'false',
    'null',
    '.inf',
    '.nan',
    '0x1F',
    '0o17',
    '1e999',
    '22:00',
    '24:00',
    '-0',
  ],
  ...[
    'upload.*',
    'upload.faild',
    'Etc/GMT+14',
    'UTC',
    'Mars/Olympus',
    '+05:30',
    'Europe/Berlin\u0000',
    'sat',
    'ada@lab.example',
    'a@b, c@d',
  ],
  '['.repeat(1000),
  '{a: '.repeat(500),
  '- '.repeat(1000),
  Array.from(
    { length: 30 },
    (_, index) => `b${index}: &b${index} [*b${Math.max(0, index - 1)}, *b${Math.max(0, index - 1)}]\n`,
  ).join(''),
  Buffer.from([0xff, 0xfe, 0x00]),
];

const some = <T>(of: fc.Arbitrary<T>) => fc.oneof(of, fc.array(of, { maxLength: 3 }));
const odd = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, 0, -1, 1.5, true, false, [], {}, [[]], { a: 1 }, '', '*', '?', '\\', '\\*'),
);
const or = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd });
const keys = (model: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true });

const kinds = or(some(fc.constantFrom(...EVENT_KINDS, 'upload.*', 'nomad.*', '*', '*.failed', 'upload.?eset')));
const globs = or(some(fc.oneof(fc.constantFrom('*', '?', 'a*', '**a', '\\*', 'Ada*'), hostileText)));
const times = or(fc.constantFrom('22:00', '7:00', '00:00', '23:59', '24:00', '7:60', 420, 1320));
const zones = or(
  fc.constantFrom(
    'Europe/Berlin',
    'Asia/Kathmandu',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'UTC',
    'Etc/GMT-14',
    '+05:45',
    'CET',
    'utc',
    'GMT0',
  ),
);
const mail = or(
  fc.oneof(
    fc.constant(true),
    some(fc.constantFrom('ada@lab.example', 'Ada <ada@lab.example>', 'a@b, c@d', 'a@b;c@d', '"x"@y', 'x@\u0000y')),
  ),
);

const route = keys({
  match: or(keys({ kind: kinds, author: globs, upload_name: globs, role: or(some(fc.constantFrom(...ROLES))) })),
  mail,
  webhook: or(fc.boolean()),
  chat: or(fc.boolean()),
  continue: or(fc.boolean()),
});
const quiet = keys({
  days: or(some(fc.constantFrom(...WEEKDAYS))),
  from: times,
  to: times,
  timezone: zones,
  except: kinds,
});
const summary = keys({
  schedule: or(fc.constantFrom('0 8 * * 1-5', '* * * * * *', '0 0 30 2 *', 'often', '@daily', '0 8 L * *')),
  match: or(keys({ author: globs, upload_name: globs, role: or(some(fc.constantFrom(...ROLES))), kind: kinds })),
  mail,
  webhook: or(fc.boolean()),
  chat: or(fc.boolean()),
  group_by: or(fc.constantFrom('author', 'upload')),
});
const file = keys({
  routes: or(fc.array(or(route), { maxLength: 5 })),
  quiet: or(fc.array(or(quiet), { maxLength: 4 })),
  summaries: or(fc.array(or(summary), { maxLength: 4 })),
});

/** The text of a rules file, good or not. */
export const rulesFiles: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: file.map((value) => stringify(value)) },
  {
    weight: 3,
    arbitrary: mutated({ corpus: GOOD.map((text) => Buffer.from(text)), dictionary: DICTIONARY }, 8).map((bytes) =>
      bytes.toString('utf8'),
    ),
  },
  { weight: 1, arbitrary: hostileText },
  {
    weight: 1,
    arbitrary: fc.nat(300).map((size) => `routes:\n${'- match: { kind: upload.failed }\n  chat: true\n'.repeat(size)}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(300)
      .map((size) => Array.from({ length: size }, (_, index) => `key${index}: ${index}\n`).join('')),
  },
);

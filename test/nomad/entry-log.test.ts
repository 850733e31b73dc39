// Why an entry failed, read from the logs that real NOMADs keep of it (recorded), and how the question is asked.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Answer, NomadRequest } from '../../src/nomad/client.ts';
import { requestEntryLog } from '../../src/nomad/entry-log.ts';
import { readEntryLog } from '../../src/nomad/wire-log.ts';

const FOLDER = join(import.meta.dirname, 'recorded');
const YAML =
  'ParserError: while parsing a flow node expected the node content, but found \'<stream end>\' in "…/broken.archive.yaml", line 4, column 1';
const READ: Readonly<Record<string, readonly [reason: string, before: string | null] | null>> = {
  '1.3.17-broken': [YAML, 'Cannot parse archive json or yaml.'],
  '2.0.0-broken': [YAML, 'Cannot parse archive json or yaml.'],
  '1.3.17-date': ['ParserError: Unknown string format: not a date', null],
  '2.0.0-date': ['ParserError: Unknown string format: not a date', null],
  '1.3.17-exit': ['parser raised system exit', null],
  '2.0.0-exit': ['parser raised system exit', null],
  '1.3.17-raise': ['RuntimeError: no units given', 'the header is odd'],
  '2.0.0-raise': ['RuntimeError: no units given', 'the header is odd'],
  '1.3.17-schema': [
    'Exception: Archive contains definitions that have validation errors',
    'Validation error: Cannot resolve base_section: Could not resolve nomad.datamodel.data.NoSuchBase from scope entry_id:YwrVtPIXkxrKM_QZiPQ224ONJarR.S:Section.',
  ],
  '2.0.0-schema': null,
  '1.3.17-unknown': ['AttributeError: name', null],
  '2.0.0-unknown': [
    'MetainfoReferenceError: Could not resolve nomad.datamodel.metainfo.eln.NoSuchSection, property nomad.datamodel.metainfo.eln.NoSuchSection does not exist',
    null,
  ],
  '1.3.17-good': null,
  '2.0.0-good': null,
};

test('each recording is in the table', () => {
  const names = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ''));
  assert.deepEqual(names.toSorted(), Object.keys(READ).toSorted());
});

for (const [name, expected] of Object.entries(READ)) {
  test(`the log of ${name}: ${expected?.[0] ?? 'no reason'}`, () => {
    const body: unknown = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
    const read = readEntryLog(body);
    assert.deepEqual(read === null ? null : [read.reason, read.before], expected);
  });
}

const logOf = (...records: readonly unknown[]) => ({ data: { archive: { processing_logs: records } } });
const FAILED = {
  level: 'ERROR',
  event: 'process failed',
  error: 'x',
  exception: 'Traceback (most recent call last):\n  File "/a/b.py", line 1, in c\nKeyError: \'atomtypes\'',
};
const cases: readonly (readonly [what: string, body: unknown, reason: string | null, before?: string | null])[] = [
  ['no JSON', undefined, null],
  ['a text', 'log', null],
  ['no archive', { data: {} }, null],
  ['an archive without logs', { data: { archive: {} } }, null],
  ['no record', logOf(), null],
  ['records that are none', logOf(null, 7, 'x', []), null],
  ['records that are none beside the failure', logOf(null, 7, FAILED, []), "KeyError: 'atomtypes'"],
  ['an exception alone says little: its class is kept', logOf(FAILED), "KeyError: 'atomtypes'"],
  ['an exception without a text', logOf({ ...FAILED, exception: 'NotImplementedError' }), 'NotImplementedError'],
  ['no exception', logOf({ event: 'process failed', error: 'system exit' }), 'system exit'],
  ['no exception, in the words of Python', logOf({ ...FAILED, exception: 'NoneType: None' }), 'x'],
  ['fields that are no texts', logOf({ ...FAILED, exception: { a: 1 }, error: 7, errors: ['e'] }), null],
  ['the last failure counts', logOf({ ...FAILED, exception: 'ValueError: a' }, FAILED), "KeyError: 'atomtypes'"],
  [
    'what was logged after it is not its cause',
    logOf(FAILED, { level: 'ERROR', event: 'later' }),
    "KeyError: 'atomtypes'",
    null,
  ],
  ['information is no trouble', logOf({ level: 'INFO', event: 'read' }, FAILED), "KeyError: 'atomtypes'", null],
  [
    'the last warning or error before it',
    logOf(
      { level: 'ERROR', event: 'first' },
      { level: 'WARNING', event: 'second' },
      { level: 'DEBUG', event: 'third' },
      FAILED,
    ),
    "KeyError: 'atomtypes'",
    'second',
  ],
  [
    'text that tries to be more than one line',
    logOf(
      { level: 'ERROR', event: 'a\u202eb\n\u0007c' },
      { ...FAILED, exception: 'ValueError: \u0000<b>\r\n/app/.volumes/fs/staging/x/raw/f.xml' },
    ),
    'ValueError: <b> …/f.xml',
    'a b c',
  ],
  [
    'a very long text',
    logOf({ ...FAILED, exception: `ValueError: ${'x'.repeat(100_000)}` }),
    `ValueError: ${'x'.repeat(287)}…`,
  ],
];
for (const [what, body, reason, before] of cases) {
  test(`of a log: ${what}`, () => {
    const read = readEntryLog(body);
    assert.equal(read?.reason ?? null, reason);
    if (before !== undefined) assert.equal(read?.before ?? null, before);
  });
}

function answerOf(status: number, body: unknown): Answer {
  const nothing = { contentType: null, date: null, retryAfter: null, location: null };
  return { kind: 'answer', status, bytes: new Uint8Array(), body, ...nothing };
}
const detail = (text: string) => ({ detail: text });
const answers: readonly (readonly [what: string, answer: Answer, expected: unknown])[] = [
  ['its log', answerOf(200, logOf(FAILED)), { reason: "KeyError: 'atomtypes'", before: null }],
  ['a log that does not say', answerOf(200, logOf()), 'unknown'],
  ['no archive', answerOf(404, detail('The entry does exist, but it has no archive.')), 'unknown'],
  ['a missing scope', answerOf(403, detail("Missing scopes: [<Scope.ENTRIES_READ: 'entries:read'>]")), 'scope'],
  ['another refusal', answerOf(403, detail('no')), 'silence'],
  ['no login', answerOf(401, detail('no')), 'silence'],
  ['a broken search', answerOf(500, detail('x')), 'silence'],
  ['no answer', { kind: 'silence', problem: 'time' }, 'silence'],
];
for (const [what, answer, expected] of answers) {
  test(`asked for the log of an entry, NOMAD gives ${what}`, async () => {
    const asked: NomadRequest[] = [];
    const ask = async (request: NomadRequest) => {
      asked.push(request);
      return { ok: true as const, value: answer };
    };
    assert.deepEqual(await requestEntryLog(ask, 'e/1', 5000), expected);
    assert.deepEqual(asked, [
      {
        endpoint: 'entries/ID/archive/query',
        path: 'entries/e%2F1/archive/query',
        json: { required: { processing_logs: '*' } },
        timeout: 5000,
        maxBytes: 4 * 1024 * 1024,
      },
    ]);
  });
}

// Each cause by NOMAD's words, and what is said then: a row each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLES } from '../../../scripts/docs/causes.ts';
import { uploadAdvice, uploadsAdvice } from '../../../src/domain/message/advice.ts';
import { type Cause, CAUSES, causeOf, nomadsCause } from '../../../src/domain/message/causes.ts';
import { itemsOf } from '../../../src/domain/message/item.ts';
import { NOTHING_PAST } from '../../../src/domain/message/past.ts';
import { withoutTraceback } from '../../../src/domain/process/traceback.ts';
import { event, messageAbout } from '../../support/builders.ts';

/** Texts of real servers (test/lives), and those that the sources of NOMAD, Celery, Temporal and Python write. */
const texts: readonly (readonly [text: string, cause: Cause | null])[] = [
  ...(Object.entries(EXAMPLES) as [Cause, string][]).map(([cause, text]) => [text, cause] as const),
  ['ValueError: Cannot extract file. Bad file format or file extension?', 'archive'],
  ['AssertionError: .volumes/fs/tmp/N49-w69qRWGj2HTU6n5OWw/files.zip does not exist', 'archive'],
  ['AssertionError: …/corrupt.zip does not exist', 'archive'],
  ['AssertionError: `path` must define a folder or a zipfile.', 'archive'],
  ['zlib.error: Error -3 while decompressing data: invalid block type', 'archive'],
  ['BadZipFile: File is not a zip file', 'archive'],
  ["BadZipFile: Bad CRC-32 for file 'a/OUTCAR'", 'archive'],
  ['EOFError: Compressed file ended before the end-of-stream marker was reached', 'archive'],
  ['tarfile.ReadError: unexpected end of data', 'archive'],
  ['OSError: [Errno 122] Disk quota exceeded', 'disk_full'],
  ['numpy.core._exceptions._ArrayMemoryError: Unable to allocate 12.3 GiB for an array', 'memory'],
  ['OSError: [Errno 12] Cannot allocate memory', 'memory'],
  [
    'Process entry failed due to a heartbeat timeout. If this keeps happening contact NOMAD/ your oasis admin for support.',
    'worker_lost',
  ],
  [
    'BrokenProcessPool: A process in the process pool was terminated abruptly while the future was running or pending.',
    'worker_lost',
  ],
  ['TimeLimitExceeded: TimeLimitExceeded(7200,)', 'time_limit'],
  ['activity ScheduleToClose timeout', 'time_limit'],
  ['Workflow timed out', 'time_limit'],
  ['ConnectionError: HTTPConnectionPool(host="x", port=80): Max retries exceeded with url: /', 'connection'],
  ['gaierror: [Errno -2] Name or service not known', 'connection'],
  ['RPCError: Timeout expired', 'workflows'],
  ['ApiError: cluster_block_exception', 'search'],
  ["KeyError: 'elastic_constants'", null],
  ['ValueError: ElasticConstants: no such section', null],
  ["KeyError: 'atomtypes'", null],
  ['FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml', null],
  ['FileReadError: unexpected line 7 in OUTCAR', null],
  ['AssertionError: the file OUTCAR does not exist in this archive', null],
  ['OperationalError: no such table: results', null],
  ['ConnectionAngleError: bond 7', null],
  ['WorkflowFailureError: Workflow execution failed', null],
  ['ValueError: timeout of the detector', null],
  ['', null],
];
for (const [text, cause] of texts) {
  test(`"${text.slice(0, 70)}" is ${cause ?? 'no cause that we know'}`, () => {
    assert.equal(causeOf(text), cause);
    assert.equal(causeOf(withoutTraceback(text)), cause);
  });
}

test('without a reason there is no cause', () => {
  assert.equal(causeOf(null), null);
  assert.equal(nomadsCause(null), null);
});

const NOTHING = { uploadId: 'u1', engine: null, isQueued: false, afterFailure: false };
const failed = (reason: string | null, process = 'process_upload') => {
  return { kind: 'upload.failed' as const, process, reason, ...NOTHING };
};
const CHANGE_FILES = /fix|remove|upload it again/i;

for (const cause of Object.keys(CAUSES) as Cause[]) {
  const { isNomads } = CAUSES[cause];
  test(`${cause}: ${isNomads ? 'nobody is told to change files, administrators are told what to do' : 'its author is told what to do'}`, () => {
    const [one, many] = [uploadAdvice(failed(EXAMPLES[cause])), uploadsAdvice(failed(EXAMPLES[cause]))];
    assert.ok(one !== null && many !== null && one !== many);
    for (const text of [one, many]) {
      assert.equal(text.includes('For administrators: '), isNomads);
      if (isNomads) assert.doesNotMatch(text, CHANGE_FILES);
      assert.match(text, /^[A-Z].*\.$/);
      assert.doesNotMatch(text, /\n/);
    }
    assert.match(many, /uploads|them/);
    assert.doesNotMatch(one.replace('smaller uploads', ''), /\buploads\b|\bthem\b/);
  });
}

const others: readonly (readonly [string, string | null, string, RegExp])[] = [
  ['an archive', 'ValueError: Bad archive.', 'process_upload', /Upload it again\. Processing it again does not help/],
  ['an unknown reason', "KeyError: 'x'", 'process_upload', /If the error names a file, fix or remove it/],
  ['no reason', null, 'process_upload', /If it names none, process the upload again/],
  ['a publish', 'x', 'publish_upload', /^Its files are unchanged, and it is not published\. Publish it again later/],
  [
    'a publish without the search',
    EXAMPLES.search,
    'publish_upload',
    /^NOMAD's search did not answer\. Its files are unchanged, .*For administrators: check Elasticsearch/,
  ],
  ['an edit', 'x', 'edit_upload_metadata', /^Its files are unchanged\. Try again later/],
  ['an import', 'x', 'import_bundle', /^Import it again later/],
  ['a time limit', EXAMPLES.time_limit, 'process_upload', /split it into smaller uploads/],
  [
    'a full disk',
    EXAMPLES.disk_full,
    'process_upload',
    /Leave the files as they are, and process the upload again later\. If it fails again, contact/,
  ],
];
for (const [what, reason, process, expected] of others) {
  test(`what to do about ${what}`, () => {
    assert.match(uploadAdvice(failed(reason, process)) ?? '', expected);
  });
}

const entriesOf = (reason: string | null) => ({ ...failed(reason), kind: 'upload.entries_failed' as const });
test('failed entries: the files are to be fixed, unless the reason lies with NOMAD', () => {
  assert.match(uploadAdvice(entriesOf("KeyError: 'x'")) ?? '', /Fix the files .* the parser may be at fault/);
  assert.match(uploadAdvice(entriesOf(null)) ?? '', /Fix the files/);
  const nomads = uploadAdvice(entriesOf(EXAMPLES.disk_full)) ?? '';
  assert.match(nomads, /these entries cannot be used\. NOMAD's disk is full\. Leave the files as they are/);
  assert.doesNotMatch(nomads, CHANGE_FILES);
});

const stuck = (engine: 'celery' | 'temporal' | null, isQueued: boolean) => {
  return { ...failed(null), kind: 'upload.stuck' as const, engine, isQueued };
};
const stucks: readonly (readonly [string, ReturnType<typeof stuck>, RegExp, RegExp | null])[] = [
  [
    'Celery, a worker has it',
    stuck('celery', false),
    /forgotten by the reset .*\nnomad admin uploads reset -- u1\nnomad admin uploads process -- u1$/s,
    null,
  ],
  ['Celery, queued', stuck('celery', true), /^No worker of NOMAD has taken it\. .* restarted\..*reset -- u1/s, null],
  [
    'Temporal, a worker has it',
    stuck('temporal', false),
    /^One of its authors can end it: press "Stop processing".* must not reset it/,
    /admin uploads/,
  ],
  [
    'Temporal, queued',
    stuck('temporal', true),
    /^No worker of NOMAD has taken it\. .*"Stop processing".* must not be reset/,
    /admin uploads/,
  ],
  ['a NOMAD that does not show which it is', stuck(null, false), /^Contact an administrator/, /admin uploads/],
];
for (const [what, situation, expected, never] of stucks) {
  test(`stuck: ${what}`, () => {
    const text = uploadAdvice(situation) ?? '';
    assert.match(text, expected);
    if (never !== null) assert.doesNotMatch(text, never);
    const many = uploadsAdvice(situation) ?? '';
    assert.ok(many.length > 0 && !many.includes('\n') && !many.includes('u1'));
  });
}

const itemsOfAll = (events: Parameters<typeof itemsOf>[0]) => itemsOf(events, NOTHING_PAST);

/** A failed upload of this name, for this reason. */
const failure = (id: string, reason: string) => {
  const about = event({ id, details: { reason } });
  return { ...about, upload: about.upload && { ...about.upload, id, name: id } };
};
test('several that failed because of NOMAD are one statement about NOMAD', () => {
  const disk = 'OSError: [Errno 28] No space left on device';
  const items = itemsOfAll([failure('a', disk), failure('b', disk), failure('c', "KeyError: 'x'")]);
  assert.deepEqual(
    items.map(({ title, headline }) => `${title}: ${headline}`),
    [`NOMAD: 2 uploads failed: ${disk}`, 'c: failed'],
  );
  assert.deepEqual(
    items[0]?.lines.map(({ text }) => text),
    ['a', 'b'],
  );
  assert.match(
    items[0].advice ?? '',
    /^NOMAD's disk is full\. Leave the files as they are, and process the uploads again later/,
  );
  assert.equal(
    messageAbout([failure('a', disk), failure('b', disk)]).subject,
    "[NOMAD] NOMAD's disk is full: 2 uploads failed",
  );
});

test('one that failed because of NOMAD, and several for reasons of their own, are said of each', () => {
  const items = itemsOfAll([failure('a', 'MemoryError'), failure('b', "KeyError: 'x'"), failure('c', "KeyError: 'x'")]);
  assert.deepEqual(
    items.map(({ title }) => title),
    ['a', 'b', 'c'],
  );
});

test('failures for different reasons of NOMAD are different statements', () => {
  const items = itemsOfAll([
    failure('a', 'MemoryError'),
    failure('b', 'MemoryError'),
    failure('c', 'BrokenProcessPool'),
    failure('d', 'BrokenProcessPool'),
  ]);
  assert.deepEqual(
    items.map(({ headline }) => headline),
    ['2 uploads failed: MemoryError', '2 uploads failed: BrokenProcessPool'],
  );
});

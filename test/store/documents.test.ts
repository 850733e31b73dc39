// Documents of version 0.1 are brought to the form of today when they are read; those of today are read as they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrackedUpload } from '../../src/domain/upload.ts';
import { eventOf, watchedOf } from '../../src/store/documents.ts';
import { T0, event, inspected, progressed, watched } from '../support/builders.ts';

const rowOf = (document: unknown) => ({ document: JSON.stringify(document) });
const TRACEBACK =
  'Traceback (most recent call last):\n  File "/app/nomad/x.py", line 3, in f\n    f()\nValueError: Bad archive.';

/** As 0.1 wrote it. */
function old(now: TrackedUpload, more: object = {}): object {
  const { failure, oldMessage, upload, ...rest } = now;
  const { groupRole, ...facts } = upload;
  assert.ok(failure === null || upload.errors.length > 0, 'what 0.1 cannot say');
  assert.deepEqual([oldMessage, groupRole], [null, null]);
  return { ...rest, upload: facts, ...more };
}

test('what is of today is read as it is', () => {
  const known = watched(
    { status: 'FAILURE', errors: ['E'], groupRole: 'reviewer' },
    { progress: progressed({ stuck: true }), inspection: inspected({ why: 'before' }), oldMessage: 'Matching' },
  );
  assert.deepEqual(watchedOf(rowOf(known)), known);
  const edited = watched({}, { failure: { process: null, reason: null, since: T0 } });
  assert.deepEqual(watchedOf(rowOf(edited)), edited);
});

const brought: readonly (readonly [string, object, TrackedUpload])[] = [
  ['well', old(watched()), watched()],
  [
    'failed: that failure stands',
    old(watched({ status: 'FAILURE', errors: ['a', 'E'] }, { lastResult: 'failed' })),
    watched({ status: 'FAILURE', errors: ['a', 'E'] }, { lastResult: 'failed' }),
  ],
  [
    'failed, as 0.1 remembers, and queued again',
    old(watched({ status: 'PENDING', errors: ['E'] }, { lastResult: 'failed' })),
    watched(
      { status: 'PENDING', errors: ['E'] },
      { lastResult: 'failed', failure: { process: 'process_upload', reason: 'E', since: T0 - 30 * 60_000 } },
    ),
  ],
  [
    'asked about its entries: those known to have failed are told',
    old(watched(), { inspection: { completeTime: T0, askAt: null, tries: 1, failed: 3 } }),
    watched({}, { inspection: inspected({ run: `run ${T0}`, failed: 3, told: '3' }) }),
  ],
  [
    'still to be asked about its entries',
    old(watched(), { inspection: { completeTime: T0, askAt: T0 + 5, tries: 2, failed: null } }),
    watched({}, { inspection: inspected({ run: `run ${T0}`, askAt: T0 + 5, tries: 2, failed: null }) }),
  ],
  [
    'stuck, and told as that',
    old(watched({ status: 'RUNNING' }), { progress: { signature: 's', since: T0, stuck: true, counts: null } }),
    watched({ status: 'RUNNING' }, { progress: progressed({ signature: 's', stuck: true }) }),
  ],
  [
    'with tracebacks',
    old(
      watched({
        status: 'FAILURE',
        errors: [TRACEBACK],
        warnings: [TRACEBACK],
        message: `Process failed: ${TRACEBACK}`,
      }),
    ),
    watched({
      status: 'FAILURE',
      errors: ['ValueError: Bad archive.'],
      warnings: ['ValueError: Bad archive.'],
      message: 'Process failed: ValueError: Bad archive.',
    }),
  ],
];
for (const [what, stored, expected] of brought) {
  test(`an upload of 0.1, ${what}`, () => {
    assert.deepEqual(watchedOf(rowOf(stored)), expected);
  });
}

test('an event is read as it is; of an old one without its tracebacks', () => {
  const told = event({ details: { again: true } });
  assert.deepEqual(eventOf(rowOf(told)), told);
  const { after } = told;
  assert.ok(after !== null);
  const long = event({ before: { ...after, message: TRACEBACK }, after: { ...after, errors: ['a', TRACEBACK] } });
  assert.deepEqual(eventOf(rowOf(long)), {
    ...long,
    before: { ...after, message: 'ValueError: Bad archive.' },
    after: { ...after, errors: ['a', 'ValueError: Bad archive.'] },
  });
  const ofNomad = event({ upload: null, after: null, details: { problem: TRACEBACK } });
  assert.deepEqual(eventOf(rowOf(ofNomad)), ofNomad);
});

// What NOMAD's process names and messages mean, of 1.3 (Celery) and of 1.4 and later (Temporal).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Engine,
  type Work,
  KNOWN_PROCESSES,
  endInMessage,
  engineOf,
  isEnding,
  isStep,
  isStopped,
  workOf,
} from '../../../src/domain/process/names.ts';
import type { ProcessStatus } from '../../../src/domain/upload.ts';

const works: readonly (readonly [string | null, Work])[] = [
  ['process_upload', 'processing'],
  ['put_file_and_process_local', 'processing'],
  ['process_example_upload', 'processing'],
  ['a name that nobody knows', 'processing'],
  [null, 'processing'],
  ['edit_upload_metadata', 'edit'],
  ['edit_metadata', 'edit'],
  ['publish_upload', 'publish'],
  ['publish_externally', 'publish'],
  ['import_bundle', 'import'],
  ['transfer_upload_ownership', 'transfer'],
  ['delete_upload', 'delete'],
];
for (const [process, work] of works) {
  test(`${process ?? 'no process'} is: ${work}`, () => {
    assert.equal(workOf(process), work);
  });
}

test('each process that is known is named once, without an underscore', () => {
  assert.deepEqual(KNOWN_PROCESSES.length, new Set(KNOWN_PROCESSES).size);
  assert.ok(works.slice(5).every(([process]) => process !== null && KNOWN_PROCESSES.includes(process)));
  assert.ok(KNOWN_PROCESSES.every((name) => /^[a-z]\w+$/.test(name)));
});

/** What a message tells: an end, a step that a worker is at, or neither. */
const messages: readonly (readonly [string | null, 'succeeded' | 'failed' | 'step' | null])[] = [
  ['Process _process_upload completed successfully', 'succeeded'],
  ['Process put_file_and_process_local completed successfully', 'succeeded'],
  ['Process completed successfully', 'succeeded'],
  ['Process _process_upload failed: ValueError: Cannot extract file.', 'failed'],
  ['Process process_upload failed', 'failed'],
  ['Process failed: KeyError', 'failed'],
  ['Process failed', 'failed'],
  ['Pending: _process_upload', null],
  ['Pending', null],
  ['Processing stopped', null],
  [null, null],
  ['Started: _process_upload', 'step'],
  ['Adding files', 'step'],
  ['Matching', 'step'],
  ['Parsing level -1', 'step'],
  ['Parsing level 0', 'step'],
  ['Waiting for results (level 0)', 'step'],
  ['Cleanup', 'step'],
  ['A step of a NOMAD to come', 'step'],
  ['Process a file that failed', 'step'],
];
for (const [message, meaning] of messages) {
  test(`${JSON.stringify(message)} tells: ${meaning ?? 'neither a step nor an end'}`, () => {
    assert.equal(endInMessage(message), meaning === 'step' ? null : meaning);
    assert.equal(isStep(message), meaning === 'step');
  });
}

const states: readonly (readonly [ProcessStatus, string | null, string | null, 'stopped' | 'ending' | null])[] = [
  ['READY', 'process_upload', 'Processing stopped', 'stopped'],
  ['READY', null, 'Processing stopped', null],
  ['READY', 'process_upload', 'Matching', null],
  ['PENDING', 'process_upload', 'Processing stopped', null],
  ['RUNNING', 'process_upload', 'Process _process_upload failed: E', 'ending'],
  ['WAITING_FOR_RESULT', 'process_upload', 'Process completed successfully', 'ending'],
  ['RUNNING', 'process_upload', 'Cleanup', null],
  ['PENDING', 'process_upload', 'Process failed: E', null],
  ['FAILURE', 'process_upload', 'Process failed: E', null],
];
for (const [status, process, message, expected] of states) {
  test(`${status} of ${process ?? 'no process'} with ${JSON.stringify(message)} is: ${expected ?? 'neither'}`, () => {
    assert.equal(isStopped({ status, process, message }), expected === 'stopped');
    assert.equal(isEnding({ status, message }), expected === 'ending');
  });
}

const engines: readonly (readonly [ProcessStatus, string | null, string | null, Engine | null])[] = [
  ['PENDING', 'process_upload', 'Pending: _process_upload', 'celery'],
  ['RUNNING', 'process_upload', 'Started: _process_upload', 'celery'],
  ['RUNNING', 'process_upload', 'Parsing level 0', 'celery'],
  ['WAITING_FOR_RESULT', 'process_upload', 'Waiting for results (level 0)', 'celery'],
  ['WAITING_FOR_RESULT', 'process_upload', null, 'celery'],
  ['SUCCESS', 'process_upload', 'Process _process_upload completed successfully', 'celery'],
  ['PENDING', 'process_upload', null, 'temporal'],
  ['PENDING', 'process_upload', 'Parsing level 0', 'temporal'],
  ['SUCCESS', 'process_upload', 'Process completed successfully', 'temporal'],
  ['PENDING', 'process_upload', 'Process completed successfully', 'temporal'],
  ['READY', 'process_upload', 'Processing stopped', 'temporal'],
  // Between the two steps of an end both of them show this.
  ['RUNNING', 'process_upload', 'Process failed: E', null],
  ['PENDING', null, null, null],
  ['READY', null, null, null],
  ['FAILURE', 'process_upload', 'Process failed: E', null],
];
for (const [status, process, message, engine] of engines) {
  test(`${status} of ${process ?? 'no process'} with ${JSON.stringify(message)} shows: ${engine ?? 'neither engine'}`, () => {
    assert.equal(engineOf({ status, process, message }), engine);
  });
}

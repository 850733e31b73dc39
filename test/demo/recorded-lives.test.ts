// The simulated NOMAD is held to recordings of real servers with real workers, so that it cannot drift: the same lives, played in it,
// show the same states in the same order, and none that no server ever showed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Generation } from '../../src/demo/nomad-generations.ts';
import { CELERY, type Lives, TEMPORAL_1_4, TEMPORAL_2_0 } from './lives-done.ts';
import { firstUnlike, played } from './play.ts';
import { type State, readRecorded } from './recorded.ts';

const RECORDINGS: readonly (readonly [Generation, string, Lives])[] = [
  ['1.3', 'celery-1.3.17.jsonl', CELERY],
  ['1.4', 'temporal-1.4.3.jsonl', TEMPORAL_1_4],
  ['2.0', 'temporal-2.0.0.jsonl', TEMPORAL_2_0],
];

/** Too short for a poller to fall on, or not in these lives; read in the sources of 1.3.17, 1.4.3 and 2.0.0. */
const UNSEEN: Readonly<Record<Generation, readonly string[]>> = {
  '1.3': [
    // At once taken by a worker.
    'PENDING, _delete_upload, Pending: _delete_upload, 0 errors',
    'PENDING, _publish_upload, Pending: _publish_upload, 0 errors',
    'PENDING, _process_upload, Pending: _process_upload, 1 errors',
    'READY, -, -, 0 errors',
    // Half of an end: `_sync_complete_process` writes all but the status, and then the status.
    'RUNNING, _edit_upload_metadata, Process _edit_upload_metadata completed successfully, 0 errors',
    'RUNNING, _process_upload, Process _process_upload completed successfully, 0 errors',
    'RUNNING, _publish_upload, Process _publish_upload completed successfully, 0 errors',
    'RUNNING, put_file_and_process_local, Process put_file_and_process_local completed successfully, 0 errors',
    // All within one request.
    'RUNNING, put_file_and_process_local, Started: put_file_and_process_local, 0 errors',
    'RUNNING, put_file_and_process_local, Putting the file, 0 errors',
    'RUNNING, put_file_and_process_local, Matching, 0 errors',
    'RUNNING, put_file_and_process_local, Processing, 0 errors',
  ],
  // Only a failure ends by that way.
  '1.4': ['RUNNING, _process_upload, Process _process_upload failed: …, 1 errors'],
  '2.0': ['RUNNING, _process_upload, Process _process_upload failed: …, 1 errors'],
};

for (const [generation, file, lives] of RECORDINGS) {
  const recorded = readRecorded(file);
  test(`${generation}: every upload of ${file} has its life here`, () => {
    assert.deepEqual(Object.keys(lives).toSorted(), [...recorded.keys()].toSorted());
  });
  for (const [id, states] of recorded) {
    const name = states[0]?.upload_name;
    test(`${generation}: the life of ${id}, ${String(name)}, in the simulation`, () => {
      const life = played(generation, name, lives[id] ?? []);
      const unlike = firstUnlike(states, life);
      assert.deepEqual(unlike, undefined, `of ${states.length} states number ${states.indexOf(unlike ?? null) + 1}`);
    });
  }
  test(`${generation}: the simulation shows nothing more than the server did, but for what nobody could see`, () => {
    const seen = new Set([...recorded.values()].flat().map(signature));
    const ours = Object.entries(lives).flatMap(([id, life]) =>
      played(generation, recorded.get(id)?.[0]?.upload_name, life),
    );
    const more = new Set(ours.map(signature).filter((each) => !seen.has(each)));
    assert.deepEqual([...more].toSorted(), UNSEEN[generation].toSorted());
  });
}

function signature(state: State): string {
  if (state === null) return 'gone';
  const { process_status, current_process, last_status_message, errors } = state;
  const message = String(last_status_message ?? '-').replace(/failed: .*/s, 'failed: …');
  return `${String(process_status)}, ${String(current_process ?? '-')}, ${message}, ${Array.isArray(errors) ? errors.length : '?'} errors`;
}

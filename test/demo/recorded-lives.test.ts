// The simulated NOMAD is held to recordings of real servers with real workers, so that it cannot drift: the same lives, played in it,
// show the same states in the same order, and none that no server ever showed.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Generation, GENERATIONS, isCelery } from '../../src/demo/nomad-generations.ts';
import { CELERY, type Done, type Lives, TEMPORAL_1_4, TEMPORAL_2_0 } from './lives-done.ts';
import { NOT_PLAYED, SINGLE_LIVES } from './lives-single.ts';
import { OF_ENTRIES, OF_UPLOADS, firstUnlike, played } from './play.ts';
import { type State, readEntriesRecorded, readRecorded } from './recorded.ts';

const RECORDINGS: readonly (readonly [Generation, string, Lives])[] = [
  ['1.3', 'celery-1.3.17.jsonl', CELERY],
  ['1.4', 'temporal-1.4.3.jsonl', TEMPORAL_1_4],
  ['2.0', 'temporal-2.0.0.jsonl', TEMPORAL_2_0],
];

/** Too short for a poller to fall on, or not in these lives; read in the sources of 1.3.17, 1.4.3 and 2.0.0. */
const UNSEEN: Readonly<Record<Generation, readonly string[]>> = {
  '1.3': [
    // At once taken by a worker; errors are emptied only then.
    'PENDING, _delete_upload, Pending: _delete_upload, 0 errors',
    'PENDING, _edit_upload_metadata, Pending: _edit_upload_metadata, 1 errors',
    'PENDING, _process_example_upload, Pending: _process_example_upload, 0 errors',
    'PENDING, _process_upload, Pending: _process_upload, 1 errors',
    'PENDING, _publish_upload, Pending: _publish_upload, 0 errors',
    'READY, -, -, 0 errors',
    // Half of an end: `_sync_complete_process` writes all but the status, and then the status.
    'RUNNING, _edit_upload_metadata, Process _edit_upload_metadata completed successfully, 0 errors',
    'RUNNING, _publish_upload, Process _publish_upload completed successfully, 0 errors',
    'RUNNING, put_file_and_process_local, Process put_file_and_process_local completed successfully, 0 errors',
    // All within one request.
    'RUNNING, put_file_and_process_local, Started: put_file_and_process_local, 0 errors',
    'RUNNING, put_file_and_process_local, Putting the file, 0 errors',
    'RUNNING, put_file_and_process_local, Matching, 0 errors',
    'RUNNING, put_file_and_process_local, Processing, 0 errors',
    // Of the run before the one of the files only the end was seen.
    'RUNNING, _process_example_upload, Started: _process_example_upload, 0 errors',
    'RUNNING, _process_example_upload, Loading example upload data., 0 errors',
    'RUNNING, _process_example_upload, Creating staging files, 0 errors',
    'RUNNING, _process_example_upload, Process _process_example_upload completed successfully, 0 errors',
    // As with the levels that were seen.
    'RUNNING, _process_upload, Parsing level 2, 0 errors',
    'RUNNING, _process_upload, Waiting for results (level 1), 0 errors',
    'RUNNING, _process_upload, Waiting for results (level 2), 0 errors',
  ],
  '1.4': ['PENDING, -, Loading example upload data., 0 errors', 'SUCCESS, _process_upload, Putting the file, 0 errors'],
  '2.0': [
    'PENDING, -, Loading example upload data., 0 errors',
    // Half of an end; only a failure has two, and on 1.4.3 it was seen.
    'RUNNING, _process_upload, Process _process_upload failed: …, 1 errors',
    'SUCCESS, _process_upload, Putting the file, 0 errors',
  ],
};

const shown = new Map<Generation, State[]>();
const seen = new Map<Generation, State[]>();

/** A life ends as it was recorded to end. */
function compare(generation: Generation, recorded: readonly State[], done: readonly Done[]): void {
  const { states } = played(generation, recorded[0]?.upload_name, done);
  shown.set(generation, [...(shown.get(generation) ?? []), ...states]);
  seen.set(generation, [...(seen.get(generation) ?? []), ...recorded]);
  const unlike = firstUnlike(recorded, states, OF_UPLOADS);
  assert.deepEqual(unlike, undefined, `of ${recorded.length} states number ${recorded.indexOf(unlike ?? null) + 1}`);
  const [last = null, end = null] = [recorded.at(-1), states.at(-1)];
  assert.ok(OF_UPLOADS.isLike(last, [end], 0), `at last ${JSON.stringify(end)}`);
}

for (const [generation, file, lives] of RECORDINGS) {
  const recorded = readRecorded(file);
  test(`${generation}: every upload of ${file} has its life here`, () => {
    assert.deepEqual(Object.keys(lives).toSorted(), [...recorded.keys()].toSorted());
  });
  for (const [id, states] of recorded) {
    test(`${generation}: the life of ${id}, ${String(states[0]?.upload_name)}, in the simulation`, () => {
      compare(generation, states, lives[id] ?? []);
    });
  }
}

/** The second pass takes the entries in an order of the database's own. The workers of 1.3 parse two at a time: nothing is in one order there. */
const OTHER_ORDER: readonly string[] = ['publish-entries-failed'];
const VERSIONS: Readonly<Record<string, Generation>> = { '1.3.17': '1.3', '1.4.3': '1.4', '2.0.0': '2.0' };
for (const file of readdirSync(join(import.meta.dirname, '../lives/recorded'))) {
  const [, version = '', name = ''] = /^([\d.]+)-(.+)\.jsonl$/.exec(file) ?? [];
  const generation = VERSIONS[version];
  if (generation === undefined || NOT_PLAYED.includes(name)) continue;
  const done = SINGLE_LIVES[name]?.(generation) ?? [];
  test(`${generation}: ${name}, in the simulation`, () => {
    const [states = []] = [...readRecorded(file).values()];
    compare(generation, states, done);
  });
  if (isCelery(generation) || OTHER_ORDER.includes(name)) continue;
  test(`${generation}: ${name}, its entries in the simulation`, () => {
    const { entries } = played(generation, name, done);
    const recorded = readEntriesRecorded(file);
    const unlike = firstUnlike(recorded, entries, OF_ENTRIES);
    const number = unlike === undefined ? 0 : recorded.indexOf(unlike) + 1;
    assert.deepEqual(unlike, undefined, `of ${recorded.length} states number ${number}`);
  });
}

for (const generation of GENERATIONS) {
  test(`${generation}: the simulation shows nothing more than the server did, but for what nobody could see`, () => {
    const known = new Set(seen.get(generation)?.map(signature));
    const more = new Set(
      shown
        .get(generation)
        ?.map(signature)
        .filter((each) => !known.has(each)),
    );
    assert.deepEqual([...more].toSorted(), UNSEEN[generation].toSorted());
  });
}

function signature(state: State): string {
  if (state === null) return 'gone';
  const { process_status, current_process, last_status_message, errors } = state;
  const message = textOf(last_status_message).replace(/failed: .*/s, 'failed: …');
  return `${String(process_status)}, ${textOf(current_process)}, ${message}, ${Array.isArray(errors) ? errors.length : '?'} errors`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '-';
}

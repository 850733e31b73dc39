// What was done in the lives that were recorded one by one, with their entries (test/campaigns/nomad-live/lives plays them), as orders here.
import { type Generation, isCelery } from '../../src/demo/nomad-generations.ts';
import type { Level } from '../../src/demo/nomad-processing.ts';
import { GRACE } from '../../src/demo/nomad-state.ts';
import { type Done, failing, again, broken, put } from './lives-done.ts';

const level = (number: number, good: number, bad?: Level['bad']): Level => ({
  level: number,
  good,
  ...(bad !== undefined && { bad }),
});

export const SINGLE_LIVES: Readonly<Record<string, (generation: Generation) => readonly Done[]>> = {
  good: () => [put(1)],
  'good-again': () => [put(1), again(1)],
  'bad-archive': (of) => [unpacked(of), again(0)],
  mended: (of) => [unpacked(of), put(1)],
  raises: (of) => [put(3, [0], bad(of, 1))],
  exits: (of) => [put(1, [0], bad(of, 1, 'parser raised system exit'))],
  'all-fail': (of) => [put(4, [0], bad(of, 4)), again(4, [0], bad(of, 4))],
  nothing: () => [put(0)],
  levels: () => [{ ...put(0), entries: [level(-1, 1), level(0, 2), level(1, 2), level(2, 2)] }],
  'levels-above': (of) => [{ ...put(0), entries: [level(0, 2), level(1, 2, bad(of, 1)), level(2, 2)] }],
  'slow-entries': (of) => [put(isCelery(of) ? 30 : 14)],
  'one-long': () => [put(1)],
  'edit-good': () => [put(1), { does: 'edit' }],
  'edit-failed': (of) => [unpacked(of), { does: 'edit', change: { name: 'edit-failed: renamed' } }],
  folder: () => [put(1), { does: 'make a folder' }],
  'folder-failed': (of) => [unpacked(of), { does: 'make a folder' }],
  publish: () => [put(1), { does: 'publish' }],
  'publish-entries-failed': (of) => [put(3, [0], bad(of, 2)), { does: 'publish' }],
  delete: () => [put(1), { does: 'delete' }],
  // With Temporal the second is refused.
  'put-while': (of) => (isCelery(of) ? [put(3), { ...put(4), isQueued: true }] : [put(3)]),
  'put-local': () => [put(1), { does: 'put one file' }],
  'only-added': () => [put(1), { does: 'add files only' }],
  'given-away': () => [put(1), { does: 'give away', to: GRACE.id }],
  example: () => [{ does: 'make from an example', entries: [level(0, 2)] }],
};

/** Not simulated: an import from a file, workers that are lost or too slow, and what came between in the middle of a level. */
export const NOT_PLAYED: readonly string[] = [
  'bundle',
  'lost-and-reset',
  'lost-and-restarted',
  'reset-and-deleted',
  'stop',
  'timeout',
  'stalled',
  'received',
  'limit-passed',
  'worker-lost',
];

function bad(generation: Generation, count: number, error = 'parser failed with exception'): Level['bad'] {
  return failing(count, isCelery(generation) ? error : `ProcessFailure: ${error}`);
}

function unpacked(generation: Generation): Done {
  return broken(
    isCelery(generation)
      ? 'ValueError: Cannot extract file. Bad file format or file extension?'
      : 'ValueError: Bad archive.',
  );
}

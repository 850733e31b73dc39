// What can happen to uploads in the simulated NOMAD, and the journal of what truly did: what an oracle knows, and no monitor can ask.
import assert from 'node:assert/strict';
import * as world from '../../src/demo/nomad-world.ts';

export const ACTIONS = [
  'create',
  'queue',
  'queue for publishing',
  'start',
  'wait',
  'fail',
  'succeed',
  'succeed with failed entries',
  'succeed with nothing',
  'write half of the end',
  'fail quickly',
  'succeed quickly',
  'reset',
  'publish',
  'delete',
  'unshare',
  'share',
  'warn',
] as const;
export type Action = (typeof ACTIONS)[number];

export interface Act {
  readonly does: Action;
  /** Which upload, counted round those that there are. */
  readonly to: number;
}

/** The end of a run. `at` names it: no two ends of a world have the same. */
export interface End {
  readonly at: number;
  readonly result: 'failed' | 'succeeded';
  readonly entries: number;
  readonly failing: number;
}

export interface Truth {
  /** NOMAD writes the time of a run's end before its status. */
  halfAt: number | null;
  /** Ends of runs, in order. */
  readonly ends: End[];
  /** What was done to it and had an effect, in order. */
  readonly did: { readonly does: Action; readonly at: number }[];
}

/** The error of a failed run: no two are alike. */
export function errorOf(at: number): string {
  return `E-${at}`;
}

/** Does it if it can be done; only uploads with a journal are touched. `now` in ms, later than ever before. */
export function act(nomad: world.World, truths: Map<string, Truth>, { does, to }: Act, now: number): void {
  if (does === 'create') {
    const id = `u${truths.size}`;
    world.addUpload(nomad, id, now);
    truths.set(id, { ends: [], halfAt: null, did: [{ does, at: now }] });
    return;
  }
  const all = [...nomad.uploads.values()].filter(({ id }) => truths.has(id));
  const upload = all[to % Math.max(1, all.length)];
  if (upload === undefined) return;
  const truth = truths.get(upload.id);
  assert.ok(truth);
  if (perform(nomad, upload, truth, does, now)) truth.did.push({ does, at: now });
}

function perform(
  nomad: world.World,
  upload: world.SimulatedUpload,
  truth: Truth,
  does: Exclude<Action, 'create'>,
  now: number,
): boolean {
  const isIdle = ['READY', 'SUCCESS', 'FAILURE'].includes(upload.status);
  // Every run begins by emptying the lists of the one before; only a failure can come before that.
  const isActive = !isIdle && upload.status !== 'PENDING';
  const when = (isPossible: boolean, change: () => void): boolean => {
    if (isPossible) change();
    return isPossible;
  };
  const end = (result: End['result'], entries = 7, failing = 0) => {
    const at = truth.halfAt ?? now;
    truth.halfAt = null;
    const failed = Array.from({ length: failing }, (_, index) => entry(index));
    if (result === 'failed') world.fail(upload, at, [errorOf(at)]);
    else world.succeed(upload, at, entries, failed);
    truth.ends.push({ at, result, entries, failing });
  };
  switch (does) {
    case 'queue':
      return when(isIdle, () => {
        world.queue(nomad, upload);
      });
    case 'queue for publishing':
      return when(isIdle, () => {
        world.queue(nomad, upload, 'publish_upload');
      });
    case 'start':
      return when(upload.status === 'PENDING', () => {
        world.start(upload);
      });
    case 'wait':
      return when(upload.status === 'RUNNING', () => {
        world.waitForEntries(upload);
      });
    case 'fail':
      return when(!isIdle, () => {
        end('failed');
      });
    case 'succeed':
      return when(isActive, () => {
        end('succeeded');
      });
    case 'succeed with failed entries':
      return when(isActive, () => {
        end('succeeded', 7, 3);
      });
    case 'succeed with nothing':
      return when(isActive, () => {
        end('succeeded', 0);
      });
    case 'write half of the end':
      return when(isActive, () => {
        upload.completeTime = now;
        truth.halfAt = now;
      });
    case 'fail quickly':
    case 'succeed quickly':
      return when(isIdle, () => {
        world.queue(nomad, upload);
        world.start(upload);
        end(does === 'fail quickly' ? 'failed' : 'succeeded');
      });
    case 'reset':
      // Nobody is quick enough to come between the two halves.
      return when(truth.halfAt === null, () => {
        world.reset(upload);
      });
    case 'publish':
      return when(!upload.published, () => {
        world.publish(upload, now);
      });
    case 'delete':
      world.remove(nomad, upload);
      return true;
    case 'unshare':
      world.unshare(upload);
      return true;
    case 'share':
      upload.coauthors = [world.ADA.id];
      return true;
    case 'warn':
      upload.warnings = [`W at ${now}`];
      return true;
  }
}

/** Whether the state that NOMAD shows tells how the last run ended. On 1.x a queued upload keeps the errors of the run before. */
export function showsResult(upload: world.SimulatedUpload, result: End['result']): boolean {
  if (upload.status === 'PENDING') return result === 'failed' && upload.errors.length > 0;
  return upload.status === (result === 'failed' ? 'FAILURE' : 'SUCCESS');
}

function entry(index: number): world.SimulatedEntry {
  return { id: `e${index}`, mainfile: `${index}.xml`, parser: 'parsers/vasp', error: 'parser raised system exit' };
}

// What can happen to uploads in the simulated NOMAD, and the journal of what truly did: what an oracle knows, and no monitor can ask.
import assert from 'node:assert/strict';
import { isCelery } from '../../src/demo/nomad-generations.ts';
import { writeHalf } from '../../src/demo/nomad-steps.ts';
import * as world from '../../src/demo/nomad-state.ts';

export const ACTIONS = [
  'create',
  'queue',
  'queue for publishing',
  'queue for editing',
  'start',
  'wait',
  'fail',
  'succeed',
  'succeed with failed entries',
  'succeed with nothing',
  'write half of the end',
  'fail quickly',
  'succeed quickly',
  'stop',
  'reset',
  'make a folder',
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
  readonly process: string;
  readonly result: 'failed' | 'succeeded';
  readonly entries: number;
  readonly failing: number;
}

export interface Truth {
  /** NOMAD writes the time, message and errors of a run's end before its status. */
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

/**
 * Does it if it can be done; only uploads with a journal are touched. `now` in ms, later than ever before. `entriesOf`: how many entries a
 * run leaves, by how many ended before it.
 */
export function act(
  nomad: world.World,
  truths: Map<string, Truth>,
  { does, to }: Act,
  now: number,
  entriesOf: (ended: number) => number = () => 7,
): void {
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
  if (perform(nomad, upload, truth, does, now, entriesOf(truth.ends.length))) truth.did.push({ does, at: now });
}

function perform(
  nomad: world.World,
  upload: world.SimulatedUpload,
  truth: Truth,
  does: Exclude<Action, 'create'>,
  now: number,
  usual: number,
): boolean {
  const isIdle = ['READY', 'SUCCESS', 'FAILURE'].includes(upload.status);
  // Every run begins by emptying the lists of the one before; only a failure can come before that.
  const isActive = !isIdle && world.isAtWork(upload);
  const when = (isPossible: boolean, change: () => void): boolean => {
    if (isPossible) change();
    return isPossible;
  };
  const end = (wanted: End['result'], entries = usual, failing = 0) => {
    const process = upload.process ?? 'process_upload';
    const at = truth.halfAt ?? now;
    // The second half can say nothing else than the first.
    const result = truth.halfAt === null ? wanted : resultOf(at);
    truth.halfAt = null;
    if (result === 'failed') world.fail(upload, at, [errorOf(at)]);
    else if (process === 'process_upload') {
      world.succeed(
        upload,
        at,
        entries,
        Array.from({ length: failing }, (_, index) => entry(index)),
      );
    } else {
      world.succeed(upload, at, upload.entries, upload.failing);
      if (process === 'publish_upload' && !upload.published) world.publish(upload, at);
    }
    truth.ends.push({ at, process, result, entries: upload.entries, failing: upload.failing.length });
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
    case 'queue for editing':
      return when(isIdle, () => {
        world.queue(nomad, upload, 'edit_upload_metadata');
      });
    case 'start':
      return when(upload.status === 'PENDING' && !isActive, () => {
        world.start(upload);
      });
    case 'wait':
      return when(upload.status === 'RUNNING' && truth.halfAt === null, () => {
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
        end('succeeded', usual, 3);
      });
    case 'succeed with nothing':
      return when(isActive, () => {
        end('succeeded', 0);
      });
    case 'write half of the end':
      // With Temporal only a failure is written so.
      return when(
        isActive && truth.halfAt === null && (isCelery(nomad.generation) || resultOf(now) === 'failed'),
        () => {
          writeHalf(upload, now, resultOf(now) === 'failed' ? [errorOf(now)] : []);
          truth.halfAt = now;
        },
      );
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
    case 'stop':
      return when(!isCelery(nomad.generation) && upload.status === 'PENDING', () => {
        world.stop(upload);
      });
    case 'make a folder':
      return when(isIdle, () => {
        upload.completeTime = now;
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
    case 'warn': // only a run has something to say
      return when(isActive && truth.halfAt === null, () => {
        upload.warnings = [`W at ${now}`];
      });
  }
}

/** How a run ends whose end is written in two halves: each way as often. */
function resultOf(at: number): End['result'] {
  return Math.floor(at / 60_000) % 2 === 0 ? 'failed' : 'succeeded';
}

/** Whether the state that NOMAD shows tells how the last run ended. On 1.x a queued upload keeps the errors of the run before. */
export function showsResult(upload: world.SimulatedUpload, result: End['result']): boolean {
  if (upload.status === 'PENDING') return result === 'failed' && upload.errors.length > 0;
  return upload.status === (result === 'failed' ? 'FAILURE' : 'SUCCESS');
}

function entry(index: number): world.SimulatedEntry {
  return { id: `e${index}`, mainfile: `${index}.xml`, parser: 'parsers/vasp', error: 'parser raised system exit' };
}

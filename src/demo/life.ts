// The life of the demo's uploads: a believable past, a scripted opening in which each kind of thing happens, then chance.
// Pure but for the world that it changes: time and randomness are arguments.
import {
  type SimulatedUpload,
  type World,
  ADA,
  GRACE,
  addUpload,
  fail,
  publish,
  queue,
  remove,
  reset,
  start,
  succeed,
  unshare,
  waitForEntries,
} from './nomad-world.ts';

export interface LifeChange {
  readonly name: string;
  readonly what: string;
}
export type Random = () => number;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const MATERIALS = ['GaAs', 'perovskite', 'MoS2', 'NiO', 'graphene', 'TiO2', 'LiFePO4', 'CsPbI3'];
const KINDS = ['bandstructure', 'relaxation', 'XRD', 'phonons', 'batch', 'MD run', 'DOS', 'convergence'];
const FAILURES = [
  'FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml',
  'SoftTimeLimitExceeded: SoftTimeLimitExceeded()',
  'process failed due to worker lost: Worker exited prematurely: signal 9 (SIGKILL)',
  'ProcessingError: parser raised system exit',
  "KeyError: 'lattice_vectors'",
];

/** Some 40 uploads with days of history. */
export function seedWorld(world: World, now: number, random: Random): void {
  for (let index = 0; index < 38; index += 1) {
    const createTime = now - (38 - index) * DAY * 0.4 - Math.floor(random() * DAY * 0.2);
    const upload = addUpload(world, idOf(index), createTime, {
      name: index === 11 ? null : nameOf(index, random),
      process: 'process_upload',
    });
    if (index % 9 === 4) fail(upload, createTime + 12 * MINUTE, [pick(FAILURES, random)]);
    else if (index === 20) succeed(upload, createTime + MINUTE, 0);
    else succeed(upload, createTime + 9 * MINUTE, 1 + Math.floor(random() * 40));
    if (index % 5 === 0) publish(upload, createTime + DAY * 0.1);
    if (index % 7 === 3) Object.assign(upload, { mainAuthor: GRACE.id, coauthors: [ADA.id] });
  }
}

/** What happens in one step, about a second long. `step` counts from 0. */
export function liveOn(world: World, step: number, now: number, random: Random): readonly LifeChange[] {
  const scripted = OPENING[step];
  const change = scripted === undefined ? byChance(world, step, now, random) : scripted(world, now, random);
  return change === null ? [] : [change];
}

type Scene = (world: World, now: number, random: Random) => LifeChange | null;

/** At most one change of an upload within what the monitor needs to see it (it polls every two seconds). */
const OPENING: readonly Scene[] = [
  (world) =>
    did(at(world, 30), 'is processed again', (upload) => {
      queue(world, upload);
      start(upload);
    }),
  (world) =>
    did(at(world, 32), 'is processed again, by a worker that dies', (upload) => {
      queue(world, upload);
      start(upload);
    }),
  (world, now) =>
    did(at(world, 13), 'fails again', (upload) => {
      fail(upload, now, [String(FAILURES[0])]);
    }),
  (world, now) =>
    did(
      addUpload(world, idOf(38), now, { name: 'XRD sample 2231 (Müller)', process: 'process_upload' }),
      'is created and queued',
      (upload) => {
        queue(world, upload);
      },
    ),
  (world, now) =>
    did(at(world, 30), 'fails', (upload) => {
      fail(upload, now, [String(FAILURES[2])]);
    }),
  (world) => did(at(world, 38), 'is being processed', start),
  (world) =>
    did(at(world, 4), 'is processed again', (upload) => {
      queue(world, upload);
      start(upload);
    }),
  (world, now) =>
    did(at(world, 2), 'is published', (upload) => {
      publish(upload, now);
    }),
  (world) => did(at(world, 38), 'waits for its entries', waitForEntries),
  (world, now) =>
    did(at(world, 4), 'succeeds', (upload) => {
      succeed(upload, now);
    }),
  (world) =>
    did(at(world, 7), 'is deleted', (upload) => {
      remove(world, upload);
    }),
  (world, now) =>
    did(at(world, 38), 'succeeds, but 2 of its 12 entries failed', (upload) => {
      succeed(upload, now, 12, [
        {
          id: 'demo-entry-1',
          mainfile: '2231/scan-07.xrdml',
          parser: 'parsers/xrd',
          error: 'parser raised system exit',
        },
        { id: 'demo-entry-2', mainfile: '2231/scan-09.xrdml', parser: 'parsers/xrd', error: "KeyError: 'wavelength'" },
      ]);
    }),
  (world) => did(at(world, 24), 'is no longer shared with Ada', unshare),
  (world) =>
    did(at(world, 16), 'has new errors', (upload) => {
      upload.errors = ['OSError: [Errno 28] No space left on device'];
    }),
  (world, now) =>
    did(at(world, 30), 'fails again', (upload) => {
      fail(upload, now + 1, [String(FAILURES[3])]);
    }),
  (world, now) =>
    did(
      addUpload(world, idOf(39), now, { name: 'holiday photos' }),
      'is created and processed: nothing is recognised',
      (upload) => {
        queue(world, upload);
        succeed(upload, now, 0);
      },
    ),
  (world) => did(at(world, 32), 'is reset by an administrator', reset),
];

function byChance(world: World, step: number, now: number, random: Random): LifeChange | null {
  const upload = pick(
    [...world.uploads.values()].filter((each) => each.mainAuthor === ADA.id || each.coauthors.includes(ADA.id)),
    random,
  );
  switch (upload.status) {
    case 'PENDING':
      return did(upload, 'is being processed', start);
    case 'RUNNING':
    case 'WAITING_FOR_RESULT':
      return random() < 0.35
        ? did(upload, 'fails', (each) => {
            fail(each, now, [pick(FAILURES, random)]);
          })
        : did(upload, 'succeeds', (each) => {
            succeed(each, now);
          });
    case 'FAILURE':
      return did(upload, 'is processed again', (each) => {
        queue(world, each);
      });
    default:
      if (step % 5 === 0 && world.uploads.size < 45) {
        return did(
          addUpload(world, idOf(100 + step), now, { name: nameOf(step, random), process: 'process_upload' }),
          'is created and queued',
          (each) => {
            queue(world, each);
          },
        );
      }
      if (random() < 0.05)
        return did(upload, 'is deleted', (each) => {
          remove(world, each);
        });
      return random() < 0.3
        ? did(upload, 'is processed again', (each) => {
            queue(world, each);
          })
        : null;
  }
}

function did(upload: SimulatedUpload, what: string, change: (upload: SimulatedUpload) => void): LifeChange {
  change(upload);
  const why = upload.status === 'FAILURE' && what.startsWith('fails') ? `: ${upload.errors.at(-1) ?? ''}` : '';
  return { name: upload.name ?? upload.id, what: `${what}${why}` };
}

function at(world: World, index: number): SimulatedUpload {
  const upload = world.uploads.get(idOf(index));
  if (upload === undefined) throw new Error(`the demo has no upload ${index}`);
  return upload;
}

function idOf(index: number): string {
  return `demo${String(index).padStart(4, '0')}-upload-abcd`;
}

function nameOf(index: number, random: Random): string {
  return `${pick(MATERIALS, random)} ${pick(KINDS, random)} ${String(index + 1).padStart(2, '0')}`;
}

function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

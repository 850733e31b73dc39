// A large account whose uploads live at random for weeks: the number of uploads stays about the same, everything else changes.
import {
  type SimulatedUpload,
  type World,
  addUpload,
  fail,
  isAtWork,
  publish,
  queue,
  remove,
  reset,
  start,
  succeed,
  unshare,
  waitForEntries,
} from '../../../src/demo/nomad-state.ts';

type Random = () => number;

const HOUR = 3_600_000;
const ERRORS = [
  'FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml',
  'SoftTimeLimitExceeded: SoftTimeLimitExceeded()',
  'process failed due to worker lost: Worker exited prematurely: signal 9 (SIGKILL)',
  "KeyError: 'lattice_vectors'",
];
const BROKEN = {
  id: 'entry-1',
  mainfile: 'raw/scan-07.xrdml',
  parser: 'parsers/xrd',
  error: 'parser raised system exit',
};

export interface Life {
  /** So many changes, one after the other, each of an upload taken by chance. */
  changes(count: number, now: number): void;
}

/** Fills the world with uploads that were processed long ago, and answers with what happens to them from now on. */
export function populate(world: World, uploads: number, now: number, random: Random): Life {
  const alive: SimulatedUpload[] = [];
  let made = 0;

  function create(createTime: number): SimulatedUpload {
    made += 1;
    const name = `batch ${made} of ${ERRORS.length + (made % 7)}`;
    return addUpload(world, `soak-upload-${String(made).padStart(8, '0')}`, createTime, {
      name,
      process: 'process_upload',
    });
  }

  /** In the place of one that is gone comes another, so that the account stays as large as it was. */
  function replace(index: number, now: number): void {
    const upload = create(now);
    queue(world, upload);
    alive[index] = upload;
  }

  function change(now: number): void {
    const index = Math.floor(random() * alive.length);
    const upload = alive[index];
    if (upload === undefined) return;
    const chance = random();
    if (isAtWork(upload)) {
      if (upload.status === 'RUNNING' && chance < 0.3) waitForEntries(upload);
      else end(upload, random(), now);
      return;
    }
    switch (upload.status) {
      case 'PENDING':
        start(upload);
        return;
      default:
        if (chance < 0.02) reset(upload);
        else if (chance < 0.06) {
          remove(world, upload);
          replace(index, now);
        } else if (chance < 0.07) {
          unshare(upload);
          replace(index, now);
        } else if (chance < 0.1) publish(upload, now);
        else if (chance < 0.13) upload.errors = [pick(ERRORS, random)];
        else queue(world, upload);
    }
  }

  function end(upload: SimulatedUpload, chance: number, now: number): void {
    if (chance < 0.3) fail(upload, now, [pick(ERRORS, random)]);
    else if (chance < 0.4) succeed(upload, now, 3, [BROKEN]);
    else if (chance < 0.45) succeed(upload, now, 0);
    else succeed(upload, now, 3);
  }

  for (let index = 0; index < uploads; index += 1) {
    const upload = create(now - (uploads - index) * HOUR);
    succeed(upload, upload.createTime + HOUR / 2, 3);
    alive.push(upload);
  }
  return {
    changes(count, now) {
      for (let each = 0; each < count; each += 1) change(now);
    },
  };
}

function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

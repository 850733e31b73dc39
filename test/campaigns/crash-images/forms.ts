// What a crash leaves of a state that was copied in full: each form is one way in which processes and disks lose things.
// It says what may be lost, and never loses more; the two forms that do are named so.
import {
  FRAME_HEADER,
  type Frame,
  WAL_HEADER,
  type Wal,
  type WalState,
  frameAt,
  readWal,
  readWalIndex,
  walState,
} from './wal.ts';

/** The files of a state; null: it is not there. */
export interface Copy {
  readonly database: Buffer | null;
  readonly wal: Buffer | null;
  readonly index: Buffer | null;
  /** By name: the lock, and the journal while a new state turns to the log. */
  readonly others: ReadonlyMap<string, Buffer>;
}

export const FORMS = [
  'killed',
  'power lost',
  'last frames lost',
  'frame torn',
  'header torn',
  'rubbish after the end',
  'checkpoint torn',
  'disk that lied',
] as const;
/** `checkpointed frames lost` cannot happen: it is there to see the check fail. */
export type Form = (typeof FORMS)[number] | 'checkpointed frames lost';
/** They lose what was synced. */
export const LOSES_SYNCED: readonly Form[] = ['disk that lied', 'checkpointed frames lost'];

export interface Image {
  readonly form: Form;
  readonly copy: Copy;
  /** Frames that a recovery would have found before. */
  readonly cut: number;
}

type Random = () => number;
const SECTOR = 512;

/** A copy, and what its log says: read once, for it takes a while. */
export interface Look {
  readonly copy: Copy;
  readonly wal: Wal | null;
  readonly state: WalState;
}

export function look(copy: Copy): Look {
  const wal = copy.wal && readWal(copy.wal);
  return { copy, wal, state: walState(wal, copy.index && readWalIndex(copy.index)) };
}

/** Whether there is anything that this form could take. */
export function isPossible(form: Form, { wal, state }: Look): boolean {
  const { frames, safe, backfilled, backfillAttempted, isWriting } = state;
  switch (form) {
    case 'killed':
    case 'power lost':
      return true;
    case 'rubbish after the end':
      return frames > 0;
    case 'last frames lost':
      return frames > safe;
    case 'frame torn':
      return isWriting;
    case 'header torn': // it is synced before the first frame is written
      return wal !== null && frames === 0 && !isWriting;
    case 'checkpoint torn':
      return backfillAttempted > backfilled;
    case 'disk that lied':
      return frames > backfillAttempted;
    case 'checkpointed frames lost':
      return backfillAttempted > 1;
  }
}

/** Throws when the form is not possible: ask first. */
export function imageOf(form: Form, { copy, wal, state }: Look, random: Random): Image {
  if (form === 'killed') return { form, copy, cut: 0 };
  const after = { ...copy, index: null };
  if (form === 'power lost') return { form, copy: after, cut: 0 };
  const { wal: log, database } = copy;
  if (log === null || wal === null || database === null) throw new Error(`${form}: there is no log`);

  if (form === 'checkpoint torn') {
    const attempted = wal.frames.slice(0, state.backfillAttempted);
    return { form, copy: { ...after, database: tornDatabase(database, wal.pageSize, attempted, random) }, cut: 0 };
  }
  const left = lostLog(form, log, wal, state, random);
  return { form, copy: { ...after, wal: left }, cut: state.frames - (readWal(left)?.frames.length ?? 0) };
}

function lostLog(form: Form, bytes: Buffer, wal: Wal, state: WalState, random: Random): Buffer {
  const { frames, safe, backfillAttempted } = state;
  /** Frames (`from`, `to`]. */
  const oneOf = (from: number, to: number) => from + 1 + Math.floor(random() * (to - from));
  switch (form) {
    case 'last frames lost':
      return bytes.subarray(0, frameAt(wal, oneOf(safe, frames)));
    case 'frame torn': {
      const last = wal.isFrameBegun ? frames + 1 : frames;
      const frame = frameAt(wal, oneOf(safe, last));
      return torn(bytes, frame, Math.min(frame + FRAME_HEADER + wal.pageSize, bytes.length), random);
    }
    case 'header torn':
      return torn(bytes, 0, WAL_HEADER, random);
    case 'rubbish after the end':
      return Buffer.concat([bytes.subarray(0, frameAt(wal, frames + 1)), rubbish(oneOf(0, 20_000), random)]);
    case 'disk that lied':
      return bytes.subarray(0, frameAt(wal, oneOf(backfillAttempted, frames)));
    case 'checkpointed frames lost':
      return bytes.subarray(0, frameAt(wal, oneOf(1, backfillAttempted)));
    default:
      throw new Error(`${form} takes nothing from the log`);
  }
}

/** Cut in the frame; or from there to its end zero or rubbish, as blocks are that were never written, while later frames are there. */
function torn(bytes: Buffer, from: number, to: number, random: Random): Buffer {
  const at = from + 1 + Math.floor(random() * (to - from - 1));
  const way = random();
  if (way < 1 / 3) return bytes.subarray(0, at);
  const middle = way < 2 / 3 ? Buffer.alloc(to - at) : rubbish(to - at, random);
  return Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(to)]);
}

/** Every other page that the checkpoint had begun to copy has only its first sectors; the log still has all of it. */
function tornDatabase(database: Buffer, pageSize: number, attempted: readonly Frame[], random: Random): Buffer {
  const bytes = Buffer.from(database);
  for (const page of new Set(attempted.map((frame) => frame.page))) {
    if (random() < 0.5) continue;
    const sectors = 1 + Math.floor(random() * (pageSize / SECTOR - 1));
    const [from, to] = [(page - 1) * pageSize + sectors * SECTOR, page * pageSize];
    if (to <= bytes.length) rubbish(to - from, random).copy(bytes, from);
  }
  return bytes;
}

/** Zeros half of the time: that is what preallocated blocks hold. */
function rubbish(length: number, random: Random): Buffer {
  if (random() < 0.5) return Buffer.alloc(length);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

// Reads SQLite's write-ahead log and its index as they lie on the disk (https://sqlite.org/walformat.html): which frames count, which
// of them are safe from a power loss, and how far a checkpoint got. Bytes in, facts out.

export const WAL_HEADER = 32;
export const FRAME_HEADER = 24;
/** Of the index: its header twice, then how far checkpoints got. */
export const INDEX_HEADER = 136;
/** Without its last bit, which says that the checksums are of big-endian words. */
const MAGIC = 0x377f0682;
const INDEX_VERSION = 3_007_000;

export interface Frame {
  readonly page: number;
  /** The last frame of a transaction. */
  readonly isCommit: boolean;
}

export interface Wal {
  readonly pageSize: number;
  readonly salts: string;
  /** Those that a recovery finds: of this round (salts), whole (checksums), none missing before them. */
  readonly frames: readonly Frame[];
  /** The header of one more frame of this round is there, its page is not. */
  readonly isFrameBegun: boolean;
}

export interface WalIndex {
  /** Its header is there twice; a writer that is stopped between the two leaves them different. */
  readonly headers: readonly { readonly salts: string; readonly frames: number }[];
  readonly backfilled: number;
  readonly backfillAttempted: number;
}

/** What both together say. Frames are counted from the beginning of the log. */
export interface WalState {
  readonly frames: number;
  /** Synced by commits that the index knows, or begun to be copied into the database: a power loss cannot take these. */
  readonly safe: number;
  readonly backfilled: number;
  readonly backfillAttempted: number;
  readonly isWriting: boolean;
}

/** null: there is no log yet, or its header was never written. */
export function readWal(bytes: Buffer): Wal | null {
  if (bytes.length < WAL_HEADER) return null;
  const magic = bytes.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC) return null;
  const isBig = (magic & 1) === 1;
  const pageSize = bytes.readUInt32BE(8);
  const salts = bytes.toString('hex', 16, 24);
  let sums = checksum(bytes, 0, 24, [0, 0], isBig);
  if (!hasSums(bytes, 24, sums)) return null;

  const frames: Frame[] = [];
  const size = FRAME_HEADER + pageSize;
  for (let at = WAL_HEADER; ; at += size) {
    const isOurs = bytes.length >= at + FRAME_HEADER && bytes.toString('hex', at + 8, at + 16) === salts;
    if (!isOurs) return { pageSize, salts, frames, isFrameBegun: false };
    if (bytes.length < at + size) return { pageSize, salts, frames, isFrameBegun: true };
    sums = checksum(bytes, at + FRAME_HEADER, at + size, checksum(bytes, at, at + 8, sums, isBig), isBig);
    if (!hasSums(bytes, at + 16, sums)) return { pageSize, salts, frames, isFrameBegun: true };
    frames.push({ page: bytes.readUInt32BE(at), isCommit: bytes.readUInt32BE(at + 4) !== 0 });
  }
}

/** null: it is not filled in yet. It is in the byte order of the machine, which its version tells. */
export function readWalIndex(bytes: Buffer): WalIndex | null {
  if (bytes.length < INDEX_HEADER) return null;
  const isLittle = [0, 48].some((at) => bytes.readUInt32LE(at) === INDEX_VERSION);
  const isBig = [0, 48].some((at) => bytes.readUInt32BE(at) === INDEX_VERSION);
  if (!isLittle && !isBig) return null;
  const number = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  return {
    headers: [0, 48].map((at) => ({ salts: bytes.toString('hex', at + 32, at + 40), frames: number(at + 16) })),
    backfilled: number(96),
    backfillAttempted: number(128),
  };
}

export function walState(wal: Wal | null, index: WalIndex | null): WalState {
  if (wal === null) return { frames: 0, safe: 0, backfilled: 0, backfillAttempted: 0, isWriting: false };
  const frames = wal.frames.length;
  const known = (index?.headers ?? []).filter(({ salts }) => salts === wal.salts);
  // The index begins a new round before the log does: what is in the log then is of the round before, all of it in the database.
  if (index === null || known.length === 0) {
    return { frames, safe: frames, backfilled: frames, backfillAttempted: frames, isWriting: false };
  }
  const committed = Math.max(...known.map((header) => header.frames));
  const { backfilled, backfillAttempted } = index;
  const safe = Math.max(committed, backfillAttempted);
  return { frames, safe, backfilled, backfillAttempted, isWriting: frames > committed || wal.isFrameBegun };
}

/** Where the frame of this number, from 1, begins. */
export function frameAt(wal: Pick<Wal, 'pageSize'>, frame: number): number {
  return WAL_HEADER + (frame - 1) * (FRAME_HEADER + wal.pageSize);
}

type Sums = readonly [number, number];

function checksum(bytes: Buffer, from: number, to: number, start: Sums, isBig: boolean): Sums {
  let [first, second] = start;
  for (let at = from; at < to; at += 8) {
    const [left, right] = isBig
      ? [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
      : [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    first = (first + left + second) >>> 0;
    second = (second + right + first) >>> 0;
  }
  return [first, second];
}

function hasSums(bytes: Buffer, at: number, [first, second]: Sums): boolean {
  return bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;
}

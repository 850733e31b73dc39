// The log and its index as the real SQLite writes them, whole and damaged.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { seeded } from '../../support/random.ts';
import { tempDir } from '../../support/temp.ts';
import { FORMS, LOSES_SYNCED, imageOf, isPossible, look } from './forms.ts';
import { frameAt, readWal, readWalIndex, walState } from './wal.ts';

/** Two committed transactions: the log, and the index as it was after each. */
function twoCommits(context: TestContext) {
  const path = join(tempDir(context), 'db');
  const db = new DatabaseSync(path);
  context.after(() => {
    db.close();
  });
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x TEXT); PRAGMA wal_checkpoint(TRUNCATE);');
  const insert = (rows: number) => {
    db.exec('BEGIN');
    for (let row = 0; row < rows; row += 1) db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(3000));
    db.exec('COMMIT');
    return { wal: readFileSync(`${path}-wal`), index: readFileSync(`${path}-shm`) };
  };
  return { db, path, first: insert(3), second: insert(2) };
}

test('all frames of the log are read, and SQLite counts the same', (context) => {
  const { db, path, second } = twoCommits(context);
  const wal = readWal(second.wal);
  assert.equal(wal?.pageSize, 4096);
  assert.equal(second.wal.length, frameAt(wal, wal.frames.length + 1));
  assert.equal(wal.frames.filter(({ isCommit }) => isCommit).length, 2);
  assert.equal(wal.frames.at(-1)?.isCommit, true);
  const frames = wal.frames.length;
  const before = { frames, safe: frames, backfilled: 0, backfillAttempted: 0, isWriting: false };
  assert.deepEqual(walState(wal, readWalIndex(second.index)), before);
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
  assert.deepEqual({ ...checkpoint }, { busy: 0, log: frames, checkpointed: frames });
  const after = walState(wal, readWalIndex(readFileSync(`${path}-shm`)));
  assert.deepEqual(after, { ...before, backfilled: frames, backfillAttempted: frames });
});

test('frames that the index does not know are not safe; those of the round before are all in the database', (context) => {
  const { first, second } = twoCommits(context);
  const [wal, early] = [readWal(second.wal), readWalIndex(first.index)];
  const known = readWal(first.wal)?.frames.length ?? 0;
  const frames = wal?.frames.length ?? 0;
  assert.ok(known > 0 && known < frames);
  assert.deepEqual(walState(wal, early), {
    frames,
    safe: known,
    backfilled: 0,
    backfillAttempted: 0,
    isWriting: true,
  });
  const next = { headers: [{ salts: '00', frames: 0 }], backfilled: 0, backfillAttempted: 0 };
  assert.deepEqual(walState(wal, next), {
    frames,
    safe: frames,
    backfilled: frames,
    backfillAttempted: frames,
    isWriting: false,
  });
  assert.equal(readWalIndex(Buffer.alloc(32_768)), null);
});

type Damage = (bytes: Buffer, third: number) => Buffer;
const flip =
  (at: (third: number) => number): Damage =>
  (bytes, third) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at(third)) ^ 1, at(third));
    return copy;
  };
const damages: readonly (readonly [what: string, damage: Damage, frames: number | null, isFrameBegun: boolean])[] = [
  ['cut where the third frame begins', (bytes, third) => bytes.subarray(0, third), 2, false],
  ['cut in the header of the third frame', (bytes, third) => bytes.subarray(0, third + 23), 2, false],
  ['cut in the page of the third frame', (bytes, third) => bytes.subarray(0, third + 24 + 2000), 2, true],
  ['a bit of the third page is wrong', flip((third) => third + 24 + 4095), 2, true],
  ['the third frame is of another round', flip((third) => third + 8), 2, false],
  ['the size in the third frame is wrong', flip((third) => third + 7), 2, true],
  ['only the header is there', (bytes) => bytes.subarray(0, 32), 0, false],
  ['a bit of the header is wrong', flip(() => 17), null, false],
  ['the header is cut', (bytes) => bytes.subarray(0, 31), null, false],
  ['it is empty', () => Buffer.alloc(0), null, false],
];
for (const [what, damage, frames, isFrameBegun] of damages) {
  test(`a log of which ${what}`, (context) => {
    const { second } = twoCommits(context);
    const wal = readWal(damage(second.wal, frameAt({ pageSize: 4096 }, 3)));
    assert.equal(wal?.frames.length ?? null, frames);
    assert.equal(wal?.isFrameBegun ?? false, isFrameBegun);
  });
}

test('no form of a power loss takes a frame that is safe', (context) => {
  const { path, first, second } = twoCommits(context);
  const seen = look({ database: readFileSync(path), wal: second.wal, index: first.index, others: new Map() });
  const { safe, frames } = seen.state;
  const random = seeded(1);
  const cuts = new Set<number>();
  for (const form of FORMS.filter((each) => !LOSES_SYNCED.includes(each) && isPossible(each, seen))) {
    for (let time = 0; time < 100; time += 1) {
      const image = imageOf(form, seen, random);
      assert.equal(image.copy.index === null, form !== 'killed');
      assert.ok(frames - image.cut >= safe, form);
      cuts.add(image.cut);
    }
  }
  assert.equal(cuts.size, frames - safe + 1);
});

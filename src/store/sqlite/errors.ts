// What it means when SQLite refuses: the disk's or the file's fault, and what to do about it. Anything else is a bug of ours.

export interface SqliteFault {
  /** SQLite's own words. */
  readonly problem: string;
  readonly advice: string;
}

/** By primary result code (sqlite.org/rescode.html). */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [5, 'stop the program that keeps it locked'],
  [8, 'check that its folder and its file system are writable'],
  [10, 'check that its disk is not full, over quota, read-only or broken'],
  [11, 'restore a backup, or move it away'],
  [13, 'free some space on its disk'],
  [14, 'check that its folder exists and is writable'],
  [26, 'restore a backup, or move it away'],
]);

/** null: it is not about the disk or the file. */
export function sqliteFaultOf(error: unknown): SqliteFault | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  // The upper bytes say more exactly where it happened.
  const advice = ADVICE.get(Number(error.errcode) & 0xff);
  return advice === undefined ? null : { problem: error.message, advice };
}

// Which upload somebody means who has just made one of that name. Pure.
import { MINUTE } from '../text/durations.ts';
import type { Upload } from '../upload.ts';

/** One that is older was not made just now. */
const JUST_NOW = 5 * MINUTE;

/** Ids, newest first. `askedAt`: when it was first asked, ms by the server's clock. */
export function justMade(
  uploads: readonly Pick<Upload, 'id' | 'name' | 'createTime'>[],
  name: string,
  askedAt: number,
): readonly string[] {
  return uploads
    .filter((upload) => upload.name === name && upload.createTime >= askedAt - JUST_NOW)
    .toSorted((a, b) => b.createTime - a.createTime)
    .map(({ id }) => id);
}

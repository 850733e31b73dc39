// Notices that a file has other contents: by looking at it now and then, which also sees one that was put in the place of another, on any kind
// of file system.
import { type StatsListener, unwatchFile, watchFile } from 'node:fs';

/** How often it is looked at, ms. */
const EVERY = 2000;

/** Calls back after each change; null: there is no file. Returns what ends it. */
export function onFileChange(path: string | null, changed: () => void): () => void {
  if (path === null) return () => undefined;
  const listener: StatsListener = (now, before) => {
    const isOther = now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino;
    // One that is gone for a moment is probably being replaced.
    if (isOther && now.nlink > 0) changed();
  };
  watchFile(path, { interval: EVERY, persistent: false }, listener);
  return () => {
    unwatchFile(path, listener);
  };
}

// NOMAD's error texts, fit for people: of a Python traceback only the exception it ends with, of a path on the server only the file's name.
// Pure; linear in the length of the text, which is hostile.

/** More of a text than this is not looked at; the exception stands at the end of a traceback. */
const LONGEST_READ = 200_000;
const TRACEBACK = 'Traceback (most recent call last):';
const FRAME = /^\s*File ".*", line \d+/;

/**
 * A text with a traceback in either layout becomes its last exception, with what stood before the traceback where that says something:
 * plain (`Traceback …`, frames, `ValueError: …`), and remote (`_RemoteTraceback:`, `"""`, the same, `"""`), as NOMAD 1.4 and 2.0 give it.
 */
export function withoutTraceback(text: string): string {
  const at = text.indexOf(TRACEBACK);
  if (at < 0) return withoutServerPaths(text);
  const head = text
    .slice(0, Math.min(at, 500))
    .replace(/"""/g, ' ')
    .replace(/\S*RemoteTraceback:\s*/g, ' ');
  const exception = lastException(text.slice(Math.max(at, text.length - LONGEST_READ)));
  const before = head.replace(/\s+/g, ' ').trim();
  return withoutServerPaths(`${before}${before === '' ? '' : ' '}${exception ?? 'NOMAD gives only a traceback'}`);
}

/** The lines from the exception after the last frame to the end, as one line: a message may have several. */
function lastException(text: string): string | null {
  const lines = text.split('\n');
  let from = lines.findLastIndex((line) => FRAME.test(line) || line.includes(TRACEBACK)) + 1;
  // Below a frame stands its line of code, and marks below that: both indented.
  while (from < lines.length && /^(?:\s|$)/.test(lines[from] ?? '')) from += 1;
  const messages = lines
    .slice(from)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '"""' && line !== "'''");
  return messages.length === 0 ? null : messages.join(' ').replace(/"""$/, '').trim();
}

/** `/app/.volumes/fs/staging/x/raw/a b.zip` and `.volumes/fs/tmp/x/a.zip` become `…/a.zip`. Addresses and relative paths in an upload stay. */
export function withoutServerPaths(text: string): string {
  return text.replace(
    /(?<![\w:/.…])(?:\/(?:[^\s/'"`<>()|;,:]{1,255}\/)+|(?:\.\/)?\.volumes\/(?:[^\s/'"`<>()|;,:]{1,255}\/)*)(?=[^\s/])/g,
    '…/',
  );
}

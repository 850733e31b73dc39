// How far something long has come: a bar on a terminal, nothing elsewhere.
import { type Output, type Stream, widthOf } from './terminal.ts';

const LONGEST = 30;

export interface ProgressState {
  readonly done: number;
  readonly total: number;
  /** The text beside the bar. */
  readonly text: string;
}

export interface ProgressBar {
  show(progress: ProgressState): void;
  /** Takes it off the line, which something else is written to, until it is shown again. */
  clear(): void;
  /** From now on nothing is shown. */
  end(): void;
}

export function createProgress(stream: Output & Pick<Stream, 'write'>): ProgressBar {
  let isShown = false;
  let isOver = false;
  return {
    show(progress) {
      const width = widthOf(stream);
      // What came in one piece took no time.
      if (width === null || isOver || (!isShown && progress.done >= progress.total)) return;
      isShown = true;
      stream.write(`\r${progressBar(progress, width)}\u001b[K`);
    },
    clear() {
      if (isShown && !isOver) stream.write('\r\u001b[K');
      isShown = false;
    },
    end() {
      if (isShown && !isOver) stream.write('\r\u001b[K');
      isOver = true;
    },
  };
}

/** Leaves the last place free: a cursor there would make some terminals begin a new line. */
export function progressBar({ done, total, text }: ProgressState, width: number): string {
  const places = Math.max(0, Math.min(LONGEST, width - text.length - 4));
  const full = total === 0 ? places : Math.round((Math.min(done, total) / total) * places);
  const bar = places < 3 ? '' : `[${'#'.repeat(full)}${'.'.repeat(places - full)}] `;
  return `${bar}${text}`.slice(0, Math.max(0, width - 1));
}

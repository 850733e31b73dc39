// A terminal that is drawn on again and again without flicker. It is given back as it was.
import type { Output } from './terminal.ts';

/** The other screen, no cursor, and no new line where a character is wider than we think. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const EMPTY_LINE = '\u001b[K';
const EMPTY_BELOW = '\u001b[J';

export interface Screen {
  /** No more lines than the screen has, none longer than it is wide. */
  draw(lines: readonly string[]): void;
  leave(): void;
}

/** It is left at once when it is to end: a second signal may come before anybody else could do so. */
export function createScreen(
  stream: Output & Pick<NodeJS.WriteStream, 'write' | 'rows'>,
  stopping: AbortSignal,
): Screen {
  let phase: 'before' | 'on' | 'left' = 'before';
  const leave = () => {
    if (phase === 'on') stream.write(LEAVE);
    phase = 'left';
  };
  stopping.addEventListener('abort', leave);
  return {
    draw(lines) {
      if (phase === 'left') return;
      const enter = phase === 'before' ? ENTER : '';
      phase = 'on';
      // In one piece: nobody sees a line that is empty in between. After a line that fills its row the cursor stands on its last character,
      // so that each is emptied before it is written, and what is left of the screen from a line of its own.
      const drawn = lines.map((line) => `${EMPTY_LINE}${line}`).join('\r\n');
      const rest = lines.length < stream.rows ? `\r\n${EMPTY_BELOW}` : '';
      stream.write(`${enter}${HOME}${drawn}${rest}`);
    },
    leave,
  };
}

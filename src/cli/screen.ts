// A terminal that is drawn on again and again without flicker. It is given back as it was.
import type { Output } from './terminal.ts';

/** The other screen, no cursor, and no new line where a character is wider than we think. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const TO_END_OF_LINE = '\u001b[K';
const TO_END_OF_SCREEN = '\u001b[J';

export interface Screen {
  /** No more lines than the screen has, none longer than it is wide. */
  draw(lines: readonly string[]): void;
  leave(): void;
}

/** It is left at once when it is to end: a second signal may come before anybody else could do so. */
export function createScreen(stream: Output & Pick<NodeJS.WritableStream, 'write'>, stopping: AbortSignal): Screen {
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
      // In one piece, each line over the one before: nothing is ever empty in between.
      const drawn = lines.map((line) => `${line}${TO_END_OF_LINE}`).join('\r\n');
      stream.write(`${enter}${HOME}${drawn}${TO_END_OF_SCREEN}`);
    },
    leave,
  };
}

// A terminal that is drawn on again and again without flicker. It is given back as it was, whatever ends us.
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

export function createScreen(stream: Output & Pick<NodeJS.WritableStream, 'write'>): Screen {
  let isOn = false;
  const leave = () => {
    if (isOn) stream.write(LEAVE);
    isOn = false;
    process.off('exit', leave);
  };
  return {
    draw(lines) {
      const enter = isOn ? '' : ENTER;
      if (!isOn) process.once('exit', leave);
      isOn = true;
      // In one piece, each line over the one before: nothing is ever empty in between.
      const drawn = lines.map((line) => `${line}${TO_END_OF_LINE}`).join('\r\n');
      stream.write(`${enter}${HOME}${drawn}${TO_END_OF_SCREEN}`);
    },
    leave,
  };
}

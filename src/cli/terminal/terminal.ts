// What a stream writes to: the width of the terminal, and whether it gets colours.
import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** The part of a stream that matters here; those of the process have it. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** What the commands write to. */
export interface Stream extends Output {
  write(text: string): unknown;
}

/** For a terminal that does not say how wide it is. */
export const USUAL_WIDTH = 80;

/** In columns; null: no terminal, so nothing is cut or wrapped. */
export function widthOf({ isTTY, columns }: Output): number | null {
  if (!isTTY) return null;
  return columns > 0 ? columns : USUAL_WIDTH;
}

/** Node obeys NO_COLOR, FORCE_COLOR and TERM. Without a terminal there are colours only when forced. */
export function hasColours({ isTTY }: Pick<Output, 'isTTY'>, env: NodeJS.ProcessEnv): boolean {
  if (!isTTY && env['FORCE_COLOR'] === undefined) return false;
  return WriteStream.prototype.getColorDepth(env) > 2;
}

export type Tint = (tint: 'red' | 'yellow' | 'green' | 'cyan' | 'blue' | 'gray' | 'bold', text: string) => string;

export function tintOf(stream: Pick<Output, 'isTTY'>, env: NodeJS.ProcessEnv): Tint {
  if (!hasColours(stream, env)) return (_, text) => text;
  return (tint, text) => styleText(tint, text, { validateStream: false });
}

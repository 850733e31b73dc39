// What a stream of ours ends at: how wide it is, and whether colours are wanted there.
import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** What of a stream matters here; that of a process is one. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** What the verbs write to. */
export interface Stream extends Output {
  write(text: string): unknown;
}

/** A terminal that does not say is taken for the usual one. */
export const USUAL_WIDTH = 80;

/** In places; null: no terminal, and everything is shown whole. */
export function widthOf({ isTTY, columns }: Output): number | null {
  if (!isTTY) return null;
  return columns > 0 ? columns : USUAL_WIDTH;
}

/** Node knows what is wanted: NO_COLOR, FORCE_COLOR and TERM are obeyed, and there are none where there is no terminal, unless forced. */
export function hasColours({ isTTY }: Pick<Output, 'isTTY'>, env: NodeJS.ProcessEnv): boolean {
  if (!isTTY && env['FORCE_COLOR'] === undefined) return false;
  return WriteStream.prototype.getColorDepth(env) > 2;
}

export type Tint = (tint: 'red' | 'yellow' | 'green' | 'cyan' | 'blue' | 'gray' | 'bold', text: string) => string;

export function tintOf(stream: Pick<Output, 'isTTY'>, env: NodeJS.ProcessEnv): Tint {
  if (!hasColours(stream, env)) return (_, text) => text;
  return (tint, text) => styleText(tint, text, { validateStream: false });
}

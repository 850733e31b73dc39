// What a stream of ours ends at: how wide it is, and whether colours are wanted there.
import { styleText } from 'node:util';

/** What of a stream matters here; that of a process is one. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** A terminal that does not say is taken for the usual one. */
const USUAL = 80;

/** In places; null: no terminal, and everything is shown whole. */
export function widthOf({ isTTY, columns }: Output): number | null {
  if (!isTTY) return null;
  return columns > 0 ? columns : USUAL;
}

/** Node knows what is wanted: NO_COLOR, FORCE_COLOR and TERM are obeyed, and there are none where there is no terminal. */
export function hasColours(stream: NodeJS.WritableStream): boolean {
  return styleText('red', ' ', { stream }) !== ' ';
}

export type Tint = (tint: 'red' | 'yellow' | 'green' | 'cyan' | 'blue' | 'gray' | 'bold', text: string) => string;

export function tintOf(stream: NodeJS.WritableStream): Tint {
  return (tint, text) => styleText(tint, text, { stream });
}

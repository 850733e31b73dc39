// The demo's story on the terminal: who did what, one line each, in columns. Pure.
import { styleText } from 'node:util';
import { oneLine } from '../domain/text/one-line.ts';

const ACTORS = {
  nomad: ['NOMAD', 'blue'],
  event: ['monitor', 'yellow'],
  mail: ['inbox', 'green'],
  note: ['', 'gray'],
} as const;

/** Places before the text. */
export const STORY_INDENT = 19;

/** `time` in ms since the epoch; shown by the local clock. */
export function storyLine(actor: keyof typeof ACTORS, time: number, text: string, colour: boolean): string {
  const [name, tint] = ACTORS[actor];
  const label = name.padEnd(8);
  const clock = new Date(time).toTimeString().slice(0, 8);
  return `${clock}  ${colour ? styleText(tint, label, { validateStream: false }) : label} ${oneLine(text, 150)}`;
}

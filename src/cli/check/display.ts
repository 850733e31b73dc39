// Where `check --watch` is seen: a terminal, which is drawn anew, or a pipe, where each look is printed after the other.
import type { CheckResult, CheckReport } from './report.ts';
import { type FrameOptions, type FrameContent, frame } from './frame.ts';
import { createScreen } from '../terminal/screen.ts';
import { complain, print } from '../exit-status.ts';
import { widthOf } from '../terminal/terminal.ts';

export interface Display {
  /** Answers with the code that the look stands for. */
  readonly show: (seen: CheckResult) => number;
  readonly end: () => void;
}

type Telling = (seen: CheckResult) => CheckReport;

/** A terminal that does not say is taken for the usual one. */
const USUAL = { columns: 80, rows: 24 };

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream;
  readonly tell: Telling;
  readonly look: FrameOptions;
  readonly now: () => number;
  readonly stopping: AbortSignal;
}

/** What is seen last stays when it ends. */
export function onTerminal({ stream, tell, look, now, stopping }: TerminalOptions): Display {
  const screen = createScreen(stream, stopping);
  let scene: FrameContent = { good: null, failing: null };
  const lines = () => {
    const rows = stream.rows > 0 ? stream.rows : USUAL.rows;
    return frame(scene, { columns: widthOf(stream) ?? USUAL.columns, rows }, look);
  };
  const isEmpty = () => scene.good === null && scene.failing === null;
  const draw = () => {
    if (!isEmpty()) screen.draw(lines());
  };
  stream.on('resize', draw);
  return {
    show(seen) {
      const at = now();
      scene = seen.ok ? { good: { what: seen, at }, failing: null } : { ...scene, failing: { what: seen, at } };
      draw();
      return tell(seen).code;
    },
    end() {
      stream.off('resize', draw);
      screen.leave();
      if (!isEmpty()) print(lines().join('\n'));
    },
  };
}

/** `isDated`: each look begins with its time. */
export function onPipe(tell: Telling, isDated: boolean, now: () => number): Display {
  return {
    show(seen) {
      if (isDated) print(new Date(now()).toISOString());
      return say(tell(seen));
    },
    end: () => undefined,
  };
}

/** Answers with its code. */
export function say({ out, complaints, code }: CheckReport): number {
  if (out !== null) print(out);
  for (const complaint of complaints) complain(complaint);
  return code;
}

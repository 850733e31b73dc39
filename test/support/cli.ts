// The command line without a process of its own: arguments, environment and streams go in, what was written and the exit code come out.
import { Readable } from 'node:stream';
import { type Process, runCli } from '../../src/cli/program.ts';
import type { Input } from '../../src/cli/output.ts';
import type { Stream } from '../../src/cli/terminal/terminal.ts';

export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they were written. */
  readonly output: string;
}

/** Width of the terminal that it is called at; null: a pipe. */
export type Width = number | null;

/** A stream that keeps what is written to it. */
export function keptStream(width: Width = null, write: (text: string) => void = () => undefined) {
  let text = '';
  const stream: Stream = {
    isTTY: width !== null,
    columns: width ?? 0,
    write(part: string) {
      text += part;
      write(part);
    },
  };
  return { stream, text: () => text };
}

/** No signal ever comes. */
export function keptProcess(
  env: Readonly<Record<string, string>> = {},
  width: Width = null,
  stdin: Input = Readable.from([]),
) {
  let output = '';
  const add = (part: string) => void (output += part);
  const [out, err] = [keptStream(width, add), keptStream(width, add)];
  const process: Process = {
    env: { ...env },
    stdin,
    stdout: out.stream,
    stderr: err.stream,
    stopping: new AbortController().signal,
    onReload: () => undefined,
    onToggleDebug: () => undefined,
    becomeService: () => undefined,
  };
  return { process, stdout: out.text, stderr: err.text, output: () => output };
}

export async function callCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  width: Width = null,
  stdin?: Input,
): Promise<Called> {
  const { process, stdout, stderr, output } = keptProcess(env, width, stdin);
  const code = await runCli(args, process);
  return { code, stdout: stdout(), stderr: stderr(), output: output() };
}

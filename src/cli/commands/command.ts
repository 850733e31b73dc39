// What a command is given by the command line. Each command's file adds it to the program: name, arguments, options, help.
import type { Io } from '../exit-status.ts';

export interface CommandContext {
  readonly envFile: () => string | null;
  readonly io: Io;
  readonly stopping: AbortSignal;
  /** Takes the exit status. */
  readonly done: (status: number) => void;
}

/** The option that most commands have. */
export interface JsonOption {
  readonly json?: true;
}

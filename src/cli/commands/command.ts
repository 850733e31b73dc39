// What each command's file needs to add its command (name, arguments, options, help) to the program.
import type { Input, Io } from '../output.ts';

/** What the process gets while it runs: what is typed, and signals. */
export interface Signals {
  readonly stdin: Input;
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly stopping: AbortSignal;
  /** Calls back at each SIGHUP. */
  readonly onReload: (reload: () => void) => unknown;
  /** Calls back at each SIGUSR2. */
  readonly onToggleDebug: (toggle: () => void) => unknown;
}

export interface CommandContext extends Signals {
  /** What --env-file names; null: the option was not given. */
  readonly envFile: () => string | null;
  /** What --account names; null: the option was not given. */
  readonly account: () => string | null;
  readonly io: Io;
  /** Takes the exit status. */
  readonly done: (status: number) => void;
}

/** The option that most commands have. */
export interface JsonOption {
  readonly json?: true;
}

// What each command's file needs to add its command (name, arguments, options, help) to the program.
import type { Io } from '../output.ts';

/** The signals that the process gets. */
export interface Signals {
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
  readonly io: Io;
  /** Takes the exit status. */
  readonly done: (status: number) => void;
}

/** The option that most commands have. */
export interface JsonOption {
  readonly json?: true;
}

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
  /**
   * The file of variables: what --env-file names, or the service's; null: neither. Where it is the service's, the process goes on with its state,
   * and as root with the rights of its user, unless it has to write elsewhere.
   */
  readonly envFile: (rights?: 'of the service' | 'as they are') => string | null;
  /** What --account names; null: the option was not given. */
  readonly account: () => string | null;
  readonly io: Io;
  /** Takes the exit status. */
  readonly done: (status: number) => void;
}

/** Goes on as the service would: with this state, and as root with the rights of the user whose it is. */
export type BecomeService = (stateDir: string, rights: 'of the service' | 'as they are') => void;

/** The option that most commands have. */
export interface JsonOption {
  readonly json?: true;
}

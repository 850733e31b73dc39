// What the commands that work on the state share: the configuration, the state opened beside the monitor, a clean way to say what is wrong.
import { type Loaded, load } from '../../config/load.ts';
import { loginFingerprint } from '../../app/nomad.ts';
import { openOperatorStore } from '../../app/running-state.ts';
import { type Scrubber, createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import type { OperatorStore, KnownAccount } from '../../store/operator.ts';
import { StateNotWrittenError, StateError } from '../../store/store.ts';
import { EXIT } from '../exit-status.ts';
import { seeDoctor } from '../installation.ts';
import { type Io, complain } from '../output.ts';

export interface StateAccess extends Loaded {
  readonly io: Io;
  readonly operator: OperatorStore;
  readonly scrubber: Scrubber;
  readonly scrub: Scrubber['scrub'];
  readonly now: number;
  /** null: this state has not met the account. */
  readonly account: KnownAccount | null;
}

export interface StateOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
}

/** Runs a command with the state open, or says why it cannot. `ofOne`: it is about one account. Returns the exit code. */
export async function withState(
  { envFile, account: name, io, ofOne }: StateOptions & { readonly ofOne: boolean },
  work: (at: StateAccess) => Promise<number>,
): Promise<number> {
  const { loaded, problems, secrets } = load(envFile, { scheduleProblem }, io.env, { account: name, ofOne });
  if (loaded === null) {
    for (const problem of problems) complain(io, problem);
    return EXIT.usage;
  }
  const { config } = loaded;
  const scrubber = createScrubber(secrets);
  const { scrub } = scrubber;
  let operator: OperatorStore | null = null;
  try {
    operator = await openOperatorStore(config);
    const account = await operator.account(config.nomad.url, loginFingerprint(config.nomad));
    return await work({ ...loaded, io, operator, scrubber, scrub, account, now: Date.now() });
  } catch (error) {
    const isExplained = error instanceof StateError || error instanceof StateNotWrittenError;
    if (!isExplained && !isSqlite(error)) throw error;
    complain(io, scrub(isExplained ? error.message : `state: ${error.message}`));
    if (!isExplained) complain(io, seeDoctor());
    return EXIT.state;
  } finally {
    await operator?.close();
  }
}

function isSqlite(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

// `backup`: a consistent copy of the state, taken beside a running monitor. Decides nothing.
import { resolve } from 'node:path';
import { load } from '../../config/load.ts';
import { backUpState } from '../../app/running-state.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { StateError } from '../../store/store.ts';
import { EXIT, complain, jsonText, print } from '../exit-status.ts';

export interface BackupOptions {
  readonly envFile: string | null;
  readonly file: string;
  readonly json: boolean;
}

export function backup({ envFile, file, json }: BackupOptions): number {
  const { loaded, problems } = load(envFile, { scheduleProblem });
  if (loaded === null) {
    for (const problem of problems) complain(problem);
    return EXIT.usage;
  }
  try {
    const made = backUpState(loaded.config, file);
    if (!made.ok) {
      complain(`backup: ${made.problem}`);
      return EXIT.usage;
    }
    const told = { file: resolve(file), bytes: made.bytes };
    print(json ? jsonText(told) : `the state as it is now is in ${told.file}: ${made.bytes} bytes, checked`);
    return EXIT.good;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    complain(error.message);
    return EXIT.state;
  }
}

// `backup`: a consistent copy of the state, taken beside a running monitor. Decides nothing.
import { resolve } from 'node:path';
import { load } from '../../config/load.ts';
import { backUpState } from '../../app/running-state.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { StateError } from '../../store/store.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';

interface BackupOptions {
  readonly envFile: string | null;
  readonly io: Io;
  readonly file: string;
  readonly json: boolean;
}

export function backup({ envFile, io, file, json }: BackupOptions): number {
  const { loaded, problems } = load(envFile, { scheduleProblem }, io.env);
  if (loaded === null) {
    for (const problem of problems) complain(io, problem);
    return EXIT.usage;
  }
  try {
    const made = backUpState(loaded.config, file);
    if (!made.ok) {
      complain(io, `backup: ${made.problem}`);
      return EXIT.usage;
    }
    const result = { file: resolve(file), bytes: made.bytes };
    print(io, json ? jsonText(result) : `current state written to ${result.file}: ${made.bytes} bytes, checked`);
    return EXIT.good;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    complain(io, error.message);
    return EXIT.state;
  }
}

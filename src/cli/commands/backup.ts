// `backup`: a consistent copy of the state, taken beside a running monitor. Decides nothing.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { load } from '../../config/load.ts';
import { backUpState } from '../../app/running-state.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { StateError } from '../../store/store.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { COMMAND_GROUPS } from '../help.ts';
import type { CommandContext, JsonOption } from './command.ts';

export function addBackup(program: Command, { envFile, io, done }: CommandContext): void {
  program
    .command('backup')
    .helpGroup(COMMAND_GROUPS.state)
    .description('writes a consistent copy of the state to a new file, taken while the monitor is running')
    .argument('<file>', 'file to create; must not exist')
    .option('--json', 'one JSON document')
    .action((file: string, { json }: JsonOption) => {
      done(backup({ envFile: envFile('as they are'), io, file, json: json === true }));
    });
}

interface BackupOptions {
  readonly envFile: string | null;
  readonly io: Io;
  readonly file: string;
  readonly json: boolean;
}

function backup({ envFile, io, file, json }: BackupOptions): number {
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

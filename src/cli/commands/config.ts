// `config`: each value in force and where it came from, without secrets.
import { type Load, load } from '../../config/load.ts';
import { VARIABLES } from '../../config/variables/all.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { type TableColumn, table } from '../terminal/table.ts';
import { widthOf } from '../terminal/terminal.ts';
import { explainRoutes } from './explain-routes.ts';
import { withState } from './with-state.ts';

interface ConfigOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  /** An upload's id; null: the configuration itself. */
  readonly explain: string | null;
  readonly json: boolean;
}

export async function config({ explain, json, ...from }: ConfigOptions): Promise<number> {
  if (explain !== null) return withState({ ...from, ofOne: true }, (state) => explainRoutes(state, explain, json));
  const { envFile, account, io } = from;
  const read = load(envFile, { scheduleProblem }, io.env, { account, ofOne: false });
  const problems = [...read.problems, ...(read.loaded?.problems ?? [])];
  const { out, complaints } = configText({ ...read, ...read.own, problems }, json, widthOf(io.stdout));
  print(io, out);
  for (const complaint of [...complaints, ...(read.loaded?.warnings ?? [])]) complain(io, complaint);
  return problems.length === 0 ? EXIT.good : EXIT.usage;
}

const VARIABLE_COLUMNS: readonly TableColumn[] = [
  { title: 'VARIABLE' },
  { title: 'FROM', least: 7 },
  { title: 'VALUE', least: 8 },
];

/** What is printed: the values in force, and the problems with them. */
export function configText(
  { values, origins, problems, secrets }: Pick<Load, 'values' | 'origins' | 'problems' | 'secrets'>,
  json: boolean,
  width: number | null,
): { readonly out: string; readonly complaints: readonly string[] } {
  const { scrub } = createScrubber(secrets);
  const rows = VARIABLES.map(({ name, secret, fallback, inWords }) => {
    const given = values[name];
    if (given === undefined)
      return { name, value: fallback ?? null, origin: 'default', words: inWords ?? fallback ?? '-' };
    const value = secret === true ? '(secret)' : oneLine(scrub(given), 1000);
    return { name, value, origin: oneLine(origins.get(name) ?? 'environment', 200), words: value };
  });
  const complaints = problems.map(scrub);
  const variables = rows.map(({ name, value, origin }) => ({ name, value, origin }));
  if (json) return { out: jsonText({ ok: problems.length === 0, variables, problems: complaints }), complaints: [] };
  const cells = rows.map(({ name, origin, words }) => [name, origin, words]);
  return { out: table(VARIABLE_COLUMNS, cells, width).join('\n'), complaints };
}

// `account check`: each account in turn, as the monitor would meet it: one line each. Changes nothing.
import { type Load, load } from '../../config/load.ts';
import { type LoadedAccount } from '../../config/accounts.ts';
import { notThere } from '../../config/account-choice.ts';
import { type Grade, gravest } from '../../domain/doctor/findings.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { paragraph } from '../terminal/table.ts';
import { type Tint, tintOf, widthOf } from '../terminal/terminal.ts';
import { type Look, lookAt } from './look.ts';

export interface CheckAccountsOptions {
  readonly envFile: string | null;
  readonly io: Io;
  /** Empty: all. */
  readonly names: readonly string[];
  readonly json: boolean;
  readonly stopping: AbortSignal;
}

export async function checkAccounts({ envFile, io, names, json, stopping }: CheckAccountsOptions): Promise<number> {
  const read = load(envFile, { scheduleProblem }, io.env);
  const { loaded, secrets } = read;
  const scrubber = createScrubber(secrets);
  const { chosen, problems } = chosenOf(read, names);
  for (const problem of problems) complain(io, scrubber.scrub(problem));
  if (loaded === null || (names.length > 0 && problems.length > 0)) return EXIT.usage;
  const width = Math.max(...chosen.map(({ name }) => (name ?? '-').length));
  const tint = tintOf(io.stdout, io.env);
  const looks: Look[] = [];
  for (const { config } of chosen) {
    const look = await lookAt(config, scrubber, stopping);
    if (stopping.aborted) return EXIT.interrupted;
    looks.push(look);
    if (!json) print(io, asText(look, { width, tint, room: widthOf(io.stdout) }));
  }
  if (json) print(io, jsonText({ accounts: looks.map(asJson), problems: problems.map(scrubber.scrub) }));
  return problems.length > 0 ? EXIT.usage : EXIT[gravest(looks)];
}

interface Chosen {
  readonly chosen: readonly LoadedAccount[];
  readonly problems: readonly string[];
}

/** Those that are wrong in the file are problems, where they are asked for. */
function chosenOf({ loaded, problems, wrong }: Load, names: readonly string[]): Chosen {
  if (loaded === null) return { chosen: [], problems };
  const { accounts } = loaded;
  if (names.length === 0) return { chosen: accounts, problems: loaded.problems };
  const all = [...accounts.flatMap(({ name }) => name ?? []), ...wrong.keys()];
  const unknown = names.filter((name) => !all.includes(name));
  return {
    chosen: accounts.filter(({ name }) => name !== null && names.includes(name)),
    problems: [...names.flatMap((name) => wrong.get(name) ?? []), ...unknown.map((name) => notThere(name, all))],
  };
}

interface Layout {
  /** Of the longest name. */
  readonly width: number;
  readonly tint: Tint;
  /** Places of the terminal; null: no end. */
  readonly room: number | null;
}

export function asText({ name, grade, finding, advice }: Look, { width, tint, room }: Layout): string {
  const label = grade === 'good' ? tint('green', 'ok  ') : tint('red', 'BAD ');
  const indent = LABEL + width + GAP;
  const left = room === null ? null : Math.max(20, room - indent);
  const lines = [finding, ...(advice?.split('\n') ?? [])].flatMap((line) => paragraph(line, left, 0).split('\n'));
  return `${label} ${(name ?? '-').padEnd(width)}  ${lines.join(`\n${' '.repeat(indent)}`)}`;
}

const LABEL = 5;
const GAP = 2;

function asJson({ name, grade, finding, advice, userId, email, uploads, tokenEnds }: Look) {
  return {
    name,
    ok: grade === 'good',
    state: STATES[grade],
    finding,
    advice,
    user_id: userId,
    email,
    uploads,
    token_expires: tokenEnds === null ? null : new Date(tokenEnds).toISOString(),
  };
}

const STATES: Readonly<Record<Grade, string>> = {
  good: 'good',
  bad: 'bad',
  refused: 'refused',
  unreachable: 'unreachable',
  state: 'state',
  usage: 'configuration',
};

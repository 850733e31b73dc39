// `account list`: the accounts of ACCOUNTS_FILE, without asking NOMAD.
import { load } from '../../config/load.ts';
import type { LoadedAccount } from '../../config/accounts.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { type TableColumn, table } from '../terminal/table.ts';
import { widthOf } from '../terminal/terminal.ts';

export interface ListOptions {
  readonly envFile: string | null;
  readonly io: Io;
  readonly json: boolean;
}

const COLUMNS: readonly TableColumn[] = [
  { title: 'ACCOUNT', least: 8 },
  { title: 'LOGIN', least: 5 },
  { title: 'NOMAD', least: 10, spare: 1 },
  { title: 'ROLES', least: 5, spare: 3 },
  { title: 'MAIL TO', least: 8, spare: 2 },
];

export function listAccounts({ envFile, io, json }: ListOptions): number {
  const { loaded, problems, secrets } = load(envFile, { scheduleProblem }, io.env);
  const { scrub } = createScrubber(secrets);
  const accounts = loaded?.accounts ?? [];
  const wrong = [...problems, ...(loaded?.problems ?? [])].map(scrub);
  if (json) print(io, scrub(jsonText({ accounts: accounts.map(asJson), problems: wrong })));
  else {
    const rows = accounts.map((each) => asRow(each).map((cell) => oneLine(scrub(cell), 300)));
    if (rows.length > 0) print(io, table(COLUMNS, rows, widthOf(io.stdout)).join('\n'));
    for (const problem of wrong) complain(io, problem);
  }
  return wrong.length === 0 ? EXIT.good : EXIT.usage;
}

function asRow({ name, config }: LoadedAccount): readonly string[] {
  const { url, credentials, roles } = config.nomad;
  return [
    name ?? '-',
    credentials.kind === 'token' ? 'token' : credentials.username,
    url,
    roles.length === 0 ? 'all' : roles.join(', '),
    config.mail === null ? '-' : (config.mail.to?.join(', ') ?? "the account's own address"),
  ];
}

/** `mail_to` null: the account's own address, or no mail. */
function asJson({ name, config }: LoadedAccount) {
  const { url, credentials, roles } = config.nomad;
  return {
    name,
    nomad_url: url,
    login: credentials.kind,
    username: credentials.kind === 'password' ? credentials.username : null,
    roles,
    mail: config.mail !== null,
    mail_to: config.mail?.to ?? null,
  };
}

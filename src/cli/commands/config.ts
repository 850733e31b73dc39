// `config`: each value in force and where it came from, without secrets.
import type { Command } from 'commander';
import { type Load, load } from '../../config/load.ts';
import { VARIABLES } from '../../config/variables/all.ts';
import { closest } from '../../config/unknown-variables.ts';
import { EVENT_KINDS, type EventUpload } from '../../domain/event.ts';
import { guiOf, uploadLink } from '../../domain/text/links.ts';
import {
  type Explanation,
  type RouteVerdict,
  explain as explainRoutes,
  subjectOf,
} from '../../domain/notify/routing.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { roleIn, titleOf } from '../../domain/upload.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { type StateAccess, withState } from './with-state.ts';
import { EXIT } from '../exit-status.ts';
import { typed } from '../installation.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { type TableColumn, paragraph, table } from '../terminal/table.ts';
import { widthOf } from '../terminal/terminal.ts';
import { COMMAND_GROUPS } from '../help.ts';
import type { CommandContext, JsonOption } from './command.ts';

export function addConfig(program: Command, { envFile, io, done }: CommandContext): void {
  program
    .command('config')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description('shows the effective configuration: each value, and where it came from; secrets are not shown')
    .option('--explain <upload>', "which routes this upload's events would take, and why")
    .option('--json', 'one JSON document')
    .action(async ({ explain, json }: JsonOption & { explain?: string }) => {
      done(await config({ envFile: envFile(), io, explain: explain ?? null, json: json === true }));
    });
}

interface ConfigOptions {
  readonly envFile: string | null;
  readonly io: Io;
  /** An upload's id; null: the configuration itself. */
  readonly explain: string | null;
  readonly json: boolean;
}

async function config({ envFile, io, explain, json }: ConfigOptions): Promise<number> {
  if (explain !== null) return withState({ envFile, io }, (at) => explained(at, explain, json));
  const loaded = load(envFile, { scheduleProblem }, io.env);
  const { out, complaints } = effective(loaded, json, widthOf(io.stdout));
  print(io, out);
  for (const complaint of [...complaints, ...(loaded.loaded?.warnings ?? [])]) complain(io, complaint);
  return loaded.problems.length === 0 ? EXIT.good : EXIT.usage;
}

const VARIABLE_COLUMNS: readonly TableColumn[] = [
  { title: 'VARIABLE' },
  { title: 'FROM', least: 7 },
  { title: 'VALUE', least: 8 },
];
const ROUTE_COLUMNS: readonly TableColumn[] = [
  { title: 'EVENT' },
  { title: 'GOES TO', least: 8 },
  { title: 'BECAUSE', least: 8, spare: 1 },
];

/** What is printed: the values in force, and the problems with them. */
export function effective(
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

/** Of the upload as the monitor last saw it. */
async function explained(
  { io, operator, account, rules, config: { notifyOn, mail, webhook, chat, nomad }, scrub }: StateAccess,
  id: string,
  json: boolean,
): Promise<number> {
  const uploads = account === null ? null : ((await operator.snapshot(account.id))?.uploads ?? null);
  const watched = uploads?.get(id);
  if (account === null || uploads === null || watched === undefined) {
    const near = closest(id, [...(uploads?.keys() ?? [])]);
    complain(
      io,
      `--explain: no watched upload has the id ${oneLine(id, 80)}; ${near === null ? `see ${typed('check --json')}` : `did you mean ${near}?`}`,
    );
    return EXIT.usage;
  }
  const { upload } = watched;
  const author = (await operator.events({ since: 0, uploadId: id, kinds: [] })).at(-1)?.upload?.author;
  const about: EventUpload = {
    id,
    name: upload.name,
    link: uploadLink(guiOf(nomad.url), id),
    author: author ?? upload.mainAuthor,
    role: roleIn(upload, account.identity.userId),
  };
  const mailTo = mail === null ? [] : (mail.to ?? (account.identity.email === null ? [] : [account.identity.email]));
  const defaults = { notifyOn: new Set(notifyOn), mailTo, webhook: webhook !== null, chat: chat !== null };
  const kinds = EVENT_KINDS.filter((kind) => kind.startsWith('upload.')).map((kind) => ({
    kind,
    ...explainRoutes(rules, subjectOf({ kind, upload: about }), defaults),
  }));
  if (json) print(io, scrub(jsonText({ upload: about, kinds: kinds.map(asJson) })));
  else {
    const width = widthOf(io.stdout);
    const whose = scrub(
      `${titleOf(upload, 60)} (${id}), by ${oneLine(about.author, 60)}, your role: ${about.role ?? 'none'}`,
    );
    print(io, `${paragraph(whose, width, 0)}\n`);
    const cells = kinds.map((each) => [each.kind, whom(each), because(each)].map(scrub));
    print(io, table(ROUTE_COLUMNS, cells, width).join('\n'));
  }
  return EXIT.good;
}

function asJson({ kind, targets, routes, isDefault }: Explanation & { readonly kind: string }) {
  return {
    kind,
    targets,
    by: isDefault ? (targets.length > 0 ? 'default' : 'nothing') : 'routes',
    routes: routes.map(({ route, verdict }) => ({ line: route.line, verdict: WORDS[verdict] })),
  };
}

function whom({ targets }: Explanation): string {
  if (targets.length === 0) return 'nobody';
  return targets.map(({ channel, recipient }) => (channel === 'mail' ? oneLine(recipient, 60) : channel)).join(', ');
}

const WORDS: Readonly<Record<RouteVerdict, string>> = {
  applies: 'applies',
  'not reached': 'is not reached',
  'not notified': 'names no kind, and NOTIFY_ON leaves this one out',
  kind: 'is for other kinds',
  author: 'is for other authors',
  uploadName: 'is for other names',
  role: 'is for other roles',
};

function because({ routes, isDefault, targets }: Explanation): string {
  const reasons = routes
    .filter(({ verdict }) => verdict !== 'kind')
    .map(({ route, verdict }) => `line ${route.line} ${WORDS[verdict]}`);
  if (!isDefault) return reasons.join('; ');
  const why = targets.length > 0 ? 'no route applies: the default' : 'no route applies, and NOTIFY_ON leaves it out';
  return [...reasons, routes.length === 0 ? (targets.length > 0 ? 'NOTIFY_ON' : 'NOTIFY_ON leaves it out') : why].join(
    '; ',
  );
}

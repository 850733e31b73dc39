// The variables as people read them: .env.example, and the tables of docs/configuration.md. From the one definition.
import { VARIABLE_GROUPS, type VariableGroup, type Variable } from '../../src/config/variables/variable.ts';
import { SURROUNDINGS } from '../../src/config/variables/runtime.ts';
import { VARIABLES } from '../../src/config/variables/all.ts';
import { tableOf } from './table.ts';

const WIDTH = 120;
const HEAD = `# nomad-upload-monitor: all variables, with their defaults. Copy to .env and set what is marked "needed".
# A line that begins with # has its default. Durations are 90s, 15m, 2h, 7d. More: docs/configuration.md
# Each secret X may be given as X_FILE (a path) instead; under systemd, as a credential named x in lower case.`;

export function envExample(): string {
  const groups = groupNames().map((group) =>
    [`# --- ${VARIABLE_GROUPS[group]} ---`, ...ofGroup(group).map(asEntry)].join('\n'),
  );
  const inFile = SURROUNDINGS.filter((each) => each.inFile).map(
    ({ name, meaning }) => `${comment(meaning)}\n#${name}=`,
  );
  const alone = SURROUNDINGS.filter((each) => !each.inFile).map(({ name }) => name);
  const others = [...inFile, comment(`In the environment alone (docs/configuration.md): ${alone.join(', ')}.`)];
  return `${[HEAD, ...groups, ['# --- Surroundings ---', ...others].join('\n')].join('\n\n')}\n`;
}

function asEntry(variable: Variable): string {
  const { name, meaning, needed, fallback, inWords } = variable;
  const example = fallback === undefined || fallback === 'off' ? shownExample(variable) : null;
  const said = [
    meaning,
    needed === undefined ? '' : ` Needed ${needed}.`,
    fallback !== undefined || inWords === undefined ? '' : ` Empty: ${inWords}.`,
  ].join('');
  return `${withExample(said, example)}\n#${name}=${fallback ?? ''}`;
}

/** In the same line where there is room for it. */
function withExample(said: string, example: string | null): string {
  if (example === null) return comment(said);
  const line = `# ${said} For example ${example}`;
  return line.length <= WIDTH ? line : `${comment(said)}\n# For example ${example}`;
}

/** Lines of words, none longer than it should be. */
function comment(text: string): string {
  const lines = text.split(' ').reduce<readonly string[]>((before, word) => {
    const last = before.at(-1);
    if (last === undefined || `# ${last} ${word}`.length > WIDTH) return [...before, word];
    return [...before.slice(0, -1), `${last} ${word}`];
  }, []);
  return lines.map((line) => `# ${line}`).join('\n');
}

export function variableTables(): string {
  const tables = groupNames().map((group) => `### ${VARIABLE_GROUPS[group]}\n\n${groupTable(group)}`);
  return tables.join('\n\n');
}

function groupTable(group: VariableGroup): string {
  const rows = ofGroup(group).map((variable) => {
    const { name, meaning, needed, fallback, inWords, secret } = variable;
    const example = shownExample(variable);
    return [
      `\`${name}\`${secret === true ? ' (secret)' : ''}`,
      inWords === undefined ? (fallback === undefined ? '' : `\`${fallback}\``) : linked(inWords),
      `${linked(meaning)}${needed === undefined ? '' : ` **Needed** ${linked(needed)}.`}`,
      example === null ? '' : `\`${example}\``,
    ];
  });
  return tableOf(['variable', 'without it', 'meaning', 'for example'], rows);
}

export function surroundingsTable(): string {
  const rows = SURROUNDINGS.map(({ name, meaning, inFile }) => [`\`${name}\``, inFile ? 'yes' : 'no', linked(meaning)]);
  return tableOf(['variable', 'also in `.env`', 'meaning'], rows);
}

/** A secret that stands in a document would be copied; an address shows what one looks like. */
function shownExample({ secret, example }: Variable): string | null {
  return secret === true && !example.includes('://') ? null : example;
}

const NAMES = [...VARIABLES, ...SURROUNDINGS].map(({ name }) => name).join('|');

/** Names of variables as code, documents as links. */
function linked(text: string): string {
  return text
    .replace(/docs\/([\w-]+\.md)/g, '[$1]($1)')
    .replace(new RegExp(`\\$?\\b(${NAMES})\\b(=\\w+)?`, 'g'), '`$&`');
}

function groupNames(): readonly VariableGroup[] {
  return Object.keys(VARIABLE_GROUPS).filter((name): name is VariableGroup => name in VARIABLE_GROUPS);
}

function ofGroup(group: VariableGroup): readonly Variable[] {
  return VARIABLES.filter((variable) => variable.group === group);
}

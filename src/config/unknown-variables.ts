// The problem of a variable that does not exist, and which one was probably meant.
import { VARIABLES } from './variables/all.ts';
import { excerpt } from './value-parsers.ts';

const PREFIXES = [
  'NOMAD_',
  'POLL_',
  'SWEEP_',
  'STUCK_',
  'UNREACHABLE_',
  'NOTIFY_',
  'RULES_',
  'REMIND_',
  'DIGEST_',
  'SMTP_',
  'MAIL_',
  'WEBHOOK_',
  'CHAT_',
  'ALERTMANAGER_',
  'HEARTBEAT_',
  'HTTP_',
  'STATE_',
  'DATABASE_URL',
  'METRICS_',
  'LOG_',
];
/** Others' variables that begin like ours. */
const NOT_OURS = new Set(['HTTP_PROXY', 'NOTIFY_SOCKET', 'STATE_DIRECTORY']);

const NAMES = new Set(VARIABLES.flatMap(({ name, secret }) => (secret === true ? [name, `${name}_FILE`] : [name])));

/** One sentence for each variable that looks like ours and is not. */
export function unknownVariables(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => PREFIXES.some((prefix) => name.startsWith(prefix)) && !NAMES.has(name) && !NOT_OURS.has(name))
    .map((name) => `${excerpt(name)}: there is no such variable${suggestion(name)}`);
}

function suggestion(name: string): string {
  if (name.endsWith('_FILE') && NAMES.has(name.slice(0, -'_FILE'.length))) {
    return `; only secrets can be read from a file, set ${name.slice(0, -'_FILE'.length)} itself`;
  }
  const nearest = closest(name, [...NAMES]);
  return nearest === null ? '; see .env.example for all variables' : `; did you mean ${nearest}?`;
}

/** Longer than every name that there is, by more than can be a slip. */
const MAX_LETTERS = 60;

/** The candidate that is at most a third of the name's letters away; null: none. */
export function closest(name: string, candidates: readonly string[]): string | null {
  if (name.length > MAX_LETTERS) return null;
  const ranked = candidates.map((candidate) => ({ candidate, edits: distance(name, candidate) }));
  const [best] = ranked.sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : null;
}

/** Levenshtein's edit distance; names are ASCII. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

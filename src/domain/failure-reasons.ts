// Why entries failed: whose logs are to be read, and what those say together. Pure.

export interface FailingEntry {
  readonly id: string;
  readonly mainfile: string;
  readonly parser: string;
  /** The last error; null: none is given. */
  readonly error: string | null;
}

/** What the log of an entry's processing says of its failure. */
export interface LoggedFailure {
  /** The exception, its class and text: `KeyError: 'atomtypes'`. */
  readonly reason: string;
  /** The last error or warning that was logged before it; null: there is none. */
  readonly before: string | null;
}

/** Failed entries of one parser with the same reason. */
export interface FailureGroup {
  readonly parser: string;
  /** What the list of entries says of each; null: nothing. */
  readonly error: string | null;
  readonly reason: string;
  readonly before: string | null;
  /** How many of the failed entries seen. */
  readonly entries: number;
  /** In how many of them the log was read; 0: of none, and the reason is what the list of entries says. */
  readonly checked: number;
}

/** What is known of the failed entries of an upload beyond their number. */
export interface Explanation {
  /** The largest first. */
  readonly groups: readonly FailureGroup[];
  /** How many failed entries were seen. */
  readonly seen: number;
  /** A few of them, from all groups. */
  readonly named: readonly (FailingEntry & { readonly reason: string | null })[];
}

const MAX_GROUPS = 5;
const MAX_NAMED = 5;
export const NO_REASON = 'NOMAD gives no reason';

/** The entries whose logs are to be read, at most `limit`: of each parser and message one, then of each another. */
export function entriesToRead(failing: readonly FailingEntry[], limit: number): readonly FailingEntry[] {
  const kinds = [...Map.groupBy(failing, kindOf).values()];
  const longest = Math.max(0, ...kinds.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, index) => kinds.flatMap((kind) => kind.slice(index, index + 1)));
  return inTurn.flat().slice(0, limit);
}

/** `logs`: what was read, by the entry's id. */
export function explanationOf(failing: readonly FailingEntry[], logs: ReadonlyMap<string, LoggedFailure>): Explanation {
  const groups = [...Map.groupBy(failing, kindOf).values()].flatMap((kind) => groupsOf(kind, logs));
  const named = [
    ...entriesToRead(
      failing.filter(({ id }) => logs.has(id)),
      MAX_NAMED,
    ),
    ...failing,
  ];
  return {
    groups: groups.toSorted((a, b) => b.entries - a.entries).slice(0, MAX_GROUPS),
    seen: failing.length,
    named: [...new Set(named)]
      .slice(0, MAX_NAMED)
      .map((entry) => ({ ...entry, reason: logs.get(entry.id)?.reason ?? null })),
  };
}

/** Those whose logs were not read are counted with the others of their kind only while all of these have one reason. */
function groupsOf(kind: readonly FailingEntry[], logs: ReadonlyMap<string, LoggedFailure>): readonly FailureGroup[] {
  const [first] = kind;
  if (first === undefined) return [];
  const { parser, error } = first;
  const read = kind.flatMap(({ id }) => logs.get(id) ?? []);
  const rest = {
    parser,
    error,
    reason: error ?? NO_REASON,
    before: null,
    entries: kind.length - read.length,
    checked: 0,
  };
  const byReason = [...Map.groupBy(read, ({ reason }) => reason)];
  const groups = byReason.map(([reason, alike]) => {
    const [one, ...others] = new Set(alike.map(({ before }) => before));
    const before = others.length === 0 ? (one ?? null) : null;
    return { parser, error, reason, before, entries: alike.length, checked: alike.length };
  });
  const [only, ...others] = groups;
  if (only !== undefined && others.length === 0) return [{ ...only, entries: kind.length }];
  return rest.entries === 0 ? groups : [...groups, rest];
}

function kindOf({ parser, error }: FailingEntry): string {
  return JSON.stringify([parser, error]);
}

/** The commonest reason, in one line, of so many `failed` entries; null: nothing is known. */
export function mainReason({ groups, seen }: Explanation, failed: number): string | null {
  const [first] = groups;
  if (first === undefined) return null;
  return `${first.parser}: ${first.reason}${shareText(first.entries, seen, failed)}`;
}

/** ` (2 of them)`, where a reason is not that of all. */
export function shareText(entries: number, seen: number, failed: number): string {
  if (entries >= failed) return '';
  return ` (${seen < failed ? 'at least ' : ''}${entries} of them)`;
}

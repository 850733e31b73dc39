// What `doctor` found of each part, and what that amounts to. Pure: the looking is done elsewhere, the judging beside this file.

export const PARTS = [
  'configuration',
  'nomad',
  'login',
  'token_lifetime',
  'listing',
  'processing',
  'clock',
  'smtp',
  'state',
  'http',
] as const;
export type PartName = (typeof PARTS)[number];

/** From the worst: a wrong configuration makes all else doubtful, a state that cannot be used stops the monitor, and so on down. */
const GRAVEST_FIRST = ['usage', 'state', 'refused', 'unreachable', 'bad', 'good'] as const;
export type Grade = (typeof GRAVEST_FIRST)[number];

export interface Part {
  readonly part: PartName;
  readonly state: 'ok' | 'bad' | 'skipped';
  readonly finding: string;
  /** What to do about it; null: nothing. Several things to do are several lines. */
  readonly advice: string | null;
  /** What it counts as for the exit code. */
  readonly grade: Grade;
}

export function ok(part: PartName, finding: string): Part {
  return { part, state: 'ok', finding, advice: null, grade: 'good' };
}

export function bad(part: PartName, finding: string, advice: string, grade: Grade = 'bad'): Part {
  return { part, state: 'bad', finding, advice, grade };
}

/** Not examined, which is no fault of its own. */
export function skipped(part: PartName, reason: string): Part {
  return { part, state: 'skipped', finding: reason, advice: null, grade: 'good' };
}

export function gravest(parts: readonly Pick<Part, 'grade'>[]): Grade {
  return GRAVEST_FIRST.find((grade) => parts.some((part) => part.grade === grade)) ?? 'good';
}

/** `problems`: those of the configuration, each with an example that would be right. `warnings`: what is no error, and still should not be so. */
export function judgeConfiguration(problems: readonly string[], warnings: readonly string[] = []): Part {
  if (problems.length === 0) {
    const good = 'complete, and all values are valid';
    if (warnings.length === 0) return ok('configuration', good);
    const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
    return { ...ok('configuration', `${good}; ${count}`), advice: warnings.join('\n') };
  }
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return bad('configuration', count, problems.join('\n'), 'usage');
}

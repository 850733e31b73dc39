// What a row of the table is: two things measured in turn, and the goal for what one is beside the other.

export interface Row {
  /** What it is called on the command line. */
  readonly name: string;
  readonly what: string;
  readonly goal: { readonly is: 'at most' | 'less than' | 'at least'; readonly value: number; readonly unit: string };
}

export type Finding =
  | {
      readonly kind: 'measured';
      /** One for each turn, in the goal's unit. */
      readonly values: readonly number[];
      /** What the values are made of, in figures. */
      readonly note: string;
    }
  /** A peer that is not there: the goal is not met. */
  | { readonly kind: 'missing'; readonly why: string };

/** Rows that come out of the same turns. */
export interface Measurement {
  readonly rows: readonly Row[];
  /** Findings in the order of the rows. */
  measure(): Promise<readonly Finding[]>;
}

export const TURNS = 5;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest value that this share of all does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** The turns' ratios: `a` divided by `b`, pair by pair. */
export function ratios(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) throw new Error(`${a.length} turns beside ${b.length}`);
  return a.map((value, index) => value / (b[index] ?? Number.NaN));
}

export function isMet({ goal }: Row, finding: Finding): boolean {
  if (finding.kind === 'missing') return false;
  const value = median(finding.values);
  switch (goal.is) {
    case 'at most':
      return value <= goal.value;
    case 'less than':
      return value < goal.value;
    case 'at least':
      return value >= goal.value;
  }
}

/** Turns of several sides, one after the other and then from the beginning, so that all meet the same weather. */
export async function inTurns<T>(turns: number, ...sides: readonly (() => T | Promise<T>)[]): Promise<readonly T[][]> {
  const results: T[][] = sides.map(() => []);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, side] of sides.entries()) results[index]?.push(await side());
  }
  return results;
}

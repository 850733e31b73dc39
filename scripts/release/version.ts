// Version numbers (semver.org), as far as a release needs them. Pure.

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** Why this cannot be the next version, in a sentence; null: it can. `tags`: of the repository. */
export function versionProblem(next: string, current: string, tags: readonly string[]): string | null {
  const parts = VERSION.exec(next);
  if (parts === null) return `"${next}" is no version; write for example 0.2.0`;
  if (tags.includes(`v${next}`)) return `${next} was released already: there is a tag v${next}`;
  // The first release has the version that package.json was begun with.
  if (next === current && !tags.includes(`v${current}`)) return null;
  if (compare(next, current) <= 0) return `${next} is not above ${current}, the version of package.json`;
  return null;
}

function compare(a: string, b: string): number {
  const [one, other] = [a, b].map((text) => text.split('.').map(Number));
  for (const [index, number] of (one ?? []).entries()) {
    const difference = number - (other?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// What may be wrong with a login that was refused: what stands at the ends of its values and is easily there by mistake.

/** A sentence; null: nothing is odd. It tells neither a value nor its length. */
export function edgeHint(values: Readonly<Record<string, string>>): string | null {
  const odd = Object.entries(values).flatMap(([name, value]) => {
    const [first, last] = [kindOf(value.at(0)), kindOf(value.at(-1))];
    if (first === null && last === null) return [];
    if (first === last) return [`${name} begins and ends with ${first}`];
    const ends = [first === null ? null : `begins with ${first}`, last === null ? null : `ends with ${last}`];
    return [`${name} ${ends.filter((each) => each !== null).join(' and ')}`];
  });
  return odd.length === 0 ? null : `${odd.join(', ')}: it is sent as part of it; remove it if it does not belong there`;
}

function kindOf(character: string | undefined): string | null {
  if (character === undefined) return null;
  if (/["'`\u201c\u201d\u2018\u2019]/.test(character)) return 'a quote';
  if (/[\r\n]/.test(character)) return 'a line break';
  return /[\s\p{C}]/u.test(character) ? 'a blank or an invisible character' : null;
}

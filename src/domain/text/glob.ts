// Patterns as in a shell: * for any text, ? for one character, \ before either means itself. Linear in time but for a factor of the
// pattern: names come from outside and may be long.

export function globMatches(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern);
  const letters = Array.from(text);
  let [token, letter] = [0, 0];
  /** Where the last * stood, and how much it has taken so far. */
  let star: { readonly token: number; taken: number } | null = null;
  while (letter < letters.length) {
    const here = tokens[token];
    if (here === ANY) {
      star = { token, taken: letter };
      token += 1;
    } else if (here === ONE || here === letters[letter]) {
      token += 1;
      letter += 1;
    } else if (star !== null) {
      star.taken += 1;
      token = star.token + 1;
      letter = star.taken;
    } else return false;
  }
  return tokens.slice(token).every((each) => each === ANY);
}

/** Whether all that `narrow` matches is surely matched by `wide`; when in doubt, no. */
export function globCovers(wide: string, narrow: string): boolean {
  const tokens = tokensOf(wide);
  if (wide === narrow || (tokens.length === 1 && tokens[0] === ANY)) return true;
  const literal = literalOf(narrow);
  return literal !== null && globMatches(wide, literal);
}

const ANY = Symbol('*');
const ONE = Symbol('?');

function tokensOf(pattern: string): readonly (string | symbol)[] {
  const tokens: (string | symbol)[] = [];
  const letters = Array.from(pattern);
  for (let index = 0; index < letters.length; index += 1) {
    const [letter = '', next] = [letters[index], letters[index + 1]];
    if (letter === '\\' && next !== undefined) {
      tokens.push(next);
      index += 1;
    } else if (letter === '*') {
      if (tokens.at(-1) !== ANY) tokens.push(ANY);
    } else tokens.push(letter === '?' ? ONE : letter);
  }
  return tokens;
}

/** The one text that it matches; null: it can match several. */
function literalOf(pattern: string): string | null {
  const tokens = tokensOf(pattern);
  return tokens.every((each) => typeof each === 'string') ? tokens.join('') : null;
}

// Values as people have them: with the line break of an editor or of `echo`, with blanks around, in the quotes that `docker --env-file` keeps.
// Where none of it can be part of the value it is taken away. Of a free text, such as a password, only line breaks are: nobody can type
// one into a login form, but blanks and quotes can be part of it.
import { VARIABLES } from './variables/all.ts';

const FREE_TEXTS = new Set(VARIABLES.flatMap(({ name, freeText }) => (freeText === true ? [name] : [])));
/** Read by others as well, by their own rules: they stay as they are. */
const CLEANED = new Set([
  ...VARIABLES.flatMap(({ name, secret }) => (secret === true ? [name, `${name}_FILE`] : [name])),
  ...['TZ', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
]);

/** '': nothing was given. */
export function cleanValue(name: string, given: string): string {
  if (!CLEANED.has(name)) return given;
  const text = given.replace(/^[\r\n]+|[\r\n]+$/g, '');
  // An empty value, as `docker --env-file` passes NAME="" on.
  if (text === '""' || text === "''") return '';
  return FREE_TEXTS.has(name) ? text : withoutQuotes(text.trim());
}

/** One pair around the whole. `"Ada" <ada@lab.example>, "Bob"` is none. */
function withoutQuotes(text: string): string {
  const [, , inside] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  return inside === undefined || inside.includes(text.charAt(0)) ? text : inside.trim();
}

/** Which secrets that are used as they are stand in quotes, by a sentence each. */
export function quotedTexts(values: Readonly<Record<string, string>>, names: readonly string[]): readonly string[] {
  return names
    .filter((name) => withoutQuotes(values[name] ?? '') !== (values[name] ?? ''))
    .map(
      (name) =>
        `${name}: the quotes around it are part of it (docker --env-file keeps them); remove them if they should not be`,
    );
}

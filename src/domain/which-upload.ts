// Which upload somebody means who types an id, a name, or the beginning of one. Pure.
import { closest } from './text/closest.ts';
import { oneLine } from './text/one-line.ts';
import { type Upload, titleOf } from './upload.ts';

export type Named = Pick<Upload, 'id' | 'name'>;

export type Match =
  | { readonly found: 'one'; readonly upload: Named }
  /** In the order given; two or more. */
  | { readonly found: 'several'; readonly uploads: readonly Named[] }
  /** `near`: an id or a name that was probably meant; null: none. */
  | { readonly found: 'none'; readonly near: string | null };

/** A shorter beginning of an id would often be chance. */
const LEAST_OF_ID = 4;

/** As `check` shows it, however its letters are composed. */
function shown(text: string): string {
  return oneLine(text, 300).normalize('NFC');
}

/** An upload and its name as shown, both in one case. */
interface Known {
  readonly upload: Named;
  readonly id: string;
  readonly name: string | null;
}

function known(uploads: readonly Named[], form: (text: string) => string): readonly Known[] {
  return uploads.map((upload) => ({
    upload,
    id: form(upload.id),
    name: upload.name === null ? null : form(shown(upload.name)),
  }));
}

/**
 * `word`: an id, a name, the beginning of an id (4 characters or more) or of a name. An id goes before everything else, then a name or the
 * beginning of an id, then the beginning of a name; each as typed first, then in upper or lower case.
 */
export function whichUpload(word: string, uploads: readonly Named[]): Match {
  const exact = uploads.find(({ id }) => id === word);
  if (exact !== undefined) return { found: 'one', upload: exact };
  if (shown(word) === '') return { found: 'none', near: null };
  const forms = [String, (text: string) => text.toLowerCase()];
  const cases = forms.map((form) => ({ all: known(uploads, form), id: form(word), name: form(shown(word)) }));
  const passes = [
    ...cases.map(({ all, id, name }) =>
      all.filter((each) => each.name === name || (id.length >= LEAST_OF_ID && each.id.startsWith(id))),
    ),
    ...cases.map(({ all, name }) => all.filter((each) => each.name?.startsWith(name) === true)),
  ];
  const [first, ...more] = (passes.find(({ length }) => length > 0) ?? []).map(({ upload }) => upload);
  if (first === undefined) return { found: 'none', near: nearest(word, uploads) };
  return more.length === 0 ? { found: 'one', upload: first } : { found: 'several', uploads: [first, ...more] };
}

function nearest(word: string, uploads: readonly Named[]): string | null {
  const words = uploads.flatMap(({ id, name }) => (name === null ? [id] : [id, shown(name)]));
  return closest(shown(word), words);
}

/** So many are named, where there are more. */
const MAX_NAMED = 5;

/** `batch-42 (u8qN2QIQTO6zrZqYD2J5Bg)`, with commas between several; the first few. */
export function namedText(uploads: readonly Named[]): string {
  const some = uploads.slice(0, MAX_NAMED).map(({ id, name }) => {
    const [title, shownId] = [titleOf({ id, name }, 60), oneLine(id, 60)];
    return title === shownId ? shownId : `${title} (${shownId})`;
  });
  const rest = uploads.length - some.length;
  return rest === 0 ? some.join(', ') : `${some.join(', ')}, and ${rest} more`;
}

/** One sentence. `list`: the command that lists the uploads. */
export function matchProblem(word: string, match: Exclude<Match, { found: 'one' }>, list: string): string {
  const typed = `"${oneLine(word, 80)}"`;
  if (match.found === 'several')
    return `${typed} could be any of ${match.uploads.length} uploads: ${namedText(match.uploads)}; write the id`;
  const right = match.near === null ? `; ${list} lists them` : `; did you mean ${oneLine(match.near, 80)}?`;
  return `${typed}: no upload has this id or name${right}`;
}

export interface Resolved {
  /** Each once, in the order typed. */
  readonly uploads: readonly Named[];
  /** A sentence for each word that is not clear. */
  readonly problems: readonly string[];
}

/** All that was typed. */
export function whichUploads(words: readonly string[], uploads: readonly Named[], list: string): Resolved {
  const meant = new Map<string, Named>();
  const problems: string[] = [];
  for (const word of words) {
    const match = whichUpload(word, uploads);
    if (match.found === 'one') meant.set(match.upload.id, match.upload);
    else problems.push(matchProblem(word, match, list));
  }
  return { uploads: [...meant.values()], problems };
}

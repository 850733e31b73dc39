// What was told of a life against what is true of it.
import type { Life } from './lives/life.ts';
import type { Interval, Told } from './monitor.ts';
import type { Version } from './places.ts';

export interface Verdict {
  readonly life: string;
  readonly version: Version;
  readonly interval: Interval;
  readonly truth: string;
  readonly told: string;
  /** null: it is right. */
  readonly wrong: string | null;
}

/** `mails`: their texts. */
export function judge(
  life: Life,
  version: Version,
  interval: Interval,
  told: readonly Told[],
  mails: readonly string[],
): Verdict {
  const own = told.filter((each) => each.life === life.name);
  const kinds = own.map(wordOf);
  const { least, limit } = bounds(wordsOf(life.told, version));
  const needed = interval === 'second' ? least : bounds(wordsOf(life.last, version)).least;
  const problems = [
    ...[...needed]
      .filter(([kind, times]) => count(kinds, kind) < times)
      .map(([kind, times]) => `${kind} ${times}× expected`),
    ...[...new Set(kinds)]
      .filter((kind) => count(kinds, kind) > (limit.get(kind) ?? 0))
      .map((kind) => `${kind}: not so`),
    ...twice(own).map(({ kind }) => `${kind}: the same event twice`),
    ...own.filter(({ name }) => !mails.some((text) => text.includes(name))).map(({ kind }) => `${kind}: no mail`),
    ...(life.mails ?? []).filter((text) => !hasMail(mails, life.name, text)).map((text) => `no mail says "${text}"`),
  ];
  const wrong = problems.length === 0 ? null : problems.join('; ');
  return {
    life: life.name,
    version,
    interval,
    truth: wordsOf(life.told, version),
    told: kinds.join(' '),
    wrong,
  };
}

/** A failure that may be a new folder says so in its message: that is another statement. */
function wordOf({ kind, details }: Told): string {
  const isUnclear = (details as { readonly unclear?: boolean } | null)?.unclear === true;
  return `${kind.replace('upload.', '')}${isUnclear ? '_or_folder' : ''}`;
}

/** What was told of NOMAD itself. */
export function judgeNomad(words: string, version: Version, interval: Interval, told: readonly Told[]): Verdict {
  const own = told.filter(({ life }) => life === null).map((each) => ({ ...each, life: '-', name: '' }));
  const life = { name: '-', truth: '', told: words, last: words, play: () => Promise.resolve() };
  const kinds = own.map((each) => ({ ...each, kind: each.kind.replace(/^(nomad|monitor)\./, '') }));
  return judge(life, version, interval, kinds, ['']);
}

/** In one about this life; lines may be broken anywhere between words. */
function hasMail(mails: readonly string[], name: string, text: string): boolean {
  return mails.some((mail) => mail.includes(name) && mail.replace(/\s+/g, ' ').includes(text));
}

const wordsOf = (words: Life['told'], version: Version) => (typeof words === 'string' ? words : words(version));
const count = (kinds: readonly string[], kind: string) => kinds.filter((each) => each === kind).length;
const twice = (told: readonly Told[]) =>
  told.filter(({ id }, index) => told.findIndex((each) => each.id === id) < index);

/** How often each kind must and may be told. */
function bounds(words: string): {
  readonly least: ReadonlyMap<string, number>;
  readonly limit: ReadonlyMap<string, number>;
} {
  const least = new Map<string, number>();
  const limit = new Map<string, number>();
  for (const word of words.split(' ').filter((each) => each !== '')) {
    const kind = word.replace('?', '');
    limit.set(kind, (limit.get(kind) ?? 0) + 1);
    if (!word.endsWith('?')) least.set(kind, (least.get(kind) ?? 0) + 1);
  }
  return { least, limit };
}

// The data of ICU within Node, less what nobody asks for: languages other than English (all texts are English), transliteration and the
// dictionaries that find words in Thai, Chinese and others. Time zones, encodings, names of hosts and characters stay. It is as Node's own
// build option `--with-intl=small-icu` leaves it. What goes is filled with zeros, so that it packs to nothing and nothing else moves.

interface Item {
  /** Where its name begins, from the table of contents on. */
  readonly name: number;
  /** Where its content begins and ends, from the table of contents on. */
  readonly from: number;
  readonly to: number;
  /** `zone/de.res` */
  readonly path: string;
}

const OF_A_LANGUAGE = /^((coll|curr|lang|zone|region|unit|rbnf)\/)?[a-z]{2,3}(_[A-Za-z0-9_]*)?\.res$/;
const ENGLISH = /(^|\/)en(_\w+)?\.res$/;
const INDEX = /(^|\/)res_index\.res$/;
const NEVER_USED = /^translit\/|\.dict$|^brkitr\/(burmese|khmer|lao|thai)/;

export function isUsed(path: string): boolean {
  if (INDEX.test(path) || ENGLISH.test(path)) return true;
  return !OF_A_LANGUAGE.test(path) && !NEVER_USED.test(path);
}

/** In place. `data`: a package of ICU's common format, little-endian (its udata.h): header, table of contents, contents. Throws if it is not. */
export function trimIcu(data: Buffer): void {
  if (data.toString('latin1', 12, 16) !== 'CmnD' || data[8] !== 0)
    throw new Error('this is no ICU data as it is known here');
  const table = data.readUInt16LE(0);
  const items = itemsIn(data, table);
  const kept = items.filter(({ path }) => isUsed(path));
  for (const { path, from, to } of items) if (!isUsed(path)) data.fill(0, table + from, table + to);
  data.writeUInt32LE(kept.length, table);
  for (const [index, { name, from }] of kept.entries()) {
    data.writeUInt32LE(name, entry(table, index));
    data.writeUInt32LE(from, entry(table, index) + 4);
  }
  data.fill(0, entry(table, kept.length), entry(table, items.length));
}

/** In the order of the table, which is that of the names; the contents are in the same order. */
function itemsIn(data: Buffer, table: number): readonly Item[] {
  const count = data.readUInt32LE(table);
  const at = (index: number) => (index < count ? data.readUInt32LE(entry(table, index) + 4) : data.length - table);
  return Array.from({ length: count }, (_, index) => {
    const name = data.readUInt32LE(entry(table, index));
    const full = data.toString('latin1', table + name, data.indexOf(0, table + name));
    return { name, from: at(index), to: at(index + 1), path: full.slice(full.indexOf('/') + 1) };
  });
}

function entry(table: number, index: number): number {
  return table + 4 + 8 * index;
}

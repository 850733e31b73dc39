// Byte-level mutation, as data: fast-check draws the edits, so that what is found shrinks and can be played again. Pure.
import fc from 'fast-check';

/** Places and lengths are shares of 65,536 of what is there, so that an edit means the same while the rest shrinks. */
export type Edit =
  | { readonly does: 'flip'; readonly at: number; readonly bit: number }
  | { readonly does: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly does: 'delete'; readonly at: number; readonly share: number }
  | { readonly does: 'repeat'; readonly at: number; readonly share: number; readonly times: number }
  | {
      readonly does: 'splice';
      readonly at: number;
      readonly from: number;
      readonly start: number;
      readonly share: number;
    }
  | { readonly does: 'token'; readonly at: number; readonly token: number };

export interface Food {
  /** What is good, and known to be read. */
  readonly corpus: readonly Buffer[];
  /** Words of the language, and what breaks readers of it. */
  readonly dictionary: readonly (string | Buffer)[];
}

const WHOLE = 65_536;
/** Nothing grows without end. */
const MAX_BYTES = 300_000;

export function applyEdits(bytes: Buffer, edits: readonly Edit[], { corpus, dictionary }: Food): Buffer {
  return edits.reduce((before, edit) => apply(before, edit, corpus, dictionary).subarray(0, MAX_BYTES), bytes);
}

function apply(bytes: Buffer, edit: Edit, corpus: Food['corpus'], dictionary: Food['dictionary']): Buffer {
  const at = part(edit.at, bytes.length);
  switch (edit.does) {
    case 'flip': {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << edit.bit);
      return flipped;
    }
    case 'insert':
      return put(bytes, at, edit.bytes);
    case 'delete':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + part(edit.share, bytes.length - at))]);
    case 'repeat': {
      const piece = bytes.subarray(at, at + 1 + part(edit.share, Math.min(200, bytes.length - at)));
      return put(bytes, at, Buffer.concat(Array.from({ length: edit.times }, () => piece)));
    }
    case 'splice': {
      const other = corpus[edit.from % Math.max(1, corpus.length)] ?? Buffer.alloc(0);
      const start = part(edit.start, other.length);
      return put(bytes, at, other.subarray(start, start + 1 + part(edit.share, Math.min(400, other.length - start))));
    }
    case 'token':
      return put(bytes, at, Buffer.from(dictionary[edit.token % Math.max(1, dictionary.length)] ?? ''));
  }
}

function part(share: number, length: number): number {
  return Math.floor((share / WHOLE) * length);
}

function put(bytes: Buffer, at: number, what: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}

const place = fc.nat(WHOLE - 1);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('flip'), at: place, bit: fc.nat(7) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('insert'),
      at: place,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('delete'), at: place, share: fc.oneof(fc.nat(500), place) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('repeat'),
      at: place,
      share: place,
      times: fc.integer({ min: 1, max: 300 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('splice'), at: place, from: fc.nat(999), start: place, share: place }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('token'), at: place, token: fc.nat(9999) }) },
);

/** Something of the corpus with up to `limit` edits; none at all is likely too. */
export function mutated(food: Food, limit = 6): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.nat(food.corpus.length - 1), fc.array(edit, { maxLength: limit }))
    .map(([index, edits]) => applyEdits(food.corpus[index] ?? Buffer.alloc(0), edits, food));
}

/** The same bytes, which a report shows as text rather than as numbers. */
export function shown(bytes: Buffer): Buffer {
  return Object.assign(Buffer.from(bytes), { [fc.toStringMethod]: () => JSON.stringify(bytes.toString('latin1')) });
}

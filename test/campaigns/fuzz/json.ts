// JSON mutated by its structure: a node becomes something else, goes away, or stands there twice. Made as text, for some of it no value of ours can hold.
import fc from 'fast-check';
import { hostileText } from './text.ts';

type Edit = { readonly at: number } & (
  { readonly does: 'replace' | 'double'; readonly raw: string } | { readonly does: 'remove' }
);

const deep = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;

/** What readers stumble over. */
const RAW: readonly string[] = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-1',
    '1',
    '2',
    '200',
    '0.5',
    '1e308',
    '1e400',
    '9007199254740993',
    '9'.repeat(400),
  ],
  ...['""', '[]', '{}', '[null]', '[[]]', '[{}]', '[1,2]', '{"a":1}', '"a"'],
  ...[
    '{"__proto__":{"a":1}}',
    '{"__proto__":null}',
    '{"constructor":{"prototype":{}}}',
    '{"toString":1,"valueOf":2}',
    '{"length":5}',
    '{"then":1}',
  ],
  ...[deep('[', ']', 50), deep('[', ']', 20_000), deep('{"a":', '}', 20_000)],
  ...[
    '"2026-11-20T10:00:00"',
    '"2026-11-20T10:00:00.123456"',
    '"2026-11-20T10:00:00Z"',
    '"+275760-09-13T00:00:00Z"',
    '"-271821-04-20T00:00:00Z"',
  ],
  ...[
    '"0"',
    '"1Z"',
    '"yesterday"',
    '"2026-11-20T10:00:00+99:99"',
    '"2026-13-45T99:99:99"',
    '"Fri, 20 Nov 2026 10:00:00 GMT"',
    '" Z"',
  ],
  ...['"FAILURE"', '"SUCCESS"', '"PENDING"', '"RUNNING"', '"READY"', '"WAITING_FOR_RESULT"', '"DELETED"', '"failure"'],
  ...[
    '"u-failure"',
    '"u-success"',
    '"../x"',
    '"u/../../x"',
    `"${'a'.repeat(65)}"`,
    `"${'x'.repeat(3000)}"`,
    '"process_upload"',
    '"_process_upload"',
  ],
  ...[
    `[${'"e",'.repeat(999)}"e"]`,
    `["${'e'.repeat(9000)}"]`,
    `[1,null,{"a":"b"},["c"],"d"]`,
    '"\\ud800"',
    '"\\u0000"',
    '["\\udfff\\u0000"]',
  ],
];

const raw = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...RAW) },
  { weight: 2, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('replace'), at: fc.nat(), raw }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('double'), at: fc.nat(), raw }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('remove'), at: fc.nat() }) },
);

/** One of the documents with up to `limit` edits, as text. */
export function mutatedJson(corpus: readonly unknown[], limit = 4): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(edit, { maxLength: limit }))
    .map(([document, edits]) => written(document, edits));
}

function written(document: unknown, edits: readonly Edit[]): string {
  const total = count(document);
  const byNode = new Map(edits.map((each) => [each.at % total, each]));
  let node = -1;
  return write(document) ?? 'null';

  /** null: it was removed. */
  function write(value: unknown): string | null {
    node += 1;
    const here = byNode.get(node);
    if (here === undefined) return whole(value);
    // What is below is counted all the same, so that the other edits stay where they are.
    const own = whole(value);
    if (here.does === 'remove') return null;
    return here.does === 'replace' ? here.raw : `${here.raw}\u0001${own}`;
  }

  function whole(value: unknown): string {
    if (Array.isArray(value)) return `[${value.flatMap((each) => write(each)?.split('\u0001') ?? []).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const members = Object.entries(value).flatMap(([key, each]) =>
      (write(each)?.split('\u0001') ?? []).map((text) => `${JSON.stringify(key)}:${text}`),
    );
    return `{${members.join(',')}}`;
  }
}

function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + count(each), 1);
}

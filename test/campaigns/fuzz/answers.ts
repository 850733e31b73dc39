// What NOMAD answers, recorded from the real one and then mutated by bytes and by structure.
import fc from 'fast-check';
import { REQUESTS, fixtureOf } from '../../support/answers.ts';
import { mutated, shown } from './bytes.ts';
import { mutatedJson } from './json.ts';
import { readPage } from '../../../src/nomad/wire.ts';
import { NASTY } from './text.ts';

const DICTIONARY: readonly (string | Buffer)[] = [
  ...NASTY,
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '\\u0000',
    '\\ud800',
    '\\uZZZZ',
    'null',
    'true',
    '-',
    '1e9999',
    '00',
    '/*x*/',
    '{"__proto__":',
    '"upload_id":"x",',
  ],
  ...[
    Buffer.from([0xff, 0xfe]),
    Buffer.from([0xc0, 0x80]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xef, 0xbb, 0xbf]),
  ],
  '['.repeat(5000),
  '{"a":'.repeat(5000),
];

/** The bodies of the recorded answers whose names begin so, of both generations. */
export function recorded(...prefixes: readonly string[]): readonly unknown[] {
  const names = REQUESTS.map(({ name }) => name).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return ([1, 2] as const).flatMap((generation) => names.map((name) => fixtureOf(generation, name).body));
}

/** Bodies as they may come: good, mutated by structure, mutated by bytes. */
export function bodies(documents: readonly unknown[]): fc.Arbitrary<Buffer> {
  const corpus = documents.map((document) => Buffer.from(JSON.stringify(document)));
  return fc
    .oneof(
      { weight: 1, arbitrary: fc.constantFrom(...corpus) },
      { weight: 4, arbitrary: mutatedJson(documents).map((text) => Buffer.from(text)) },
      { weight: 2, arbitrary: mutated({ corpus, dictionary: DICTIONARY }) },
    )
    .map(shown);
}

/** As the client reads a body; undefined: no JSON. */
export function read(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

export const LISTS = recorded('list', 'upload', 'no-', 'rubbish');
/** Those that list all that there is, most of the time; the others lead nowhere. */
export const WHOLE = [...LISTS.filter(isWhole), ...LISTS.filter(isWhole), ...LISTS.filter(isWhole), ...LISTS];
export const ENTRIES = recorded('entries');
export const USERS = recorded('users');
export const ACCOUNTS = recorded('me', 'users', 'no-token');
export const TOKENS = recorded('login', 'app-token');
export const UPLOADS = recorded('upload');

function isWhole(body: unknown): boolean {
  const page = readPage(body);
  return page !== null && page.total === page.items.length && page.total > 0;
}

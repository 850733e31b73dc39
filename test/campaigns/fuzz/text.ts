// Hostile text: what breaks headers, markup, terminals, databases and readers, alone and together.
import fc from 'fast-check';
import { anyCharacter } from '../../support/characters.ts';

export const NASTY: readonly string[] = [
  '\u0000',
  '\r\n',
  '\n',
  '\r\nBcc: all@evil.example',
  '\u001b[31m',
  '\u001b]0;x\u0007',
  '\u0085',
  '\u009b2J',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
  '\ufeff',
  '\u200b',
  '\u00ad',
  '\ud800',
  '\udfff',
  '\u{e0041}',
  '\u{1f469}\u200d\u{1f52c}',
  '\u{1f1e9}\u{1f1ea}',
  'e\u0301\u0301\u0301\u0301\u0301',
  '\u0645\u0634\u0631\u0648\u0639',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='x",
  '</style>',
  '</title>',
  '<!--',
  '-->',
  '<![CDATA[',
  '&lt;b&gt;&#0;&amp',
  'javascript:alert(1)',
  'https://evil.example/?a="b"',
  '//evil.example',
  '=?utf-8?B?WA==?=',
  '${7*7} {{7*7}} %s %n',
  '__proto__',
  'constructor',
  'toString',
  '@channel <!here> [x](http://evil.example)',
  '.\r\n.\r\n',
  '-- \n',
  '; rm -rf /',
  "'; DROP TABLE upload; --",
  ' ',
  '.',
  '@',
  ',',
  'a',
];

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.string({ unit: anyCharacter, maxLength: 12 }) },
);

/** Mostly short, now and then long, seldom very long. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.array(piece, { maxLength: 6 }).map((all) => all.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 80 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(piece, fc.constantFrom(50, 700, 5000, 50_000))
      .map(([text, length]) => text.repeat(Math.ceil(length / Math.max(1, text.length)))),
  },
);

/** C0 and C1 controls, separators of lines, marks of direction. */
export const UNFIT = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

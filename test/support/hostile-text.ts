// Arbitrary text with what upsets terminals: wide and joined characters, marks, both directions, controls, escapes, halves of characters.
import fc from 'fast-check';
import { anyCharacter } from './characters.ts';

const PIECES = [
  'batch-42',
  ' ',
  '日本語',
  'ｆｕｌｌ',
  'e\u0301\u0301\u0301\u0301\u0301',
  'مشروع البلورات',
  '\u202egpj.\u202c',
  '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}',
  '\u{1f1e9}\u{1f1ea}',
  '\u{1f44d}\u{1f3ff}',
  '\u26a0\ufe0f',
  'नमस्ते',
  '한글',
  '\u001b[31m',
  '\u001b]0;x\u0007',
  '\u009b2J',
  '\r\n\t\b\u0000',
  '\u200b\u2060',
  '\ud800',
  'x'.repeat(90),
  '…',
];

export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: anyCharacter, maxLength: 12 })), { maxLength: 6 })
  .map((pieces) => pieces.join(''));

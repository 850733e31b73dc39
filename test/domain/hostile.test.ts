// Whatever the text: a property apart from the table beside it (text.test.ts), for it takes its time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../support/characters.ts';
import { oneLine } from '../../src/domain/text/one-line.ts';

test('hostile text becomes one clean line', () => {
  assert.equal(oneLine('a\r\nBcc: x@y\u0000\u001b[31m\u202ebad', 100), 'a Bcc: x@y [31m bad');
  assert.equal(oneLine('x'.repeat(20), 10), `${'x'.repeat(9)}…`);
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.integer({ min: 1, max: 50 }), (text, limit) => {
      const line = oneLine(text, limit);
      return line.length <= limit && !/[\p{Cc}\u2028\u2029]/u.test(line);
    }),
  );
});

// What the log says of new tokens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenWatch } from '../../src/app/token-watch.ts';
import { HOUR } from '../../src/domain/text/durations.ts';
import { T0 } from '../support/builders.ts';

test('clocks that do not agree are said once, however many tokens show it', () => {
  const warned: string[] = [];
  const quiet = () => undefined;
  const watch = createTokenWatch({
    debug: quiet,
    info: quiet,
    warn: (_, text) => void warned.push(text),
    error: quiet,
  });
  for (const clocksDiffer of [false, true, true, false, true])
    watch.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: T0 + HOUR, clocksDiffer });
  assert.equal(warned.length, 1);
  assert.match(warned[0] ?? '', /the clock that creates tokens.* do not agree/);
});

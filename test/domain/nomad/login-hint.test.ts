// A refused login: what stands at the ends of a value is said, and nothing else of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeHint } from '../../../src/domain/nomad/login-hint.ts';

const REST = ': it is sent as part of it; remove it if it does not belong there';
const cases: readonly (readonly [string, string | null])[] = [
  ['correct horse', null],
  ['', null],
  ['pass"word', null],
  ['"hunter2"', 'NOMAD_PASSWORD begins and ends with a quote'],
  ["'hunter2", 'NOMAD_PASSWORD begins with a quote'],
  ['hunter2 ', 'NOMAD_PASSWORD ends with a blank or an invisible character'],
  ['\thunter2"', 'NOMAD_PASSWORD begins with a blank or an invisible character and ends with a quote'],
  ['hunter2\n', 'NOMAD_PASSWORD ends with a line break'],
  ['\u200bhunter2\u00a0', 'NOMAD_PASSWORD begins and ends with a blank or an invisible character'],
  ['“hunter2”', 'NOMAD_PASSWORD begins and ends with a quote'],
];
for (const [value, said] of cases) {
  test(`the ends of ${JSON.stringify(value)}`, () => {
    assert.equal(edgeHint({ NOMAD_PASSWORD: value }), said === null ? null : `${said}${REST}`);
  });
}

test('both are said at once', () => {
  const said = edgeHint({ NOMAD_USERNAME: 'ada ', NOMAD_PASSWORD: '"x"' });
  assert.equal(
    said,
    `NOMAD_USERNAME ends with a blank or an invisible character, NOMAD_PASSWORD begins and ends with a quote${REST}`,
  );
});

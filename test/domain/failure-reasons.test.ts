// Why entries failed: whose logs are read, and what those say together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FailingEntry, entriesToRead, explanationOf, mainReason } from '../../src/domain/failure-reasons.ts';

/** `v1` is of the parser v, with the message E; `v1!` says something else. */
const entry = (name: string): FailingEntry => ({
  id: name,
  mainfile: `${name}.xml`,
  parser: name.charAt(0),
  error: name.endsWith('!') ? 'other' : name.endsWith('?') ? null : 'E',
});
const entriesOf = (names: string) => names.split(' ').filter(Boolean).map(entry);

const choices: readonly (readonly [failing: string, limit: number, chosen: string])[] = [
  ['', 5, ''],
  ['v1', 5, 'v1'],
  ['v1 v2 v3 v4 v5 v6 v7', 5, 'v1 v2 v3 v4 v5'],
  ['v1 v2 v3 v4 x1', 3, 'v1 x1 v2'],
  ['v1 v2! v3 v4!', 3, 'v1 v2! v3'],
  ['v1 v2 w1 x1 y1 z1 a1', 5, 'v1 w1 x1 y1 z1'],
  ['v1 v2 v3', 1, 'v1'],
  ['v1', 0, ''],
];
for (const [failing, limit, chosen] of choices) {
  test(`of "${failing}" the logs of "${chosen}" are read, at most ${limit}`, () => {
    assert.deepEqual(
      entriesToRead(entriesOf(failing), limit)
        .map(({ id }) => id)
        .join(' '),
      chosen,
    );
  });
}

/** `v1=K` its log gives the reason K; `v1=K<B`: B was logged before it. Groups as `parser:reason entries/checked <before`. */
const explanations: readonly (readonly [failing: string, logs: string, groups: readonly string[]])[] = [
  ['v1 v2 v3', '', ['v:E 3/0']],
  ['v1', 'v1=K', ['v:K 1/1']],
  ['v1 v2 v3', 'v1=K v2=K', ['v:K 3/2']],
  ['v1 v2 v3 v4', 'v1=K v2=L', ['v:E 2/0', 'v:K 1/1', 'v:L 1/1']],
  ['v1 v2 v3', 'v1=K v2=L v3=K', ['v:K 2/2', 'v:L 1/1']],
  ['v1 v2 x1', 'v1=K x1=K', ['v:K 2/1', 'x:K 1/1']],
  ['v1 v2!', 'v1=K', ['v:K 1/1', 'v:other 1/0']],
  ['v1?', '', ['v:NOMAD gives no reason 1/0']],
  ['v1 v2', 'v1=K<B v2=K<B', ['v:K 2/2 <B']],
  ['v1 v2', 'v1=K<B v2=K<C', ['v:K 2/2']],
  ['v1 v2', 'v1=K<B v2=K', ['v:K 2/2']],
  ['a1 b1 c1 d1 e1 f1', '', ['a:E 1/0', 'b:E 1/0', 'c:E 1/0', 'd:E 1/0', 'e:E 1/0']],
];
for (const [failing, logs, expected] of explanations) {
  test(`"${failing}" with the logs "${logs}": ${expected.join(', ')}`, () => {
    const read = logs.split(' ').flatMap((text) => {
      const [, id, reason, before] = /^([^=]+)=([^<]+)(?:<(.+))?$/.exec(text) ?? [];
      return id === undefined || reason === undefined ? [] : [[id, { reason, before: before ?? null }] as const];
    });
    const { groups, seen } = explanationOf(entriesOf(failing), new Map(read));
    assert.equal(seen, entriesOf(failing).length);
    assert.deepEqual(
      groups.map(
        ({ parser, reason, entries, checked, before }) =>
          `${parser}:${reason} ${entries}/${checked}${before === null ? '' : ` <${before}`}`,
      ),
      expected,
    );
  });
}

test('named are those whose logs were read, then others, at most five', () => {
  const logs = new Map(['v6', 'x1'].map((id) => [id, { reason: 'K', before: null }]));
  const { named } = explanationOf(entriesOf('v1 v2 v3 v4 v5 v6 x1'), logs);
  assert.deepEqual(
    named.map(({ id, reason }) => [id, reason]),
    [
      ['v6', 'K'],
      ['x1', 'K'],
      ['v1', null],
      ['v2', null],
      ['v3', null],
    ],
  );
});

test('of how many entries it is the reason is said where it is not of all', () => {
  const logs = new Map([['x1', { reason: 'K', before: null }]]);
  assert.equal(mainReason(explanationOf(entriesOf('x1 x2'), logs), 2), 'x: K');
  assert.equal(mainReason(explanationOf(entriesOf('x1 x2'), logs), 500), 'x: K (at least 2 of them)');
});

test('the main reason is that of the largest group', () => {
  const logs = new Map([['x1', { reason: 'K', before: null }]]);
  assert.equal(mainReason(explanationOf(entriesOf('v1 x1 x2'), logs), 3), 'x: K (2 of them)');
  assert.equal(mainReason(explanationOf([], logs), 0), null);
});

// What the findings of `doctor` amount to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Grade,
  type Part,
  bad,
  gravest,
  judgeConfiguration,
  ok,
  skipped,
} from '../../../src/domain/doctor/findings.ts';
import { testFindings } from '../../support/findings.ts';

const graded = (grade: Grade): Part => (grade === 'good' ? ok('nomad', '') : bad('nomad', '', '', grade));
const exits: readonly [readonly Grade[], Grade][] = [
  [[], 'good'],
  [['good', 'good'], 'good'],
  [['good', 'bad'], 'bad'],
  [['bad', 'unreachable'], 'unreachable'],
  [['unreachable', 'refused'], 'refused'],
  [['refused', 'state', 'unreachable'], 'state'],
  [['state', 'usage'], 'usage'],
];
for (const [grades, expected] of exits) {
  test(`the gravest of ${grades.join(', ') || 'nothing'} is ${expected}`, () => {
    assert.equal(gravest(grades.map(graded)), expected);
  });
}

test('a finding is good, bad with what to do about it, or not looked for', () => {
  assert.deepEqual(
    [ok('nomad', 'x'), bad('nomad', 'x', 'y'), skipped('nomad', 'x')],
    [
      { part: 'nomad', state: 'ok', finding: 'x', advice: null, grade: 'good' },
      { part: 'nomad', state: 'bad', finding: 'x', advice: 'y', grade: 'bad' },
      { part: 'nomad', state: 'skipped', finding: 'x', advice: null, grade: 'good' },
    ],
  );
});

test('what was skipped counts for nothing', () => {
  assert.equal(gravest([skipped('login', 'NOMAD does not answer')]), 'good');
});

testFindings([
  ['no problem', judgeConfiguration([]), 'good', /complete/],
  ['a warning', judgeConfiguration([], ['A: z']), 'good', /^complete, .*; 1 warning A: z$/],
  ['two warnings', judgeConfiguration([], ['A: z', 'B: y']), 'good', /^complete, .*; 2 warnings A: z\nB: y$/],
  ['two problems', judgeConfiguration(['A: x', 'B: y']), 'usage', /^2 problems A: x\nB: y$/],
  ['one problem', judgeConfiguration(['A: x']), 'usage', /^1 problem A: x$/],
]);

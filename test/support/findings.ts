// Findings of `doctor` as a table: a test for each row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Grade, PARTS, type Part } from '../../src/domain/doctor/findings.ts';

/** What was seen, what is made of it, what it counts as, and what is said of it (finding, then advice). */
export type Finding = readonly [string, Part, Grade, RegExp];

export function testFindings(findings: readonly Finding[]): void {
  for (const [what, part, grade, said] of findings) {
    test(`${part.part}: ${what}`, () => {
      assert.ok(PARTS.includes(part.part));
      assert.match(`${part.finding} ${part.advice ?? ''}`.trim(), said);
      assert.equal(part.grade, grade);
      // What is good may have warnings to read.
      assert.ok(part.advice !== null || part.state !== 'bad');
      assert.equal(part.state === 'bad', grade !== 'good');
    });
  }
}

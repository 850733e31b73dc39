// Recordings of the real NOMAD are the judge: whenever and however often a monitor looks at them, what it tells is so, and the end is told once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OLD_RULES, canBePutBack } from './old-rules.ts';
import { judge } from './oracle.ts';
import { readRecording } from './recording.ts';
import { EARLY_TEMPORAL_LIVES } from './truth-early-temporal.ts';
import { SINGLE_LIVES } from './truth-single.ts';
import { LIVES } from './truth.ts';
import { runs } from '../support/runs.ts';

const SECOND = 1000;
/** `LIVES_RUNS=1000` looks at many more moments, `LIVES_SEED` at others. */
const RUNS = Number(process.env['LIVES_RUNS'] ?? runs(5));
const SEED = Number(process.env['LIVES_SEED'] ?? 1);
const INTERVALS = [0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND);
/** One of so many, at least one. */
const partOf = (part: number) => Math.max(1, Math.round(RUNS / part));

for (const life of LIVES) {
  const recording = readRecording(life.recording, life.until);

  for (const every of INTERVALS) {
    test(`${life.recording}, every ${every / SECOND} s`, () => {
      const look = (phase: number) => ({ from: recording.from + phase, every, stuckAfter: 20 * 60 * SECOND });
      judge(life, recording, look(0));
      if (every < SECOND) return;
      fc.assert(
        fc.property(fc.integer({ min: 0, max: every }), (phase) => {
          judge(life, recording, look(phase));
        }),
        { numRuns: partOf(every < 10 * SECOND ? 10 : 1), seed: SEED },
      );
    });
  }
}

for (const life of [...SINGLE_LIVES, ...EARLY_TEMPORAL_LIVES]) {
  test(life.recording, () => {
    const recording = readRecording(life.recording);
    for (const every of INTERVALS) {
      const look = (phase: number) => ({
        from: recording.from - 1 + phase,
        every,
        stuckAfter: life.stuckAfter ?? 20 * 60 * SECOND,
      });
      judge(life, recording, look(0));
      if (every < SECOND) continue;
      fc.assert(
        fc.property(fc.integer({ min: 0, max: every }), (phase) => {
          judge(life, recording, look(phase));
        }),
        { numRuns: partOf(every < 10 * SECOND ? 20 : 4), seed: SEED },
      );
    }
  });
}

for (const rule of OLD_RULES) {
  test(`can still be put back, to be seen red by npm run test:old-rules: ${rule.what}`, () => {
    assert.ok(canBePutBack(rule));
  });
}

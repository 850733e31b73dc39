import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diff } from '../../src/domain/diff/diff.ts';
import type { Listing } from '../../src/domain/upload.ts';
import { ACTIONS } from '../support/life.ts';
import { runs } from '../support/runs.ts';
import { KINDS, type Monitor, OURS, POLLS, type Step, play } from './model.ts';

const after = fc.integer({ min: 1, max: 90 });
const act: fc.Arbitrary<Step> = fc.record({ does: fc.constantFrom(...ACTIONS), to: fc.nat(5), after });
const poll: fc.Arbitrary<Step> = fc.record({ polls: fc.constantFrom('good', ...POLLS), after });
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: act }, { weight: 2, arbitrary: poll }), {
  minLength: 10,
  maxLength: 60,
  size: 'max',
});
const begun = steps.map((more): readonly Step[] => [
  { does: 'create', to: 0, after: 1 },
  { polls: 'good', after: 1 },
  ...more,
]);
const lives = (monitor: Monitor) =>
  fc.property(fc.constantFrom(...KINDS), begun, (kind, of) => {
    play(kind, of, monitor);
  });

const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['MODEL_RUNS'] ?? runs(1000));

test(`whatever happens to the uploads, exactly what a poller can know is told, once, in order (seed ${seed}, ${numRuns} runs)`, () => {
  fc.assert(lives(OURS), { seed, numRuns });
});

/** The listing as a monitor sees it that looks at the status alone: a run ended when the status changed. */
function byStatusAlone(input: Parameters<typeof diff>[0]): ReturnType<typeof diff> {
  const uploads = input.listing.uploads.map((upload) => {
    const known = input.before?.uploads.get(upload.id)?.upload;
    return { ...upload, completeTime: known?.status === upload.status ? known.completeTime : upload.completeTime };
  });
  return diff({ ...input, listing: { ...input.listing, uploads } });
}

function ignoringCompleteTime(input: Parameters<typeof diff>[0]): ReturnType<typeof diff> {
  const listing: Listing = {
    ...input.listing,
    uploads: input.listing.uploads.map((upload) => ({ ...upload, completeTime: null })),
  };
  return diff({ ...input, listing });
}

/** Being absent from the list taken for being deleted. */
function believingAbsence(input: Parameters<typeof diff>[0]): ReturnType<typeof diff> {
  const verdicts = new Map([...input.verdicts].map(([id]) => [id, 'deleted'] as const));
  return diff({ ...input, verdicts });
}

const mutants: readonly (readonly [string, Monitor])[] = [
  ['a diff by status alone', { ...OURS, diff: byStatusAlone }],
  ['a diff without complete_time', { ...OURS, diff: ignoringCompleteTime }],
  ['a diff that takes absence for deletion', { ...OURS, diff: believingAbsence }],
  ['a monitor that tells before it commits', { ...OURS, tells: 'before the commit' }],
];
for (const [what, monitor] of mutants) {
  test(`the model catches ${what}`, () => {
    const { failed } = fc.check(lives(monitor), { seed: 1, numRuns: 2000, endOnFailure: true });
    assert.ok(failed);
  });
}

// The short version of `npm run crash-images`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempDir } from '../../support/temp.ts';
import { isBad, runImages } from './images.ts';
import { PLANTS, planted } from './plants.ts';

const seed = Number(process.env['CRASH_IMAGES_SEED'] ?? Date.now() % 2 ** 31);
const skip = process.platform === 'linux' ? false : 'stops threads and looks at them in /proc, which is of Linux';

test(
  `the state opens, is consistent and goes on after a crash at any moment (seed ${seed}, 25 images)`,
  { skip },
  async () => {
    const { checked } = await runImages({ images: 25, seed });
    assert.deepEqual(checked.filter(isBad), []);
    assert.equal(checked.length, 25);
    assert.ok(checked.every(({ verdict }) => verdict.wentOn));
  },
);

for (const plant of PLANTS.filter((each) => each.where !== 'form')) {
  test(`the fault can still be put in: ${plant.what}`, (context) => {
    assert.doesNotThrow(() => planted(plant, tempDir(context)));
  });
}

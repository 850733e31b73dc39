// The short version of `npm run crash-images`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBad, runImages } from './images.ts';

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

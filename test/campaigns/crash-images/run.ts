// `npm run crash-images -- [--images 1000] [--seed N]`: makes and checks that many images, and says what came of them; then puts in faults
// and says which image showed each. Code 1 when an image is not good, or a fault was not seen.
import { parseArgs } from 'node:util';
import { FORMS } from './forms.ts';
import { type Checked, LANDINGS, isBad, runImages } from './images.ts';
import { MAX_IMAGES, PLANTS, firstCaught } from './plants.ts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const [images, seed] = [Number(values.images), Number(values.seed)];
const print = (line: string) => process.stdout.write(`${line}\n`);
const started = performance.now();

print(`seed ${seed}; ${images} images take some minutes`);
const { checked, useCases } = await runImages({ images, seed });
const bad = checked.filter(isBad);
print('form                   images  opened  consistent  went on  frames cut');
for (const form of FORMS) {
  const rows = checked.filter((each) => each.form === form);
  print(rowOf(form, rows));
}
print(rowOf('all', checked));
for (const landed of LANDINGS) {
  print(`stops ${landed}: ${checked.filter((each) => each.landed === landed).length}`);
}
print(`images that hold a use-case which was not acknowledged yet: ${checked.filter(({ isAhead }) => isAhead).length}`);
print(`use-cases: ${useCases}, seconds: ${seconds(started)}`);
for (const { number, form, landed, acknowledged, verdict, kept } of bad) {
  const where = `image ${number} (${form}, ${landed}, after ${acknowledged}, kept in ${String(kept)})`;
  print(`NOT good: ${where}: ${verdict.problems.join('; ')}`);
}

let isEachCaught = true;
for (const plant of PLANTS) {
  const begun = performance.now();
  const caught = await firstCaught(plant, seed);
  isEachCaught &&= caught !== null;
  const how =
    caught === null
      ? `NOT seen in ${MAX_IMAGES} images`
      : `seen in image ${caught.number} (${caught.form}): ${caught.verdict.problems.join('; ').slice(0, 150)}`;
  print(`fault: ${plant.what}: ${how} (${seconds(begun)} s)`);
}
if (bad.length > 0 || checked.length !== images || !isEachCaught) process.exitCode = 1;

function rowOf(name: string, rows: readonly Checked[]): string {
  const count = (is: (each: Checked) => boolean) => rows.filter(is).length;
  const cells = [
    [rows.length, 8],
    [count(({ verdict }) => verdict.opened), 8],
    [count(({ verdict }) => verdict.isConsistent), 12],
    [count(({ verdict }) => verdict.wentOn), 9],
    [rows.reduce((sum, { cut }) => sum + cut, 0), 12],
  ] as const;
  return name.padEnd(21) + cells.map(([cell, width]) => String(cell).padStart(width)).join('');
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000);
}

// `npm run fuzz -- [target…] [--for 10m] [--seed N] [--path P]`: arbitrary inputs against each target until its time is over, from seeds that
// are printed. What is found is shown shrunk, with what plays it again; then the code is 1.
import { parseArgs } from 'node:util';
import { duration } from '../../../src/config/value-parsers.ts';
import { TARGETS, isTarget } from './targets.ts';

/** So many runs come from one seed; the next round has the next seed. */
const RUNS = 2000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { for: { type: 'string', default: '10m' }, seed: { type: 'string' }, path: { type: 'string' } },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const time = duration(values.for);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const names = positionals.length === 0 ? Object.keys(TARGETS) : positionals;
  const unknown = names.filter((name) => !isTarget(name));
  if ('problem' in time || !Number.isInteger(seed) || unknown.length > 0) {
    const problem =
      'problem' in time
        ? `--for: ${time.problem}`
        : unknown.length > 0
          ? `no such target: ${unknown.join(', ')}`
          : '--seed is a whole number';
    console.error(`${problem}; the targets are ${Object.keys(TARGETS).join(', ')}`);
    return 2;
  }
  let code = 0;
  for (const name of names.filter(isTarget)) if (!(await fuzz(name, seed, time.value))) code = 1;
  return code;
}

async function fuzz(name: keyof typeof TARGETS, firstSeed: number, milliseconds: number): Promise<boolean> {
  console.log(`${name}: seed ${firstSeed}`);
  const target = await TARGETS[name]();
  const startedAt = performance.now();
  const left = () => milliseconds - (performance.now() - startedAt);
  let runs = 0;
  try {
    for (let seed = firstSeed; left() > 0; seed = (seed + 1) | 0) {
      const outcome = await target.round({
        seed,
        runs: RUNS,
        milliseconds: left(),
        ...(values.path !== undefined && { path: values.path }),
      });
      runs += outcome.runs;
      if (outcome.finding !== null) {
        console.log(
          `${outcome.finding.report}\n${name}: FOUND after ${runs} runs; again: npm run fuzz -- ${name} --seed ${seed} --path ${outcome.finding.path}`,
        );
        return false;
      }
      if (values.path !== undefined) break;
    }
  } finally {
    await target.stop();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `${name}: seed ${firstSeed}, ${runs} runs in ${Math.round(seconds)} s (${Math.round(runs / seconds)}/s), nothing found`,
  );
  return true;
}

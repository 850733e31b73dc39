// `npm run docs`: writes what is generated of the documents; with --check it writes nothing, and fails when something is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generated } from './docs/generated.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

for (const { path, text } of await generated()) {
  const isStale = readFileSync(path, 'utf8') !== text;
  if (isStale && values.check) process.exitCode = 1;
  if (isStale && !values.check) writeFileSync(path, text);
  process.stdout.write(
    `${path} ${isStale ? (values.check ? 'is stale: npm run docs' : 'written') : 'is as it should be'}\n`,
  );
}

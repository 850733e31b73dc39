// `npm run bench`: one table of what the monitor costs beside others. `npm run bench -- memory` measures that row alone (with those that
// come out of the same turns), `--markdown` writes the table as bench/README.md has it. Goals are not tests: a miss is told, not an error.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Measurement } from './row.ts';
import { accepted } from './rows/accepted.ts';
import { accounts } from './rows/accounts.ts';
import { accountsPostgres } from './rows/accounts-postgres.ts';
import { bytes } from './rows/bytes.ts';
import { idle } from './rows/idle.ts';
import { size } from './rows/package.ts';
import { page } from './rows/page.ts';
import { poll, scale } from './rows/poll.ts';
import { scrape } from './rows/scrape.ts';
import { start } from './rows/start.ts';
import { commit, mails } from './rows/store.ts';
import { type Line, tableOf } from './table.ts';

const ALL: readonly Measurement[] = [
  poll,
  scale,
  scrape,
  bytes,
  mails,
  accepted,
  commit,
  idle,
  start,
  size,
  page,
  accounts,
  accountsPostgres,
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { markdown: { type: 'boolean' } } });
const names = ALL.flatMap(({ rows }) => rows.map(({ name }) => name));
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`there is no row ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

const wanted = ALL.filter(
  ({ rows }) => positionals.length === 0 || rows.some(({ name }) => positionals.includes(name)),
);
const lines: Line[] = [];
for (const { rows, measure } of wanted) {
  console.error(`${new Date().toISOString().slice(11, 19)} ${rows.map(({ name }) => name).join(', ')} …`);
  const findings = await failing(measure);
  for (const [index, row] of rows.entries()) {
    const finding = findings[index] ?? { kind: 'missing' as const, why: 'it was not measured' };
    lines.push({ row, finding });
    // What comes after it may fail or be cut: each is told at once as well.
    console.error(tableOf([{ row, finding }], 'text').split('\n').slice(1).join('\n'));
  }
}
const [processor] = cpus();
const machine = `${cpus().length} cores, ${processor?.model.trim() ?? 'unknown'}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
console.log(`${machine}\n\n${tableOf(lines, values.markdown === true ? 'markdown' : 'text')}`);

/** One measurement that breaks must not take the others with it. */
async function failing(measure: Measurement['measure']): ReturnType<Measurement['measure']> {
  try {
    return await measure();
  } catch (error) {
    console.error(error);
    return [];
  }
}

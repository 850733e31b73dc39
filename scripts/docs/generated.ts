// What is generated of the documents, as it should be now. What people wrote around the marks stays as it is.
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { causesTable } from './causes.ts';
import { envExample, surroundingsTable, variableTables } from './configuration.ts';
import { metricsTable } from './metrics.ts';
import { describeMetrics } from './registry.ts';

export interface Generated {
  readonly path: string;
  readonly text: string;
}

export async function generated(): Promise<readonly Generated[]> {
  return [
    { path: '.env.example', text: envExample() },
    await withParts('docs/configuration.md', { variables: variableTables(), surroundings: surroundingsTable() }),
    await withParts('docs/causes.md', { causes: causesTable() }),
    await withParts('docs/metrics.md', { metrics: metricsTable(await describeMetrics()) }),
  ];
}

/** The document with each part between its marks, formatted as `npm run check` wants it. */
async function withParts(path: string, parts: Readonly<Record<string, string>>): Promise<Generated> {
  const before = readFileSync(path, 'utf8');
  const text = Object.entries(parts).reduce((rest, [name, part]) => between(rest, name, part), before);
  return { path, text: await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }) };
}

function between(text: string, name: string, part: string): string {
  const [begin, end] = [`<!-- begin ${name}: npm run docs -->`, `<!-- end ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`there is no "${begin}" with "${end}" after it`);
  return `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`;
}

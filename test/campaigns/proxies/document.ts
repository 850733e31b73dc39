// The configurations of docs/reverse-proxy.md: of each proxy that for a name of its own, and what stands in it below a path, passed on or stripped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const NAME = 'monitor.lab.example';
export const PATH = '/nomad-monitor';
export const KINDS = ['nginx', 'apache', 'haproxy', 'caddy'] as const;
export type Kind = (typeof KINDS)[number];

export interface Snippets {
  /** At `/`, complete. */
  readonly whole: string;
  /** Below a path that is passed on: what takes the place of the lines that lead to the monitor. */
  readonly below: string;
  /** The same for a path that is stripped. */
  readonly stripped: string;
}

export function documented(): Readonly<Record<Kind, Snippets>> {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/reverse-proxy.md'), 'utf8');
  const entries = KINDS.map((kind) => {
    const blocks = [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
      ([, block = '']) => block,
    );
    const [whole, below, stripped] = blocks;
    if (whole === undefined || below === undefined || stripped === undefined || blocks.length > 3)
      throw new Error(`docs/reverse-proxy.md has ${blocks.length} configurations for ${kind}, not three`);
    return [kind, { whole, below, stripped }] as const;
  });
  return Object.fromEntries(entries) as Record<Kind, Snippets>;
}

/** The same text with one thing in another's place, which has to be there. */
export function replaced(text: string, before: string | RegExp, after: string): string {
  const changed = text.replace(before, () => after);
  if (changed === text) throw new Error(`there is no ${String(before)} in\n${text}`);
  return changed;
}

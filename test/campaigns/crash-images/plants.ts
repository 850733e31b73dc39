// Faults put in on purpose, to see that the check would find them. A fault of the store is a copy of src/ with one text replaced.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Form } from './forms.ts';
import { type Checked, isBad, runImages } from './images.ts';

export type Plant = { readonly what: string } & (
  | {
      /** Where the store with the fault is used. */
      readonly where: 'writerStore' | 'checkerStore';
      /** Within src/store. */
      readonly file: string;
      readonly replaced: string;
      readonly by: string;
    }
  /** The store is right, what happens to its files is not. */
  | { readonly where: 'form'; readonly form: Form }
);

export const MAX_IMAGES = 200;

export const PLANTS: readonly Plant[] = [
  {
    what: 'a poll committed in two transactions, the snapshot before the events',
    where: 'writerStore',
    file: 'sql/commit.ts',
    replaced: 'return storeHealth(session, login, commit);',
    by: "await session.rows('COMMIT'); await session.rows('BEGIN IMMEDIATE'); return storeHealth(session, login, commit);",
  },
  {
    what: 'leases that outlive the process that took them',
    where: 'checkerStore',
    file: 'sqlite/open.ts',
    replaced:
      "UPDATE delivery SET lease_until = NULL, lease_by = NULL WHERE state = 'pending' AND lease_until IS NOT NULL",
    by: 'SELECT 1',
  },
  {
    what: 'frames lost that were in the database already, which no crash does',
    where: 'form',
    form: 'checkpointed frames lost',
  },
];

/** The image that showed the fault; null: none did. */
export async function firstCaught(plant: Plant, seed: number): Promise<Checked | null> {
  const dir = mkdtempSync(join(tmpdir(), 'crash-images-plant-'));
  try {
    const fault = plant.where === 'form' ? { form: plant.form } : { [plant.where]: planted(plant, dir) };
    const { checked } = await runImages({ images: MAX_IMAGES, seed, stopAtFirstProblem: true, ...fault });
    return checked.find(isBad) ?? null;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The full path of a store with the fault, in a copy of src/ below `dir`. Throws when the text to replace is not there once. */
export function planted({ what, file, replaced, by }: Exclude<Plant, { where: 'form' }>, dir: string): string {
  cpSync(join(import.meta.dirname, '../../../src'), join(dir, 'src'), { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
  const changed = join(dir, 'src/store', file);
  const parts = readFileSync(changed, 'utf8').split(replaced);
  if (parts.length !== 2) throw new Error(`${what}: the text to replace is there ${parts.length - 1} times`);
  writeFileSync(changed, parts.join(by));
  return join(dir, 'src/store/sqlite/store.ts');
}

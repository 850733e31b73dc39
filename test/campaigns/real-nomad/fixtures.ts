// The fixtures' world on a real NOMAD. Run as a program with setup.sh's folders in REAL_NOMAD, it records the answers anew.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES, WORLD, askAll } from '../../support/answers.ts';
import { askPaging, writeKept } from '../../demo/paging.ts';
import { askWithPats, keepPats } from '../../demo/pats.ts';
import { makePat } from './cases.ts';
import { type Version, isVersion } from './generations.ts';
import { type RealNomad, startRealNomad } from './start.ts';

/** Whose answers are kept, and under which name. */
const RECORDED: Readonly<Partial<Record<Version, 1 | 2>>> = { '1.3.17': 1, '2.0.0': 2 };

export async function seedFixtures(real: RealNomad): Promise<void> {
  for (const { id, name, status, process, message, errors, warnings, entries, failing, ...rest } of WORLD) {
    await real.control('uploads', {
      upload_id: id,
      ...(typeof name === 'string' && { upload_name: name }),
      ...(status !== undefined && { process_status: status }),
      ...(typeof process === 'string' && { current_process: `_${process}` }),
      ...(typeof message === 'string' && { last_status_message: message }),
      ...(errors !== undefined && { errors }),
      ...(warnings !== undefined && { warnings }),
      ...(rest.mainAuthor !== undefined && { main_author: rest.mainAuthor }),
      ...(rest.coauthors !== undefined && { coauthors: rest.coauthors }),
      upload_create_time: text(rest.createTime),
      complete_time: text(rest.completeTime),
      publish_time: text(rest.publishTime),
    });
    const failed = (failing ?? []).map((each) => ({
      entry_id: each.id,
      mainfile: each.mainfile,
      parser_name: each.parser,
      process_status: 'FAILURE',
      errors: [each.error],
    }));
    const good = Array.from({ length: (entries ?? 0) - failed.length }, (_, index) => ({
      entry_id: `${id}-entry-${index}`,
      mainfile: `run-${index}/vasprun.xml`,
      process_status: 'SUCCESS',
    }));
    if (entries !== undefined) await real.control(`uploads/${id}/entries`, [...failed, ...good]);
  }
}

function text(time: number | null | undefined): string | null {
  return typeof time !== 'number' ? null : new Date(time).toISOString().replace('Z', '');
}

if (import.meta.main) {
  const folders = (process.env['REAL_NOMAD'] ?? '').split('\n').map((line) => line.split(' '));
  for (const [version = '', folder = ''] of folders) {
    if (!isVersion(version)) throw new Error(`no answers are kept of NOMAD "${version}"`);
    const generation = RECORDED[version];
    if (generation === undefined) continue;
    const real = await startRealNomad(version, folder);
    await seedFixtures(real);
    mkdirSync(join(FIXTURES, String(generation)), { recursive: true });
    for (const [name, answer] of await askAll(real.url)) {
      writeFileSync(join(FIXTURES, String(generation), `${name}.json`), `${JSON.stringify(answer, null, 2)}\n`);
    }
    writeKept(generation, await askPaging(real.url));
    if (generation === 2) keepPats(await askWithPats(real.url, (scopes) => makePat(real, scopes)));
    await real.stop();
  }
}

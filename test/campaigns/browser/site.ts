// A monitor with so many uploads to show, in the real Chromium.
import type { TestContext } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { ADA, GRACE, addUpload } from '../../../src/demo/nomad-state.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';
import { opener, startChromium } from './chromium.ts';
import { givePast } from './past.ts';

export interface SiteOptions {
  readonly uploads: number;
  /** Give each a past: runs in its strip. */
  readonly isOld?: boolean;
}

export async function startSite(context: TestContext, { uploads, isOld = false }: SiteOptions) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  for (let index = 0; index < uploads; index += 1) {
    const isBad = index % 10 === 3;
    addUpload(nomad.world, `u${index}`, Date.now() - 9e7 - index, {
      name: `sample ${index}`,
      status: isBad ? 'FAILURE' : 'SUCCESS',
      errors: isBad ? ['KeyError: lattice_vectors'] : [],
      completeTime: Date.now() - 8e7 - index * 60_000,
      entries: 2 + (index % 40),
      ...(index % 4 === 1 && { mainAuthor: GRACE.id, coauthors: [ADA.id] }),
      published: index % 5 === 0,
    });
  }
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: tempDir(context) };
  let program = startProgram(context, env);
  await program.line(({ event }) => event === 'monitor.baseline');
  if (isOld) {
    program.child.kill('SIGTERM');
    await program.ended;
    await givePast(env.STATE_DIR, nomad.url, [...nomad.world.uploads.values()]);
    program = startProgram(context, env);
  }
  const open = opener(await startChromium(context), await program.url());
  return {
    world: nomad.world,
    open: (path: string, options: BrowserContextOptions = {}) => open(path, options),
  };
}

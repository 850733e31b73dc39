// A monitor with so many uploads to show, in the real Chromium.
import type { TestContext } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, GRACE, addUpload } from '../../src/demo/nomad-world.ts';
import type { Event } from '../../src/domain/events.ts';
import { HEALTHY } from '../../src/domain/health.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';
import { opener, startChromium } from './chromium.ts';

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
  const baseline = (program: ReturnType<typeof startProgram>) => program.line(({ msg }) => msg === 'watching');
  let program = startProgram(context, env);
  await program.line(({ event }) => event === 'monitor.baseline');
  if (isOld) {
    program.child.kill('SIGTERM');
    await program.ended;
    await givePast(env.STATE_DIR, nomad.url, uploads);
    program = startProgram(context, env);
    await baseline(program);
  }
  const open = opener(await startChromium(context), await program.url());
  return {
    world: nomad.world,
    open: (path: string, options: BrowserContextOptions = {}) => open(path, options),
  };
}

const DAY = 86_400_000;

/** Runs of the last weeks: more or less of them, some failed. */
async function givePast(stateDir: string, deployment: string, uploads: number): Promise<void> {
  const store = openSqliteStore(stateDir);
  const now = Date.now();
  const { id } = await store.openAccount(deployment, ADA.id, now);
  const events = Array.from({ length: uploads }, (_, index) => pastOf(index, now)).flat();
  await store.commitHealth({ account: id, login: 'past', health: HEALTHY, events, notifications: [], now });
  await store.close();
}

function pastOf(index: number, now: number): readonly Event[] {
  const upload = { id: `u${index}`, name: `sample ${index}`, link: '', author: ADA.name, role: 'main_author' } as const;
  const facts = { process: 'process_upload', message: null, errors: [], warnings: [], entries: 2 };
  return Array.from({ length: (index * 7) % 20 }, (_, run): Event => {
    const isBad = (index + run * 3) % 7 === 0;
    const time = now - 20 * DAY + run * DAY - index;
    return {
      id: `past ${index} ${run}`,
      kind: isBad ? 'upload.failed' : 'upload.succeeded',
      time,
      upload,
      before: null,
      after: { ...facts, status: isBad ? 'FAILURE' : 'SUCCESS' },
      details: { complete_time: time, took_ms: 240_000 + ((index + run * 31) % 17) * 60_000 },
    };
  });
}

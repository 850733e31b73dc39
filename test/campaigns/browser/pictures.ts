// `npm run page:pictures`: the pictures of docs/page.md, made small by pngquant (Debian: chromium, pngquant). Each is of a running monitor.
// PICTURES names another folder.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { liveOn } from '../../../src/demo/scenario.ts';
import { startDemo } from '../../support/demo.ts';
import { seeded } from '../../support/random.ts';
import { opener, startChromium } from './chromium.ts';
import { givePast } from './past.ts';
import { startSite } from './site.ts';

const FOLDER = process.env['PICTURES'] ?? 'docs/images';
const SCENES = 17;
const WIDE = { viewport: { width: 1120, height: 800 } } as const;
const PHONE = { viewport: { width: 360, height: 740 } } as const;
mkdirSync(FOLDER, { recursive: true });

async function keep(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  execFileSync('pngquant', ['--force', '--strip', '--output', path, '64', path]);
  process.stdout.write(`${path}: ${Math.round(statSync(path).size / 1000)} kB\n`);
}

/** The demo at the end of its story, with a past. */
async function endOfStory(context: TestContext) {
  const demo = await startDemo(context, { step: null });
  await demo.stopMonitor();
  const { NOMAD_URL = '', STATE_DIR = '' } = demo.variables;
  await givePast(STATE_DIR, NOMAD_URL, [...demo.world.uploads.values()]);
  await demo.startMonitor();
  const open = opener(await startChromium(context), `http://${demo.target}`);
  const { page } = await open('/', WIDE);
  await page.locator('.uploads').waitFor();
  const random = seeded(2);
  for (let scene = 0; scene < SCENES; scene += 1) {
    liveOn(demo.world, scene, Date.now(), random);
    // A scene a poll: what the page says of the last one changes with each.
    const polled = page.locator('.facts dd > time').first();
    const before = (await polled.getAttribute('datetime')) ?? '';
    await page.locator(`.facts > div:first-child dd > time:not([datetime="${before}"])`).waitFor();
  }
  return { open, page };
}

test('the demo at the end of its story', { timeout: 180_000 }, async (context) => {
  const { open, page } = await endOfStory(context);
  await keep(page, 'page');
  const looks: readonly (readonly [string, string, BrowserContextOptions])[] = [
    ['page-dark', '/', { ...WIDE, colorScheme: 'dark' }],
    ['page-phone', '/', PHONE],
    ['page-upload', '/uploads/demo0038-upload-abcd', WIDE],
  ];
  for (const [name, path, look] of looks) await keep((await open(path, look)).page, name);
});

for (const uploads of [0, 300]) {
  test(`${uploads} uploads`, { timeout: 120_000 }, async (context) => {
    const { open } = await startSite(context, { uploads, isOld: uploads > 0 });
    await keep(
      (await open('/', { viewport: { width: 1120, height: uploads === 0 ? 420 : 800 } })).page,
      `page-${uploads}`,
    );
  });
}

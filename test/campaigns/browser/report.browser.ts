// The text for NOMAD's administrators on the page of a failed upload: in every look, copied by a button, open while the page updates itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { fail, queue, start } from '../../../src/demo/nomad-state.ts';
import { axeFindings } from './chromium.ts';
import { startSite } from './site.ts';

const LOOKS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['wide, light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['wide, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['phone, light', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
  ['phone, dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
];
/** PICTURES names a folder: then what was seen is kept there. */
const FOLDER = process.env['PICTURES'];

test(
  'opened it keeps nobody out (axe), and nothing is wider than the screen',
  { timeout: 120_000 },
  async (context) => {
    const { open } = await startSite(context, { uploads: 12, isOld: true });
    for (const [look, options] of LOOKS) {
      const { page } = await open('/uploads/u3', { ...options, bypassCSP: true });
      await page.click('#report-title');
      assert.match((await page.textContent('#report-text')) ?? '', /^About the upload sample 3 to NOMAD: failed\n/);
      assert.deepEqual(await axeFindings(page), [], look);
      const [wide, room] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
      assert.ok(wide <= room, `${look}: ${wide} > ${room}`);
      if (FOLDER !== undefined) await page.screenshot({ path: `${FOLDER}/report ${look}.png`, fullPage: true });
      await page.context().close();
    }
  },
);

test(
  'the button copies the text; it stays open while the page updates itself',
  { timeout: 120_000 },
  async (context) => {
    const { world, open } = await startSite(context, { uploads: 12 });
    const { page, problems } = await open('/uploads/u3', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.click('#report-title');
    await page.click('#report-copy');
    await page.locator('#report-copy', { hasText: 'Copied' }).waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    assert.equal(copied, await page.textContent('#report-text'));
    const upload = world.uploads.get('u3');
    assert.ok(upload !== undefined);
    queue(world, upload);
    start(upload);
    fail(upload, Date.now(), ['worker lost']);
    await page.locator('#report-text', { hasText: 'worker lost' }).waitFor();
    assert.ok(await page.isVisible('#report-text'));
    assert.ok(await page.isVisible('#report-copy'));
    assert.deepEqual(problems, []);
  },
);

test('without JavaScript it opens, and has no button', { timeout: 120_000 }, async (context) => {
  const { open } = await startSite(context, { uploads: 12 });
  const { page } = await open('/uploads/u3', { javaScriptEnabled: false });
  assert.equal(await page.isVisible('#report-text'), false);
  await page.click('#report-title');
  assert.equal(await page.isVisible('#report-text'), true);
  assert.equal(await page.isVisible('#report-copy'), false);
});

// The page through the whole life of the demo, open from before the first poll to the end of the story: nothing is reloaded, nothing
// that the reader does is lost. Beside it the same without JavaScript, and on a phone in the dark, looked at by axe.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { liveOn } from '../../../src/demo/scenario.ts';
import { startDemo } from '../../support/demo.ts';
import { seeded } from '../../support/random.ts';
import { axeFindings, opener, startChromium } from './chromium.ts';

const PHONE = { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true, isMobile: true } as const;
const FAILED = /worker lost|system exit/;
/** Scenes of the story that is always the same. */
const SCENES = 17;

test('the page lives through the demo', { timeout: 240_000 }, async (context) => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const fault = ({ path }: { readonly path: string }) => (path === '/uploads' ? { hold: released } : undefined);
  const demo = await startDemo(context, { step: null, fault, generation: '1.3' });
  const open = opener(await startChromium(context), `http://${demo.target}`);
  const random = seeded(2);
  let played = 0;
  /** Plays the story up to and with this scene. */
  const play = (until: number) => {
    for (; played <= until; played += 1) liveOn(demo.world, played, Date.now(), random);
  };
  const nameOf = (index: number) => {
    const id = `demo${String(index).padStart(4, '0')}-upload-abcd`;
    return demo.world.uploads.get(id)?.name ?? id;
  };
  const { page, problems } = await open('/');
  const phone = await open('/', { ...PHONE, bypassCSP: true });
  const plain = await open('/', { javaScriptEnabled: false });

  async function looksWell(moment: string): Promise<void> {
    assert.deepEqual(await axeFindings(phone.page), [], moment);
    const [wide, room] = await phone.page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, innerWidth]',
    );
    assert.ok(wide <= room, `${moment}: ${wide} > ${room}`);
    // What is stuck becomes so by the clock, perhaps between the two looks.
    for (let look = 0; ; look += 1) {
      await plain.page.reload();
      const [said, live] = [await plain.page.textContent('h1'), await page.textContent('h1')];
      if (said === live) return;
      assert.ok(look < 5, `${moment}: ${said} without JavaScript, ${live} with it`);
    }
  }
  const row = (name: string) => page.locator('.uploads > li', { hasText: name });
  const shows = (name: string, text: string | RegExp) => row(name).filter({ hasText: text }).waitFor();
  const focused = (of: Page) =>
    of.evaluate<string>('document.activeElement?.getAttribute("href") ?? document.activeElement?.id');

  await page.evaluate('globalThis.isTheSame = true');
  assert.equal(await page.textContent('h1'), 'Waiting for the first poll');
  await looksWell('before the first poll');

  demo.setFault(null);
  release();
  await page.locator('h1', { hasText: '4 failed' }).waitFor();
  await phone.page.locator('h1', { hasText: '4 failed' }).waitFor();
  await looksWell('after the first poll');

  // By keyboard to the first upload: it keeps the focus while the list changes around it.
  for (let step = 0; (await page.locator('.uploads a:focus').count()) === 0; step += 1) {
    assert.ok(step < 40, 'the uploads can be reached by Tab');
    await page.keyboard.press('Tab');
  }
  const first = await focused(page);
  play(2);
  await shows(nameOf(13), 'FileNotFoundError');
  await shows(nameOf(30), 'processing');
  assert.equal(await focused(page), first);

  // Typed words and the caret stay while what matches changes.
  await page.locator('#q').pressSequentially('xrd sample');
  await page.locator('.nothing', { hasText: 'No upload matches' }).waitFor();
  play(3);
  await shows('XRD sample 2231 (Müller)', 'PENDING');
  assert.equal(await page.inputValue('#q'), 'xrd sample');
  assert.equal(await focused(page), 'q');
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  await page.keyboard.type('X');
  assert.equal(await page.inputValue('#q'), 'Xrd sample');
  play(9);
  await shows('XRD sample 2231 (Müller)', 'WAITING_FOR_RESULT');
  await page.fill('#q', '');
  await shows(nameOf(30), FAILED);
  await looksWell('in the middle');

  // What is being copied is not taken away, also when it is selected while what is new is on its way.
  const held = Promise.withResolvers<undefined>();
  const isList = (url: URL) => url.pathname === '/';
  await page.route(isList, (route) => held.promise.then(() => route.continue()), { times: 1 });
  await page.waitForRequest((request) => isList(new URL(request.url())));
  await page.evaluate('getSelection().selectAllChildren(document.querySelector(".uploads .reason"))');
  const selected = await page.evaluate<string>('String(getSelection())');
  held.resolve(undefined);
  for (let poll = 0; poll < 2; poll += 1) {
    const polledAt = (await phone.page.getAttribute('.facts time', 'datetime')) ?? '';
    await phone.page.locator(`.facts > div:first-child dd > time:not([datetime="${polledAt}"])`).waitFor();
  }
  assert.equal(await page.evaluate('String(getSelection())'), selected);
  await page.evaluate('getSelection().removeAllRanges()');

  await shows(nameOf(32), /stuck/);
  await row(nameOf(32))
    .getByRole('link', { name: nameOf(32) })
    .press('Enter');
  await page.locator('h2', { hasText: 'What to do' }).waitFor();
  await page.locator('code', { hasText: 'nomad admin uploads reset -- demo0032' }).waitFor();
  await page.goBack();
  await page.locator('.uploads').waitFor();
  await page.evaluate('globalThis.isTheSame = true');

  play(12);
  await shows('XRD sample 2231 (Müller)', '3 of 12 entries failed');
  assert.equal(await row(nameOf(7)).count(), 0, 'what is deleted is gone');
  play(SCENES - 1);
  await shows('holiday photos', /empty[^]*no file matched a parser/);
  await shows(nameOf(30), FAILED);
  await page.locator('h1', { hasText: /^\d+ failed, (?:\d+ stuck, )?\d+ with failed entries, \d+ empty$/ }).waitFor();
  assert.equal(await page.evaluate('globalThis.isTheSame'), true, 'nothing was loaded anew');
  await looksWell('at the end');

  await page.getByRole('link', { name: 'XRD sample 2231 (Müller)' }).click();
  const entry = page.getByRole('link', { name: /scan-07\.xrdml/ }).first();
  assert.match((await entry.getAttribute('href')) ?? '', /\/entry\/id\/demo-entry-1$/);
  await phone.page.goto(page.url());
  await plain.page.goto(page.url());
  await looksWell('one upload');
  assert.deepEqual([...problems, ...phone.problems, ...plain.problems], []);

  // A monitor that is away is told, and what was known stays; when it is there again the page goes on.
  await page.goBack();
  await page.locator('.uploads').waitFor();
  await demo.stopMonitor();
  await page.locator('#offline:visible').waitFor();
  assert.ok((await page.locator('.uploads > li').count()) > 30);
  await demo.startMonitor();
  await page.locator('#offline').waitFor({ state: 'hidden' });
});

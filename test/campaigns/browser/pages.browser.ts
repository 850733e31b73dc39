// The pages in a real browser: through what happens to uploads, with and without JavaScript, on a phone, in the dark, by keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { fail, queue, start } from '../../../src/demo/nomad-state.ts';
import { axeFindings, follow } from './chromium.ts';
import { startSite } from './site.ts';

const LOOKS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['wide, light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['wide, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['phone, light', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
  ['phone, dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
];

const MANY = ['/', '/?show=failed&q=sample&page=2', '/?sort=name&page=6', '/uploads/u3', '/uploads/none'] as const;

for (const uploads of [0, 3, 300]) {
  test(
    `${uploads} uploads: nothing keeps anybody out (axe), nothing is wider than the screen`,
    { timeout: 120_000 },
    async (context) => {
      const { open } = await startSite(context, { uploads, isOld: uploads > 0 });
      for (const [look, options] of LOOKS) {
        for (const path of uploads < 300 ? ['/'] : MANY) {
          const { page } = await open(path, { ...options, bypassCSP: true });
          assert.deepEqual(await axeFindings(page), [], `${look} ${path}`);
          const [wide, room] = await page.evaluate<[number, number]>(
            '[document.documentElement.scrollWidth, innerWidth]',
          );
          assert.ok(wide <= room, `${look} ${path}: ${wide} > ${room}`);
          await page.context().close();
        }
      }
    },
  );
}

/** How many rows lie wholly on the first screen. */
const WHOLE_ROWS = `[...document.querySelectorAll('.uploads > li')].filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length`;
const SCREENS = [
  ['a desk', { width: 1440, height: 900 }, 15],
  ['a small window', { width: 1120, height: 800 }, 10],
  ['a phone', { width: 390, height: 844 }, 3],
  ['a small phone', { width: 360, height: 740 }, 2],
] as const;

test('the first screen shows what is wrong: so many of 40 uploads at least', { timeout: 120_000 }, async (context) => {
  const { open } = await startSite(context, { uploads: 40, isOld: true });
  for (const [what, viewport, least] of SCREENS) {
    const { page } = await open('/', { viewport });
    const rows = await page.evaluate<number>(WHOLE_ROWS);
    assert.ok(rows >= least, `${what}: ${rows} rows`);
    assert.match((await page.locator('.uploads > li').first().textContent()) ?? '', /failed/, what);
  }
});

test(
  'a page that is open follows what happens, finds while one types, and breaks no rule of its own policy',
  { timeout: 120_000 },
  async (context) => {
    const { world, open } = await startSite(context, { uploads: 12 });
    const { page, problems } = await open('/');
    assert.equal(await page.textContent('h1'), '1 failed');
    const upload = world.uploads.get('u7');
    assert.ok(upload !== undefined);
    queue(world, upload);
    start(upload);
    fail(upload, Date.now(), ['worker lost']);
    await page.locator('h1', { hasText: '2 failed' }).waitFor();
    await page.fill('#q', 'worker');
    await page.locator('.uploads > li:only-child').waitFor();
    assert.match(page.url(), /\?q=worker$/);
    assert.equal(await page.evaluate('document.activeElement?.id'), 'q');
    await page.click('.uploads a');
    await page.waitForSelector('.timeline');
    assert.match((await page.textContent('main')) ?? '', /worker lost/);
    await page.goBack();
    await page.waitForSelector('.uploads');
    assert.deepEqual(problems, []);
  },
);

test("by author, by '/', and in the reader's own time zone", { timeout: 120_000 }, async (context) => {
  const { open } = await startSite(context, { uploads: 12, isOld: true });
  const { page, problems } = await open('/', { timezoneId: 'Asia/Tokyo' });
  await page.keyboard.press('/');
  assert.equal(await page.evaluate('document.activeElement?.id'), 'q');
  await page.keyboard.type('a/b');
  assert.equal(await page.inputValue('#q'), 'a/b');
  await page.fill('#q', '');
  await page.selectOption('#author', 'Grace Hopper');
  await page.locator('.matching', { hasText: '3 of 12 uploads' }).waitFor();
  assert.match(page.url(), /author=Grace\+Hopper/);
  assert.match((await page.locator('.uploads time').first().getAttribute('title')) ?? '', /GMT\+9$/);
  const plain = await open('/uploads/u3', { timezoneId: 'Asia/Tokyo', javaScriptEnabled: false });
  assert.match((await plain.page.textContent('.timeline')) ?? '', /UTC/);
  await page.goto(plain.page.url());
  assert.match((await page.textContent('.timeline')) ?? '', /GMT\+9/);
  const first = '.strip rect > title';
  assert.notEqual(await page.textContent(first), await plain.page.textContent(first));
  await follow(plain.page, () => plain.page.click('header a'));
  await follow(plain.page, () => plain.page.click('.who a:has-text("Grace")'));
  assert.equal(await plain.page.locator('.uploads > li').count(), 3);
  assert.deepEqual(problems, []);
});

test('without JavaScript: list, order, pages, filter, search and one upload', { timeout: 120_000 }, async (context) => {
  const { open } = await startSite(context, { uploads: 220 });
  const { page } = await open('/', { javaScriptEnabled: false });
  assert.equal(await page.textContent('h1'), '22 failed');
  assert.equal(await page.locator('.uploads > li').count(), 50);
  await follow(page, () => page.click('a[rel=next]'));
  assert.match((await page.textContent('.pager')) ?? '', /page 2 of 5, 220 uploads/);
  await follow(page, () => page.click('.sorts a:has-text("name")'));
  const names = async () => (await page.locator('.uploads > li .name > a').allTextContents()).slice(0, 3);
  assert.deepEqual(await names(), ['sample 0', 'sample 1', 'sample 2']);
  await page.fill('#page', '3');
  await follow(page, () => page.press('#page', 'Enter'));
  assert.deepEqual(await names(), ['sample 100', 'sample 101', 'sample 102']);
  await follow(page, () => page.click('.chips a:has-text("failed")'));
  assert.equal(await page.locator('.uploads > li').count(), 22);
  assert.deepEqual(await names(), ['sample 3', 'sample 13', 'sample 23']);
  await page.fill('#q', 'sample 13');
  await follow(page, () => page.press('#q', 'Enter'));
  assert.match(page.url(), /show=failed&sort=name&author=&q=sample/);
  assert.deepEqual(await names(), ['sample 13', 'sample 133']);
  await follow(page, () => page.click('.uploads a'));
  assert.equal(await page.textContent('h1'), 'sample 13');
});

test(
  'by keyboard: the first thing is the way to the content, and everything that can be used shows that it has the focus',
  { timeout: 120_000 },
  async (context) => {
    const { open } = await startSite(context, { uploads: 12 });
    const { page } = await open('/');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Skip to content');
    for (let step = 0; step < 8; step += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      assert.equal(outline, 'solid');
    }
  },
);

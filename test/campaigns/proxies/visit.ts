// What a reader does with the page: it is styled, follows what happens, finds while one types, and every link leads somewhere.
import assert from 'node:assert/strict';
import type { Browser, Frame, Page } from 'playwright-core';
import { follow } from '../browser/chromium.ts';

/** A page of its own; `problems` grows by each error of its console, each answer that is none, each request that leaves `base`. */
export async function openPage(browser: Browser, base: string) {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) problems.push(`asked ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  return { page, problems };
}

/** What every page of ours looks like only with the style sheet, and has only with the script. */
export async function assertWorks(page: Page | Frame): Promise<void> {
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('header.page')).display"), 'flex');
  assert.equal(await page.evaluate('typeof follow'), 'function');
}

/** Status and address of everything that a page names of ours. */
const NAMED = `Promise.all(
  [...document.querySelectorAll('link[href], script[src], a[href]')]
    .map((each) => each.href || each.src)
    .filter((address) => address.startsWith(location.origin) && !address.includes('#'))
    .map((address) => fetch(address).then(async (answer) => [answer.status, address, (await answer.text()).length > 0])),
)`;

export async function assertNamedIsThere(page: Page): Promise<void> {
  const named = await page.evaluate<[number, string, boolean][]>(NAMED);
  const all = named.map(([, address]) => new URL(address).pathname);
  for (const end of [
    '/assets/page.css',
    '/assets/page.js',
    '/assets/icon.svg',
    '/feed.atom',
    '/api/v1/openapi.json',
    '/metrics',
    '/healthz',
    '/readyz',
  ])
    assert.ok(
      all.some((address) => address.endsWith(end)),
      `${end} in ${all.join(' ')}`,
    );
  assert.deepEqual(
    named.filter(([status, , isFull]) => status !== 200 || !isFull),
    [],
  );
}

export interface VisitOptions {
  /** With a slash at the end. */
  readonly base: string;
  /** Puts an upload of this name into NOMAD. */
  readonly addUpload: (name: string) => void;
  /** In no other upload. */
  readonly name: string;
  /** Goes through every link, too. */
  readonly isThorough: boolean;
}

export async function visit(browser: Browser, options: VisitOptions): Promise<void> {
  const { base, addUpload, name, isThorough } = options;
  const { page, problems } = await openPage(browser, base.replace(/\/$/, ''));
  await page.goto(base);
  await assertWorks(page);
  await page.evaluate('globalThis.isTheSame = true');

  // It follows: nothing is reloaded, and what is new is there.
  await page.locator('#q').pressSequentially(name);
  await page.waitForURL(`${base}?${new URLSearchParams({ q: name }).toString()}`, { waitUntil: 'commit' });
  await page.locator('.nothing', { hasText: 'No upload matches' }).waitFor();
  addUpload(name);
  await page.locator('.uploads > li', { hasText: name }).waitFor();
  assert.equal(await page.evaluate('globalThis.isTheSame'), true);
  assert.equal(await page.locator('.uploads > li').count(), 1);
  assert.equal(await page.locator('#offline').isVisible(), false);

  if (isThorough) await useLinks(page, options);
  assert.deepEqual(problems, []);
  await page.context().close();
}

/** By links and forms alone, and what programs find. */
async function useLinks(page: Page, { base, name }: VisitOptions): Promise<void> {
  await follow(page, () => page.locator('#q').press('Enter'));
  assert.equal(new URL(page.url()).searchParams.get('q'), name);
  await assertNamedIsThere(page);
  await follow(page, () => page.getByRole('link', { name }).click());
  assert.match(page.url(), /\/uploads\/[^/]+$/);
  await assertWorks(page);
  await assertNamedIsThere(page);
  await follow(page, () => page.getByRole('link', { name: 'All uploads' }).click());
  assert.equal(page.url(), base);
  await follow(page, () => page.getByRole('link', { name: 'next' }).click());
  assert.equal(page.url(), `${base}?page=2`);
  await follow(page, () => page.getByRole('link', { name: 'name', exact: true }).click());
  assert.equal(page.url(), `${base}?sort=name`);

  // For programs: the next page of the API is found from the one before.
  const second = await page.evaluate<string>(`(async () => {
    const first = await fetch('./api/v1/uploads');
    const [, next] = /<(.*)>/.exec(first.headers.get('link'));
    const answer = await (await fetch(new URL(next, first.url))).json();
    return answer.page + ' ' + (answer.uploads.length > 0);
  })()`);
  assert.equal(second, '2 true');
}

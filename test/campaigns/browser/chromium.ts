// The real Chromium, as Debian's package brings it, on a page of ours; and axe, which looks for what keeps people out.
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';

const PATH = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export async function startChromium(context: TestContext, more: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: PATH, args: ['--no-sandbox', '--disable-gpu', ...more] });
  context.after(() => browser.close());
  return browser;
}

/** Opens pages of a site; `problems` grows by each error of its console, each error thrown, each request to another host. */
export function opener(browser: Browser, url: string) {
  return async (path: string, options: BrowserContextOptions = {}) => {
    const page = await (await browser.newContext(options)).newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin) problems.push(`asked ${request.url()}`);
    });
    await page.goto(`${url}${path}`);
    return { page, problems };
  };
}

/** Does what leads to another page, and waits until that page is loaded: by itself Playwright may read the page that is going. */
export async function follow(page: Page, act: () => Promise<void>): Promise<void> {
  const loaded = page.waitForEvent('load');
  await act();
  await loaded;
}

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

interface Found {
  readonly violations: readonly Finding[];
  readonly incomplete: readonly Finding[];
}

/** What axe finds wrong, one sentence each. Our policy lets nothing be injected, so the page under test is opened with it bypassed. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<Found> } };
    return axe.run({ rules: { 'target-size': { enabled: true } } });
  });
  // Of what stands too near to something else axe only says that it cannot tell.
  const found = [...violations, ...incomplete.filter(({ id }) => id === 'target-size')];
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join(' | ')}`,
  );
}

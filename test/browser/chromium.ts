// The real Chromium, as Debian's package brings it, on a page of ours; and axe, which looks for what keeps people out.
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import { type Browser, type Page, chromium } from 'playwright-core';

const PATH = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export async function startChromium(context: TestContext, more: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: PATH, args: ['--no-sandbox', '--disable-gpu', ...more] });
  context.after(() => browser.close());
  return browser;
}

/** What axe finds wrong, one sentence each. Our policy lets nothing be injected, so the page under test is opened with it bypassed. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    };
    return (await axe.run()).violations;
  });
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join(' | ')}`,
  );
}

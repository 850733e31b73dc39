// `npm run dashboard:picture FOLDER`: pictures of what the panels were answered in the last `npm run test:grafana`, by headless Chromium
// and pngquant (Debian: chromium, pngquant).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WIDTH, page } from './draw/page.ts';
import { readDashboard } from './queries.ts';
import { type Shown, kept } from './report.ts';

const { rows } = readDashboard(readFileSync('grafana/dashboard.json', 'utf8'));
const titles = rows.map(({ title, gridPos: { y } }) => ({ title, y }));
const below = (title: string) => titles.find((row) => row.title === title)?.y ?? Infinity;
const [folder = 'docs/images'] = process.argv.slice(2);
const [everything, small] = kept();
if (everything === undefined || small === undefined) throw new Error('no answers: npm run test:grafana first');

draw(everything, below('Accounts and their processes'), 'dashboard.png');
draw(small, below('Processing'), 'dashboard-small.png');

function draw(shown: Shown, until: number, name: string): void {
  const work = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-picture-'));
  const { html, height } = page(shown, titles, until);
  const path = join(work, 'page.html');
  const out = resolve(folder, name);
  writeFileSync(path, html);
  const size = `--window-size=${WIDTH},${height}`;
  execFileSync(
    'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--hide-scrollbars',
      size,
      `--user-data-dir=${work}`,
      `--screenshot=${out}`,
      `file://${path}`,
    ],
    { stdio: 'ignore' },
  );
  execFileSync('pngquant', ['--force', '--output', out, '200', out]);
  rmSync(work, { recursive: true, force: true });
  process.stdout.write(`${out}: ${WIDTH}×${height}, ${Math.round(statSync(out).size / 1000)} kB\n`);
}

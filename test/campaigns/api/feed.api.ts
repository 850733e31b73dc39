// The real program's feed, full of hostile names, read by feedparser: well-formed, each entry with an id and a link, and 304 the second time.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { startMonitored } from './monitored.ts';

const TOOLS = process.env['API_TOOLS'];

interface Seen {
  readonly status: readonly number[];
  readonly wrong: string | null;
  readonly version: string;
  readonly id: string;
  readonly links: readonly (readonly [rel: string, href: string])[];
  readonly entries: readonly { readonly id: string; readonly link: string | null; readonly updated: string }[];
}

test('feedparser reads the feed, and does not fetch it again', { timeout: 120_000 }, async (context) => {
  assert.ok(TOOLS !== undefined, 'API_TOOLS is the folder that setup.sh prints');
  const { port } = await startMonitored(context, 40, {});
  const address = `http://127.0.0.1:${port}/feed.atom`;
  const said = execFileSync(join(TOOLS, 'bin', 'python'), [join(import.meta.dirname, 'feed.py'), address], {
    encoding: 'utf8',
  });
  const { entries, ...feed } = JSON.parse(said) as Seen;
  assert.deepEqual([feed.status, feed.wrong, feed.version], [[200, 304], null, 'atom10']);
  assert.match(feed.id, /^urn:nomad-upload-monitor:feed:/);
  assert.deepEqual(
    feed.links.find(([rel]) => rel === 'self'),
    ['self', address],
  );
  assert.ok(entries.length >= 40, `${entries.length} entries`);
  assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length);
  for (const { id, link, updated } of entries) {
    assert.match(link ?? '', /^https?:/, id);
    assert.ok(!Number.isNaN(Date.parse(updated)), id);
  }
});

// The demo as people start it: it opens with the page's address, and what it tells on the terminal, the page, the API and the feed tell in the
// same words: nothing more, nothing less.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { parse } from 'parse5';
import { troubleText } from '../../src/domain/report/report.ts';
import { COMPILED } from '../support/program.ts';
import type { EventJson, StatusJson, UploadDetailJson } from '../../src/http/api/schemas.ts';

interface Told {
  readonly sentence: string;
  readonly kind: string;
}

function startDemo(context: TestContext) {
  const child = spawn(process.execPath, ['src/main.ts', 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'exit').then(([code]) => code as number);
  // Its own children end with it where it is asked to end, and would stay where it is killed.
  context.after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return {
    output: () => output,
    async until(isSo: (output: string) => boolean) {
      while (!isSo(output)) await once(child.stdout, 'data');
    },
    /** What the monitor found, as it was told on the terminal. */
    told: (): readonly Told[] =>
      [...output.matchAll(/^\S+ +monitor +(.*) \(((?:upload|nomad|monitor)\.\w+)\)$/gm)].map(
        ([, sentence = '', kind = '']) => ({ sentence, kind }),
      ),
    async end() {
      child.kill('SIGINT');
      return await ended;
    },
  };
}

/** Texts of the elements of this name, as they are read. */
function textsOf(html: string, tag: string): readonly string[] {
  const found: string[] = [];
  const textOf = (node: object): string => {
    if ('value' in node && 'nodeName' in node && node.nodeName === '#text') return String(node.value);
    return 'childNodes' in node ? (node.childNodes as object[]).map(textOf).join('') : '';
  };
  const visit = (node: object): void => {
    if ('tagName' in node && node.tagName === tag) found.push(textOf(node).replace(/\s+/g, ' ').trim());
    if ('childNodes' in node) for (const child of node.childNodes as object[]) visit(child);
  };
  visit(parse(html));
  return found;
}

/** What the program writes, whatever its code is: `check` has one for trouble. */
async function outputOf(words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, words, { env: COMPILED, stdio: ['ignore', 'pipe', 'inherit'] });
  return await text(child.stdout);
}

const KINDS = [
  'monitor.baseline',
  'upload.created',
  'upload.started',
  'upload.failed',
  'upload.recovered',
  'upload.entries_failed',
  'upload.empty',
  'upload.published',
  'upload.deleted',
  'upload.unshared',
  'upload.errors_changed',
] as const;

test('the terminal, the page, the API and the feed tell the same story', { timeout: 300_000 }, async (context) => {
  const demo = startDemo(context);
  await demo.until((output) => output.includes('Ctrl-C stops it'));
  const [first = ''] = demo.output().split('\n');
  const url = /^The page +(http:\/\/127\.0\.0\.1:\d+)\/$/.exec(first)?.[1];
  assert.ok(url !== undefined, `it opens with the page: ${first}`);

  // The scripted opening is over, and each kind of thing was seen: where the monitor comes late to its polls, some only after it.
  await demo.until(() =>
    [...KINDS, 'upload.stopped'].every((wanted) => demo.told().some(({ kind }) => kind === wanted)),
  );
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    assert.equal(answer.status, 200, path);
    return await answer.text();
  };
  const { events } = JSON.parse(await get('/api/v1/events?since=1h&limit=500')) as { events: EventJson[] };
  await demo.until(() => demo.told().length >= events.length);
  const told = demo.told().slice(0, events.length);

  const kinds = new Set(told.map(({ kind }) => kind));
  for (const kind of KINDS) assert.ok(kinds.has(kind), kind);

  assert.deepEqual(
    told.map(({ kind }) => kind),
    events.map(({ kind }) => kind),
    'what the API has, in the same order',
  );
  const feed = await get('/feed.atom');
  const titles = textsOf(feed, 'title').slice(1).toReversed();
  assert.deepEqual(
    titles.slice(0, told.length),
    told.map(({ sentence }) => sentence),
    'the feed',
  );

  const ids = new Set(events.flatMap(({ upload }) => (upload === null ? [] : [upload.id])));
  assert.ok(ids.size >= 8);
  for (const id of ids) {
    const page = await get(`/uploads/${id}`);
    const detail = JSON.parse(await get(`/api/v1/uploads/${id}`)) as UploadDetailJson;
    const [title = ''] = textsOf(page, 'h1');
    const moments = textsOf(page, 'b').toReversed();
    const here = told.filter((_, index) => events[index]?.upload?.id === id);
    assert.deepEqual(
      moments.slice(0, here.length).map((words) => `${title} ${words}`),
      here.map(({ sentence }) => sentence),
      `the page of ${id}`,
    );
    const later = detail.events.filter((event) => events.every((known) => known.id !== event.id));
    assert.ok(moments.length - here.length <= later.length, 'and nothing more than has happened since');
  }

  // Of one poll: while these are asked, another may come between.
  for (;;) {
    const { as_of, conditions, uploads } = JSON.parse(await get('/api/v1/status')) as StatusJson;
    const home = await get('/');
    if ((JSON.parse(await get('/api/v1/status')) as StatusJson).as_of !== as_of) continue;
    assert.equal(textsOf(home, 'h1')[0], troubleText(conditions));
    const links = textsOf(home, 'a');
    assert.ok(links.includes(`all ${uploads}`), links.join());
    for (const [condition, count] of Object.entries(conditions))
      assert.equal(links.includes(`${condition.replace('_', ' ')} ${count}`), count > 0, condition);
    break;
  }
  // Verbs beside it, as it says that they are typed.
  const envFile = /^ {2}npm run -s cli -- --env-file (\S+) check$/m.exec(demo.output())?.[1] ?? '';
  const words = ['--', 'src/main.ts', '--env-file', envFile, 'check', '--json'];
  const checked = await outputOf(words);
  assert.equal((JSON.parse(checked) as { remembers: boolean }).remembers, true, checked);

  assert.equal(await demo.end(), 0);
});

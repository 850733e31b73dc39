// Pages of other sites in a reader's real browser: under a name of theirs that leads to us (DNS rebinding), and from another port of this machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { pipeline } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload } from '../../../src/demo/nomad-state.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';
import { startChromium } from './chromium.ts';

/** The port of a monitor that knows an upload of this name. */
async function startMonitor(context: TestContext, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const nomad = await startSimulatedNomad();
  context.after(() => nomad.close());
  addUpload(nomad.world, 'u1', Date.now() - 9e7, { name: 'confidential', status: 'FAILURE', errors: ['KeyError'] });
  const program = startProgram(context, { NOMAD_URL: nomad.url, STATE_DIR: tempDir(context), ...env });
  await program.line(({ event }) => event === 'monitor.baseline');
  return new URL(await program.url()).port;
}

/** Another site, which shows an empty page at every address. */
async function startOtherSite(context: TestContext): Promise<string> {
  const server = createServer((_, answer) => {
    answer
      .writeHead(200, { 'content-type': 'text/html', connection: 'close' })
      .end('<!doctype html><title>other</title><h1>other</h1>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A name that leads to one port, then to another, as DNS can make it: for the browser it stays the same. */
async function startName(context: TestContext, first: number) {
  let port = first;
  const server = createTcpServer((client) => {
    pipeline(client, connect({ host: '127.0.0.1', port }), client, () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (second: number) => {
      port = second;
    },
  };
}

test('under a name that is not ours nothing is shown, by no address', { timeout: 120_000 }, async (context) => {
  const port = await startMonitor(context, { HTTP_PUBLIC_URL: 'https://monitor.test/nomad-monitor' });
  const browser = await startChromium(context, ['--host-resolver-rules=MAP *.test 127.0.0.1']);
  const page = await browser.newPage();
  for (const path of ['/', '/uploads/u1', '/api/v1/uploads', '/metrics', '/feed.atom', '/assets/page.js']) {
    const answer = await page.goto(`http://evil.test:${port}${path}`);
    assert.equal(answer?.status(), 421, path);
    assert.doesNotMatch(await page.content(), /confidential|upload_/, path);
  }
  // Their own server shows a page; then the same name leads to us: what that page asks for now is of its own origin.
  const name = await startName(context, Number(new URL(await startOtherSite(context)).port));
  await page.goto(`http://evil.test:${name.port}/theirs`);
  assert.equal(await page.title(), 'other');
  name.leadTo(Number(port));
  const fetched = (path: string) =>
    page.evaluate<string>(`fetch('${path}').then(async (answer) => answer.status + ' ' + (await answer.text()))`);
  for (const path of ['/', '/nomad-monitor/', '/api/v1/uploads', '/metrics', '/live']) {
    const got = await fetched(path);
    assert.match(got, /^421 /, path);
    assert.doesNotMatch(got, /confidential|upload_|monitor\.test/, path);
  }
  assert.equal(await fetched('/healthz'), '200 ok\n', 'health is no secret');
  for (const ours of ['localhost', 'monitor.test']) {
    const answer = await page.goto(`http://${ours}:${port}/`);
    assert.equal(answer?.status(), 200);
    assert.match(await page.content(), /confidential/);
  }
});

/** What a page elsewhere tries with our address. Whether a frame has loaded it cannot tell: that is judged by what is in it. */
const PROBE = `async (monitor) => {
  const read = (mode) =>
    fetch(monitor + '/api/v1/status', { mode, credentials: 'include' }).then(
      async (answer) => 'read ' + (await answer.text()),
      () => 'refused',
    );
  const load = (tag, attribute, path, onload) =>
    new Promise((resolve) => {
      const element = document.createElement(tag);
      element.onload = () => resolve(onload);
      element.onerror = () => resolve('refused');
      element.setAttribute(attribute, monitor + path);
      document.body.append(element);
    });
  const listen = () =>
    new Promise((resolve) => {
      const source = new EventSource(monitor + '/live', { withCredentials: true });
      source.onopen = () => resolve('open');
      source.onerror = () => resolve('refused');
    });
  return {
    cors: await read('cors'),
    noCors: await read('no-cors'),
    script: await load('script', 'src', '/api/v1/status', 'loaded'),
    ourScript: await load('script', 'src', '/assets/page.js', 'loaded'),
    picture: await load('img', 'src', '/assets/icon.svg', 'loaded'),
    object: await load('object', 'data', '/api/v1/status', 'loaded'),
    frame: await load('iframe', 'src', '/', 'over'),
    live: await listen(),
  };
}`;

const sites: readonly (readonly [what: string, env: Readonly<Record<string, string>>, cached: boolean])[] = [
  ['without a secret', {}, false],
  ['with a password that the browser knows', { HTTP_USERNAME: 'ada', HTTP_PASSWORD: 'secret' }, true],
];
for (const [what, env, cached] of sites) {
  test(`a page on another port reads, frames and embeds nothing, ${what}`, { timeout: 120_000 }, async (context) => {
    const port = await startMonitor(context, env);
    const other = await startOtherSite(context);
    const browser = await startChromium(context);
    const credentials = cached ? { httpCredentials: { username: 'ada', password: 'secret' } } : {};
    const page = await (await browser.newContext(credentials)).newPage();
    const monitor = `http://127.0.0.1:${port}`;
    assert.equal((await page.goto(monitor))?.status(), 200);

    await page.goto(other);
    const done = await page.evaluate(`(${PROBE})('${monitor}')`);
    const refused = 'refused';
    assert.deepEqual(done, {
      ...{ cors: refused, noCors: refused, script: refused, ourScript: refused, picture: refused },
      ...{ object: refused, frame: 'over', live: refused },
    });
    assert.deepEqual(
      page
        .frames()
        .slice(1)
        .map((frame) => frame.url()),
      ['chrome-error://chromewebdata/'],
    );

    // A link is followed: the reader sees it, the other page does not.
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('a'), { href: '${monitor}/uploads/u1?link', id: 'link' }))`,
    );
    await page.evaluate("document.querySelector('#link').click()");
    await page.waitForURL(/link/);
    assert.match(await page.content(), /confidential/);
  });
}

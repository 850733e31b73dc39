// The page behind the real nginx, Apache, HAProxy and Caddy, as docs/reverse-proxy.md has them, in the real Chromium.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload } from '../../../src/demo/nomad-state.ts';
import { type Program, startProgram } from '../../support/program.ts';
import { eventually } from '../../support/eventually.ts';
import { tempDir } from '../../support/temp.ts';
import { startChromium } from '../browser/chromium.ts';
import { type Place, placed } from './configurations.ts';
import { KINDS, type Kind, NAME, PATH, documented, replaced } from './document.ts';
import { makeCertificate, startProxy } from './start.ts';
import { assertWorks, openPage, visit } from './visit.ts';

const SNIPPETS = documented();
const PLACES = ['at the root', 'below a path, passed on', 'below a path, stripped'] as const;
const SCHEMES = ['https', 'http'] as const;
/** More than one page of them. */
const UPLOADS = 60;

/** What the documented configurations set beyond the way to the monitor: HAProxy and Caddy pass the name on by themselves. */
const EXTRAS = { nginx: /^ *proxy_set_header .*\n/gm, apache: /^ *ProxyPreserveHost .*\n/gm } as const;
const stock = (kind: keyof typeof EXTRAS, text: string) => replaced(text, EXTRAS[kind], '');

const UPSTREAM = `upstream monitor { server 127.0.0.1:9697; }\n${replaced(stock('nginx', SNIPPETS.nginx.whole), 'http://127.0.0.1:9697', 'http://monitor')}`;

/** A page on another port that shows an address in a frame. */
async function startPortal(context: TestContext): Promise<{ url: string; show: (address: string) => void }> {
  let shown = '';
  const server = createServer((_, answer) => {
    answer
      .writeHead(200, { 'content-type': 'text/html', connection: 'close' })
      .end(`<!doctype html><title>portal</title><iframe src="${shown}" width="900" height="600"></iframe>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://portal.lab.example:${port}/`, show: (address) => (shown = address) };
}

const portOf = async (program: Program) => Number(new URL(await program.url()).port);

test('behind real proxies', { timeout: 600_000, concurrency: 2 }, async (context) => {
  const nomad = await startSimulatedNomad();
  context.after(() => nomad.close());
  let added = 0;
  const add = (name: string) => {
    added += 1;
    addUpload(nomad.world, `u${added}`, Date.now() - 9e7, {
      name,
      status: 'SUCCESS',
      entries: 2,
      completeTime: Date.now() - 8e7,
    });
  };
  for (let index = 0; index < UPLOADS; index += 1) add(`sample ${index}`);
  const monitor = (env: Readonly<Record<string, string>>) =>
    startProgram(context, { NOMAD_URL: nomad.url, STATE_DIR: tempDir(context), ...env });
  const portal = await startPortal(context);
  const programs = {
    bare: monitor({}),
    root: monitor({ HTTP_PUBLIC_URL: `https://${NAME}` }),
    below: monitor({ HTTP_PUBLIC_URL: `https://${NAME}${PATH}`, HTTP_FRAME_ANCESTORS: new URL(portal.url).origin }),
    locked: monitor({ HTTP_ALLOWED_HOSTS: NAME, HTTP_TOKEN: 'right-token', HTTP_TRUSTED_PROXIES: '127.0.0.1' }),
  };
  const ports = {
    bare: await portOf(programs.bare),
    root: await portOf(programs.root),
    below: await portOf(programs.below),
    locked: await portOf(programs.locked),
  };
  for (const program of Object.values(programs)) await program.line(({ event }) => event === 'monitor.baseline');
  const certificates = makeCertificate(context);
  const browser = await startChromium(context, ['--host-resolver-rules=MAP *.lab.example 127.0.0.1']);

  const run = (kind: Kind, place: Place, scheme: 'http' | 'https', text: string, monitorPort: number) =>
    context.test(
      `${kind}, ${place}, ${scheme}${monitorPort === ports.bare ? ', and nothing is set' : ''}`,
      async (inner) => {
        const origin = await startProxy(inner, kind, { scheme, text, monitorPort, certificates });
        const base = place === 'at the root' ? `${origin}/` : `${origin}${PATH}/`;
        const name = `new by ${kind} ${PLACES.indexOf(place)} ${scheme} ${monitorPort}`;
        await visit(browser, { base, addUpload: add, name, isThorough: scheme === 'https' });
        if (place === 'at the root') return;
        const { page, problems } = await openPage(browser, base.slice(0, -1));
        await page.goto(`${base.slice(0, -1)}?q=sample+7`);
        assert.equal(page.url().replace(/\?.*/, ''), base);
        await assertWorks(page);
        assert.deepEqual(problems, []);
        await page.context().close();
      },
    );

  for (const kind of KINDS) {
    for (const place of PLACES) {
      const text = placed(kind, SNIPPETS[kind], place);
      const port = place === 'at the root' ? ports.root : ports.below;
      await Promise.all(SCHEMES.map((scheme) => run(kind, place, scheme, text, port)));
    }
  }

  // As it comes, and a monitor that knows of no proxy.
  for (const kind of ['nginx', 'apache'] as const) {
    const below = stock(kind, placed(kind, SNIPPETS[kind], 'below a path, stripped'));
    await Promise.all([
      ...SCHEMES.map((scheme) => run(kind, 'at the root', scheme, stock(kind, SNIPPETS[kind].whole), ports.bare)),
      run(kind, 'below a path, stripped', 'http', below, ports.bare),
    ]);
  }

  const passing: readonly (readonly [what: string, kind: Kind, text: string, host: (port: string) => string])[] = [
    ['HAProxy as it comes', 'haproxy', SNIPPETS.haproxy.whole, (port) => `${NAME}:${port}`],
    ['Caddy as it comes', 'caddy', SNIPPETS.caddy.whole, (port) => `${NAME}:${port}`],
    ['Apache that keeps the name', 'apache', SNIPPETS.apache.whole, (port) => `${NAME}:${port}`],
    ['nginx with the name of an upstream', 'nginx', UPSTREAM, () => 'monitor'],
  ];
  for (const [what, kind, text, host] of passing) {
    await context.test(`${what} passes another name on: what lets it in is said`, async (inner) => {
      const url = await startProxy(inner, kind, { scheme: 'http', text, monitorPort: ports.bare, certificates });
      const ask = (path: string) => asked(`${url}${path}`, {});
      assert.equal((await ask('/healthz')).status, 200);
      const refused = await ask('/');
      assert.equal(refused.status, 421);
      assert.match(refused.text, /HTTP_ALLOWED_HOSTS adds names/);
      const name = host(new URL(url).port);
      const line = await programs.bare.line((entry) => entry['status'] === 421 && entry['host'] === name);
      assert.match(String(line['msg']), /HTTP_ALLOWED_HOSTS adds names/);
    });
  }

  await context.test('who asks through a proxy is known by their own address, whatever they claim', async (inner) => {
    for (const [index, kind] of KINDS.entries()) {
      const wanted = { scheme: 'http', text: SNIPPETS[kind].whole, monitorPort: ports.locked, certificates } as const;
      const url = await startProxy(inner, kind, wanted);
      const client = { localAddress: `127.0.0.${10 + index}`, forwardedFor: '203.0.113.9' };
      const wrong = { ...client, authorization: 'Bearer wrong-token' };
      assert.equal((await asked(url, wrong)).status, 401, kind);
      await programs.locked.line(({ status, address }) => status === 401 && address === client.localAddress);
      const right = { ...client, authorization: 'Bearer right-token' };
      const shown = await asked(url, right);
      assert.deepEqual([shown.status, shown.text.includes('sample')], [200, true], kind);
      // A page elsewhere whose name leads to the proxy (DNS rebinding).
      assert.doesNotMatch((await asked(url, { ...right, name: 'evil.test' })).text, /sample/, kind);
    }
    assert.doesNotMatch(programs.locked.output(), /203\.0\.113\.9|wrong-token|right-token/);
  });

  await context.test('in a frame of the site that may, and of no other', async (inner) => {
    const text = placed('nginx', SNIPPETS.nginx, 'below a path, passed on');
    const origin = await startProxy(inner, 'nginx', { scheme: 'https', text, monitorPort: ports.below, certificates });
    portal.show(`${origin}${PATH}/`);
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(portal.url);
    const frame = page.frames()[1];
    assert.ok(frame);
    await frame.locator('.uploads').waitFor();
    await assertWorks(frame);
    add('new in a frame');
    await frame.locator('#q').fill('new in a frame');
    await frame.locator('.uploads > li', { hasText: 'new in a frame' }).waitFor();
    assert.deepEqual(errors, []);

    await page.goto(portal.url.replace('portal', 'other'));
    // Until the browser has decided, the frame is empty.
    const addresses = () =>
      page
        .frames()
        .slice(1)
        .map((each) => each.url());
    await eventually('what is in the frame', () => addresses().every((address) => address !== '') || undefined);
    assert.deepEqual(addresses(), ['chrome-error://chromewebdata/']);
  });
});

interface Client {
  /** In place of the monitor's. */
  readonly name?: string;
  readonly localAddress?: string;
  readonly forwardedFor?: string;
  readonly authorization?: string;
}

/** Asks the proxy under the name, from an address of this machine. */
async function asked(url: string, { name, localAddress, forwardedFor, authorization }: Client) {
  const { port, pathname, host } = new URL(url);
  const headers = {
    host: name ?? host,
    ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }),
    ...(authorization !== undefined && { authorization }),
  };
  const request = get({
    host: '127.0.0.1',
    port,
    path: pathname,
    headers,
    agent: false,
    ...(localAddress !== undefined && { localAddress }),
  });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, text: await textOf(answer) };
}

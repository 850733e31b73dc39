// Each fault of docs/faults.md: what a user would see of it (result, metric, log line, event), and that it changes no upload's state.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Server, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { SimulatedFault } from '../../src/demo/nomad-faults.ts';
import { ADA, addUpload } from '../../src/demo/nomad-state.ts';
import { startProgram } from '../support/program.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';
import { type HarnessOptions, IMPATIENT, harness } from './harness.ts';

type Harness = Awaited<ReturnType<typeof harness>>;

interface Outage {
  /** As docs/faults.md calls it. */
  readonly fault: string;
  readonly result: 'unreachable' | 'invalid' | 'incomplete' | 'unauthorized';
  readonly log: RegExp;
  /** No answer comes: it is not waited for as long as usual. */
  readonly isSilent?: true;
  readonly arrange: (monitor: Harness, context: TestContext) => void | Promise<void>;
}

const HTML = { 'content-type': 'text/html' };
const onList = (fault: SimulatedFault) => (monitor: Harness) => {
  monitor.server.setFault(({ path }) => (path === '/uploads' ? fault : undefined));
};
/** Bytes for ever. */
const endless = () =>
  new ReadableStream({
    pull: (controller) => {
      controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
    },
  });
const cutAfter = (text: string, then: 'reset' | 'silence') =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      const cut = () => {
        controller.error(new Error('cut'));
      };
      if (then === 'reset') setTimeout(cut, 20);
    },
  });

const outages: readonly Outage[] = [
  {
    fault: 'connection refused',
    result: 'unreachable',
    log: /ECONNREFUSED/,
    arrange: async (monitor, context) => {
      const url = await listen(context, createTcpServer(), 'http');
      const { port } = new URL(url);
      await new Promise((resolve) => servers.get(url)?.close(resolve));
      monitor.address.url = `http://127.0.0.1:${port}/api/v1`;
    },
  },
  {
    fault: 'name not found',
    result: 'unreachable',
    log: /ENOTFOUND|EAI_AGAIN/,
    arrange: (monitor) => {
      monitor.address.url = 'http://nomad.invalid/api/v1';
    },
  },
  {
    fault: 'certificate self-signed',
    result: 'unreachable',
    log: /self-signed certificate/,
    arrange: async (monitor, context) => {
      const { key, cert } = certificate(tempDir(context));
      monitor.address.url = `${await listen(context, createTlsServer({ key, cert }), 'https')}/api/v1`;
    },
  },
  {
    fault: 'no answer to the connection',
    result: 'unreachable',
    isSilent: true,
    log: /ETIMEDOUT/,
    arrange: async (monitor, context) => {
      monitor.address.url = `http://127.0.0.1:${await fullQueue(context)}/api/v1`;
    },
  },
  {
    fault: 'no answer to the TLS handshake',
    result: 'unreachable',
    isSilent: true,
    log: /ETIMEDOUT/,
    arrange: async (monitor, context) => {
      monitor.address.url = `${await listen(context, createTcpServer(), 'https')}/api/v1`;
    },
  },
  {
    fault: 'no answer to the request',
    result: 'unreachable',
    isSilent: true,
    log: /ETIMEDOUT/,
    arrange: async (monitor, context) => {
      monitor.address.url = `${await listen(context, createServer(), 'http')}/api/v1`;
    },
  },
  {
    fault: 'silence in the middle of a body',
    result: 'unreachable',
    isSilent: true,
    log: /ETIMEDOUT/,
    arrange: (monitor) => {
      monitor.server.setFault(({ path }) =>
        path === '/uploads' ? { status: 200, body: cutAfter('{"pagination"', 'silence') } : undefined,
      );
    },
  },
  {
    fault: 'reset in the middle of a body',
    result: 'unreachable',
    log: /ECONNRESET|aborted|premature|socket hang up|terminated/i,
    arrange: (monitor) => {
      monitor.server.setFault(({ path }) =>
        path === '/uploads' ? { status: 200, body: cutAfter('{"pagination"', 'reset') } : undefined,
      );
    },
  },
  {
    fault: 'JSON cut short',
    result: 'invalid',
    log: /this is not an answer of NOMAD's API/,
    arrange: onList({ status: 200, body: '{"pagination":{"tot' }),
  },
  {
    fault: '500 with a traceback',
    result: 'unreachable',
    log: /list of uploads: NOMAD answered 500 \{/,
    arrange: onList({
      status: 500,
      body: JSON.stringify({ detail: { reason: 'x', exception_traceback: 'File "/opt/nomad/secret.py"' } }),
    }),
  },
  {
    fault: '502 as HTML',
    result: 'unreachable',
    log: /NOMAD answered 502 /,
    arrange: onList({ status: 502, headers: HTML, body: '<html>' }),
  },
  {
    fault: '503 as HTML',
    result: 'unreachable',
    log: /NOMAD answered 503 /,
    arrange: onList({ status: 503, headers: HTML, body: '<html>' }),
  },
  {
    fault: '504 as HTML',
    result: 'unreachable',
    log: /NOMAD answered 504 /,
    arrange: onList({ status: 504, headers: HTML, body: '<html>' }),
  },
  {
    fault: 'HTML with 200',
    result: 'invalid',
    log: /is NOMAD_URL the address of the API\?/,
    arrange: onList({ status: 200, headers: HTML, body: '<html>maintenance</html>' }),
  },
  {
    fault: 'a list that is not one',
    result: 'invalid',
    log: /this is not an answer of NOMAD's API/,
    arrange: onList({ status: 200, body: '{"data":{"uploads":[]}}' }),
  },
  {
    fault: 'a body without end',
    result: 'unreachable',
    log: /larger than 64 MiB/,
    arrange: (monitor) => {
      monitor.server.setFault(({ path }) => (path === '/uploads' ? { status: 200, body: endless() } : undefined));
    },
  },
  {
    fault: 'a list that keeps changing',
    result: 'incomplete',
    log: /the list changed while it was being read/,
    arrange: (monitor) => {
      let total = 100;
      monitor.server.setFault(({ path }) => {
        if (path !== '/uploads') return undefined;
        total += 1;
        return { status: 200, body: JSON.stringify({ pagination: { total }, data: [] }) };
      });
    },
  },
  {
    fault: 'an unknown user',
    result: 'unauthorized',
    log: /unknown user/,
    arrange: onList({ status: 401, body: '{"detail":"You are logged in with an unknown user"}' }),
  },
  {
    fault: 'every fresh token refused',
    result: 'unauthorized',
    log: /Expired token/,
    arrange: onList({ status: 401, body: '{"detail":"Expired token."}' }),
  },
];

for (const { fault, result, log, arrange, isSilent } of outages) {
  test(`outage: ${fault}`, async (context) => {
    const monitor = await harness(context);
    assert.deepEqual((await monitor.at(0)).kinds, ['monitor.baseline']);
    const usual = { ...monitor.address };
    await arrange(monitor, context);
    if (isSilent === true) monitor.address.timeout = IMPATIENT;
    const first = await monitor.at(1);
    assert.deepEqual([first.result, first.kinds], [result, []]);
    assert.match(monitor.logged.at(-1) ?? '', log);
    assert.doesNotMatch(monitor.logged.join('\n'), /secret\.py|p&ss/);
    const second = await monitor.at(11);
    assert.deepEqual([second.result, second.kinds], [result, ['nomad.unreachable']]);
    assert.match(await monitor.metrics(), new RegExp(`polls_total\\{kind="poll",result="${result}"\\} 2\n`));
    assert.match(await monitor.metrics(), /nomad_up 0\n/);
    Object.assign(monitor.address, usual);
    monitor.server.setFault(null);
    assert.deepEqual((await monitor.at(30)).kinds, ['nomad.reachable'], 'nothing became of the uploads');
  });
}

interface Harmless {
  readonly fault: string;
  readonly options?: HarnessOptions;
  readonly run: (monitor: Harness) => Promise<void>;
}

const harmless: readonly Harmless[] = [
  {
    fault: '503 with Retry-After in seconds',
    run: (monitor) => obeys(monitor, '600'),
  },
  {
    fault: '503 with Retry-After as a date',
    run: (monitor) => obeys(monitor, new Date(T0 + 11 * MINUTE).toUTCString()),
  },
  {
    fault: 'a redirect to a login portal',
    async run(monitor) {
      const seen: string[] = [];
      const portal = createServer((request, response) => {
        seen.push(request.url ?? '');
        response.end();
      }).listen(0, '127.0.0.1');
      await once(portal, 'listening');
      const location = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/login`;
      monitor.server.setFault(({ path }) => (path === '/uploads' ? { status: 302, headers: { location } } : undefined));
      assert.equal((await monitor.at(1)).result, 'invalid');
      assert.match(monitor.logged.at(-1) ?? '', /answered 302 and redirects to http:\/\/127/);
      portal.close();
      await once(portal, 'close');
      assert.deepEqual(seen, [], 'nothing was sent there, least of all the token');
    },
  },
  {
    fault: 'an empty list where there were hundreds',
    options: { uploads: 300 },
    async run(monitor) {
      const body = JSON.stringify({ pagination: { total: 0 }, data: [] });
      monitor.server.setFault(({ path }) => (path === '/uploads' ? { status: 200, body } : undefined));
      for (const minute of [1, 2]) assert.deepEqual((await monitor.at(minute)).kinds, []);
      assert.equal(
        monitor.requests().filter((line) => /^GET \/uploads\/[\w-]+$/.test(line)).length,
        40,
        '20 are asked about in a poll',
      );
    },
  },
  {
    fault: 'pages that shift once while they are listed',
    options: { uploads: 250 },
    async run(monitor) {
      const { server } = monitor;
      const [first] = [...server.world.uploads.values()];
      let shifted = false;
      server.setFault(({ path, query }) => {
        if (path !== '/uploads' || query.get('page') === '1' || shifted) return undefined;
        shifted = true;
        if (first !== undefined) server.world.uploads.delete(first.id);
        return undefined;
      });
      assert.deepEqual((await monitor.at(1)).kinds, ['upload.deleted']);
      assert.ok(shifted);
    },
  },
  {
    fault: 'one upload that cannot be read',
    async run(monitor) {
      const list = await listOf(monitor);
      Object.assign(list.data[1] ?? {}, { upload_create_time: 'yesterday' });
      monitor.server.setFault(({ path }) =>
        path === '/uploads' ? { status: 200, body: JSON.stringify(list) } : undefined,
      );
      for (const minute of [1, 2]) assert.deepEqual((await monitor.at(minute)).kinds, []);
      const told = monitor.logged.filter((line) => line.includes('an upload cannot be read'));
      assert.match(
        told.join('\n'),
        /^an upload cannot be read and is not watched \{"upload":"u001: upload_create_time: [^\n]*$/,
        'named, once',
      );
    },
  },
  {
    fault: 'a status and a process that nobody knows',
    async run(monitor) {
      const list = await listOf(monitor);
      Object.assign(list.data[0] ?? {}, { process_status: 'HIBERNATING', current_process: '_dream' });
      monitor.server.setFault(({ path }) =>
        path === '/uploads' ? { status: 200, body: JSON.stringify(list) } : undefined,
      );
      const { result, kinds } = await monitor.at(1);
      assert.deepEqual([result, kinds], ['ok', []]);
      assert.match(await monitor.metrics(), /uploads\{process_status="other"\} 1\n/);
    },
  },
  {
    fault: '50 MB of error text',
    async run(monitor) {
      const list = await listOf(monitor);
      Object.assign(list.data[1] ?? {}, { errors: ['x'.repeat(50_000_000)] });
      monitor.server.setFault(({ path }) =>
        path === '/uploads' ? { status: 200, body: JSON.stringify(list) } : undefined,
      );
      const outcome = await monitor.at(1);
      assert.deepEqual([outcome.result, outcome.kinds], ['ok', ['upload.errors_changed']]);
      assert.ok(JSON.stringify(outcome.events).length < 10_000);
    },
  },
  {
    fault: 'one of several workers refuses every token',
    async run(monitor) {
      let request = 0;
      monitor.server.setFault(({ path }) => {
        request += 1;
        const isWrong = path === '/uploads' && request % 2 === 1;
        return isWrong ? { status: 401, body: '{"detail":"Invalid token."}' } : undefined;
      });
      for (let minute = 1; minute < 20; minute += 1) assert.deepEqual((await monitor.at(minute)).kinds, []);
      assert.deepEqual(monitor.refusals, []);
    },
  },
  {
    fault: 'one of several workers refuses a personal access token',
    options: {
      credentials: (server) => ({ kind: 'token', token: server.tokens.mintPat(ADA, ['uploads:read', 'users:read']) }),
    },
    async run(monitor) {
      let request = 0;
      monitor.server.setFault(({ path }) => {
        request += 1;
        const isWrong = path === '/uploads' && request % 2 === 1;
        return isWrong ? { status: 401, body: '{"detail":"Authentication required."}' } : undefined;
      });
      for (let minute = 1; minute < 20; minute += 1) assert.deepEqual((await monitor.at(minute)).kinds, []);
    },
  },
  {
    fault: 'a single upload refuses us',
    async run(monitor) {
      monitor.server.world.uploads.get('u000')?.coauthors.push('x');
      const upload = monitor.server.world.uploads.get('u000');
      if (upload !== undefined) upload.mainAuthor = 'somebody';
      const before = monitor.requests().length;
      assert.deepEqual((await monitor.at(1)).kinds, ['upload.unshared']);
      const logins = monitor
        .requests()
        .slice(before)
        .filter((line) => line.includes('/auth/'));
      assert.deepEqual(logins, [], 'no new login for it');
    },
  },
  {
    fault: 'the secret changes on the server',
    async run(monitor) {
      const used = new Set(monitor.server.requests.flatMap(({ token }) => token ?? []));
      for (const token of used) monitor.server.tokens.revoke(token);
      const before = monitor.requests().length;
      const { result, kinds } = await monitor.at(1);
      assert.deepEqual([result, kinds], ['ok', []]);
      assert.deepEqual(
        monitor
          .requests()
          .slice(before, before + 4)
          .map((line) => line.split('?')[0]),
        ['GET /uploads', 'POST /auth/token', 'GET /auth/app_token', 'GET /uploads'],
      );
    },
  },
  {
    fault: 'the account is locked',
    async run(monitor) {
      const used = new Set(monitor.server.requests.flatMap(({ token }) => token ?? []));
      for (const token of used) monitor.server.tokens.revoke(token);
      monitor.server.setFault(({ path }) =>
        path === '/auth/token' ? { status: 401, body: '{"detail":"Incorrect username or password"}' } : undefined,
      );
      const { result, kinds } = await monitor.at(1);
      assert.deepEqual([result, kinds], ['unauthorized', ['nomad.login_refused']]);
      for (let minute = 2; minute < 60; minute += 1) assert.deepEqual((await monitor.at(minute)).kinds, []);
      assert.ok(monitor.refusals.length <= 5, 'at most 5 tries an hour');
      monitor.server.setFault(null);
      assert.deepEqual((await monitor.at(200)).kinds, ['nomad.login_restored']);
    },
  },
  {
    fault: 'our clock is 2 days ahead',
    options: { skew: 2 * 1440 * MINUTE },
    run: quiet,
  },
  {
    fault: 'our clock is 2 days behind',
    options: { skew: -2 * 1440 * MINUTE },
    run: quiet,
  },
  {
    fault: 'our clock is 2 days ahead, and NOMAD sends no Date',
    options: { skew: 2 * 1440 * MINUTE, dateAhead: null },
    run: oneLogin,
  },
  {
    fault: 'Date is 2 days ahead of the clock that creates tokens',
    options: { dateAhead: 2 * 1440 * MINUTE },
    run: oneLogin,
  },
  {
    fault: 'our clock is set while running',
    async run(monitor) {
      for (const [minute, by] of [
        [1, 1440 * 2],
        [2, -1440 * 3],
        [3, 0],
      ] as const) {
        monitor.time.set = by * MINUTE;
        const { result, kinds } = await monitor.at(minute);
        assert.deepEqual([result, kinds], ['ok', []]);
      }
      assert.match(monitor.logged.join('\n'), /the clock was set, or the machine was asleep/);
    },
  },
];

for (const { fault, options, run } of harmless) {
  test(`no harm: ${fault}`, async (context) => {
    const monitor = await harness(context, options);
    assert.deepEqual((await monitor.at(0)).kinds, ['monitor.baseline']);
    await run(monitor);
    monitor.server.setFault(null);
    const { kinds } = await monitor.at(400);
    assert.deepEqual(
      kinds.filter((kind) => kind !== 'nomad.reachable' && kind !== 'upload.errors_changed'),
      [],
      'nothing became of the uploads',
    );
  });
}

async function obeys(monitor: Harness, retryAfter: string): Promise<void> {
  monitor.server.setFault(() => ({
    status: 503,
    headers: { 'retry-after': retryAfter, date: new Date(T0 + MINUTE).toUTCString() },
  }));
  assert.equal((await monitor.at(1)).result, 'unreachable');
  const asked = monitor.requests().length;
  for (let minute = 2; minute <= 10; minute += 1) assert.equal((await monitor.at(minute)).result, 'skipped');
  assert.equal(monitor.requests().length, asked, 'it was left alone');
  assert.deepEqual((await monitor.at(11)).kinds, ['nomad.unreachable']);
  assert.ok(monitor.requests().length > asked);
}

async function oneLogin(monitor: Harness): Promise<void> {
  await quiet(monitor);
  const logins = monitor.server.requests.filter(({ line }) => line === 'POST /auth/token');
  assert.equal(logins.length, 1);
}

async function quiet(monitor: Harness): Promise<void> {
  addUpload(monitor.server.world, 'running', T0, {
    status: 'RUNNING',
    process: 'process_upload',
    completeTime: T0 - MINUTE,
  });
  assert.deepEqual((await monitor.at(1)).kinds, ['upload.created', 'upload.started']);
  for (const minute of [2, 60, 120]) assert.deepEqual((await monitor.at(minute)).kinds, []);
  monitor.server.world.uploads.delete('running');
  assert.deepEqual((await monitor.at(121)).kinds, ['upload.deleted']);
}

async function listOf(monitor: Harness): Promise<{ data: Record<string, unknown>[] }> {
  const token = monitor.server.requests.findLast((each) => each.token !== null)?.token ?? '';
  const response = await fetch(`${monitor.server.url}/uploads`, { headers: { authorization: `Bearer ${token}` } });
  return (await response.json()) as { data: Record<string, unknown>[] };
}

test('outage: certificate expired', async (context) => {
  const dir = tempDir(context);
  const { key, cert, ca } = certificate(dir, '20200101000000Z');
  const url = await listen(context, createTlsServer({ key, cert }), 'https');
  const program = startProgram(
    context,
    {
      NOMAD_URL: `${url.replace('127.0.0.1', 'localhost')}/api/v1`,
      STATE_DIR: join(dir, 's'),
      NODE_EXTRA_CA_CERTS: ca,
    },
    ['--env-file', '/dev/null', 'check'],
  );
  assert.equal(await program.ended, 3);
  assert.match(program.output(), /CERT_HAS_EXPIRED|certificate has expired/);
});

test('no harm: daylight saving', () => {
  // The hour that comes twice and the one that does not come: the schedule and the times that people read.
  const script = `
    import { Cron } from 'croner';
    import { timeText } from './src/domain/text/time-format.ts';
    const runs = (from, pattern) => new Cron(pattern, { timezone: 'Europe/Berlin', paused: true }).nextRuns(150, new Date(from));
    const gaps = (all) => Math.max(...all.slice(1).map((each, index) => each - all[index])) / 60000;
    console.log(gaps(runs('2026-03-29T00:00:00Z', '* * * * *')), gaps(runs('2026-10-25T00:00:00Z', '* * * * *')));
    console.log(timeText(Date.parse('2026-10-25T00:30:00Z'), 'Europe/Berlin'), timeText(Date.parse('2026-10-25T01:30:00Z'), 'Europe/Berlin'));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(output, '1 1\n25 Oct 2026, 02:30 CEST 25 Oct 2026, 02:30 CET\n');
});

test('docs/faults.md has a row for each of these, and no other', () => {
  const documented = [...readFileSync('docs/faults.md', 'utf8').matchAll(/^\| ([^|]+?) +\|/gm)].map(
    ([, cell]) => cell ?? '',
  );
  const tested = [
    ...outages.map(({ fault }) => fault),
    'certificate expired',
    ...harmless.map(({ fault }) => fault),
    'daylight saving',
  ];
  assert.deepEqual(
    documented.filter((cell) => cell !== 'fault' && !cell.startsWith('-')).toSorted(),
    tested.toSorted(),
  );
});

const servers = new Map<string, Server>();

async function listen(context: TestContext, server: Server, scheme: 'http' | 'https'): Promise<string> {
  const sockets = new Set<{ destroy(): unknown }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  servers.set(url, server);
  return url;
}

/** A port whose owner never takes a connection and whose queue is full: the kernel answers no more. */
async function fullQueue(context: TestContext): Promise<number> {
  const script = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  for (let filled = 0; filled < 4; filled += 1) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    context.after(() => socket.destroy());
  }
  return Number(port);
}

/** A certificate of an authority of its own; `ended`: not valid any more. */
function certificate(dir: string, ended?: string): { key: Buffer; cert: Buffer; ca: string } {
  const file = (name: string) => join(dir, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '9',
    '-subj',
    '/CN=ca',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  );
  if (ended === undefined)
    return { key: readFileSync(file('ca.key')), cert: readFileSync(file('ca.pem')), ca: file('ca.pem') };
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    file('key'),
    '-out',
    file('csr'),
  );
  openssl(
    'x509',
    '-req',
    '-in',
    file('csr'),
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-days',
    '-1',
    '-out',
    file('cert'),
  );
  return { key: readFileSync(file('key')), cert: readFileSync(file('cert')), ca: file('ca.pem') };
}

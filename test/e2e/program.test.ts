// The whole program as operators meet it: metrics, health, signals, exit codes, secrets.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { EVENT_KINDS } from '../../src/domain/event.ts';
import { PROCESS_STATUSES } from '../../src/domain/upload.ts';
import { isCelery } from '../../src/demo/nomad-generations.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload } from '../../src/demo/nomad-state.ts';
import { POLL_RESULTS } from '../../src/jobs/poll-outcome.ts';
import { callCli } from '../support/cli.ts';
import { COMPILED, builtProgram, startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

async function setUp(context: TestContext) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  addUpload(nomad.world, 'u1', Date.now() - 9e7, {
    name: 'evil "name"\n\\ {x="y"}',
    status: 'FAILURE',
    errors: ['E'],
    completeTime: Date.now() - 8e7,
  });
  addUpload(nomad.world, 'u2', Date.now() - 9e7, { name: 'good', status: 'SUCCESS', entries: 2 });
  return { nomad, inbox, env: { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: tempDir(context) } };
}
const baseline = ({ event }: Readonly<Record<string, unknown>>) => event === 'monitor.baseline';
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

test(
  'metrics: named and labelled as promised, every known label there, and promtool has nothing to say',
  { timeout: 300_000 },
  async (context) => {
    const { env } = await setUp(context);
    const program = startProgram(context, env);
    await program.line(({ msg }) => msg === 'delivered');
    const url = `${await program.url()}/metrics`;
    const text = await (await fetch(url)).text();
    const has = (line: string) => {
      assert.ok(
        text.split('\n').some((each) => each === line || each.startsWith(`${line} `)),
        `${line} is not in\n${text}`,
      );
    };
    for (const status of PROCESS_STATUSES) has(`nomad_upload_monitor_uploads{process_status="${status}"}`);
    for (const kind of EVENT_KINDS) has(`nomad_upload_monitor_events_total{kind="${kind}"}`);
    for (const result of POLL_RESULTS) has(`nomad_upload_monitor_polls_total{kind="poll",result="${result}"}`);
    has('nomad_upload_monitor_nomad_up 1');
    has('nomad_upload_monitor_uploads_by_condition{condition="failed"} 1');
    has('nomad_upload_monitor_upload_status{upload_id="u1",process_status="FAILURE"} 1');
    has(
      'nomad_upload_monitor_upload_info{upload_id="u1",upload_name="evil \\"name\\" \\\\ {x=\\"y\\"}",main_author="Ada Lovelace"} 1',
    );
    has('nomad_upload_monitor_deliveries_total{channel="mail",result="delivered"} 1');
    has('nomad_upload_monitor_deliveries_pending{channel="mail"} 0');
    assert.ok(!text.includes('upload_status{upload_id="u2"'));
    assert.ok(!text.includes('oldest_pending_delivery_timestamp_seconds{'));

    const open = await fetch(url, { headers: { accept: 'application/openmetrics-text;version=1.0.0' } });
    assert.equal(open.headers.get('content-type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    assert.match(open.headers.get('vary') ?? '', /^Accept,/);
    const openText = await open.text();
    assert.equal(openText.split('# EOF').length, 2);
    assert.ok(openText.endsWith('# EOF\n'));
    const typesOf = (body: string) => body.match(/^# TYPE .*/gm);
    for (const encoding of ['gzip', 'identity']) {
      const again = await fetch(url, { headers: { 'accept-encoding': encoding } });
      assert.equal(again.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
      assert.deepEqual(typesOf(await again.text()), typesOf(text), `text after OpenMetrics, ${encoding}`);
    }
    assert.equal(
      (await fetch(url, { headers: { 'accept-encoding': 'gzip' } })).headers.get('content-encoding'),
      'gzip',
    );

    if (hasPromtool) {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
      assert.equal(`${status}${stdout}${stderr}`, '0');
    } else {
      context.diagnostic('not run: promtool check metrics (promtool is not installed; Debian package prometheus)');
    }
  },
);

test(
  'ready after the first good poll, healthy before; other names are not served',
  { timeout: 300_000 },
  async (context) => {
    const { nomad, env } = await setUp(context);
    nomad.setFault(() => ({ status: 503 }));
    const program = startProgram(context, env);
    const url = await program.url();
    await program.line(({ result }) => result === 'unreachable');
    const get = async (path: string) => (await fetch(`${url}${path}`)).status;
    assert.deepEqual([await get('/healthz'), await get('/readyz')], [200, 503]);
    nomad.setFault(null);
    await program.line(baseline);
    assert.equal(await get('/readyz'), 200);
    const rebound = request(`${url}/metrics`, { headers: { host: 'evil.example' } }).end();
    const [answer] = (await once(rebound, 'response')) as [IncomingMessage];
    assert.equal(answer.resume().statusCode, 421);
  },
);

test('beyond loopback a token is asked for', { timeout: 300_000 }, async (context) => {
  const { env } = await setUp(context);
  const program = startProgram(context, {
    ...env,
    HTTP_HOST: '0.0.0.0',
    HTTP_TOKEN: 'let-me-in',
    HTTP_USERNAME: 'ada',
    HTTP_PASSWORD: 'pass',
  });
  const url = (await program.url()).replace('0.0.0.0', '127.0.0.1');
  const get = async (path: string, authorization?: string) =>
    (await fetch(`${url}${path}`, authorization === undefined ? {} : { headers: { authorization } })).status;
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  assert.deepEqual(
    await Promise.all([
      get('/healthz'),
      get('/metrics'),
      get('/metrics', 'Bearer let-me-in'),
      get('/metrics', 'Bearer wrong'),
      get('/metrics', basic('ada:pass')),
      get('/metrics', basic('ada:x')),
    ]),
    [200, 401, 200, 401, 200, 401],
  );
});

test(
  'SIGTERM: the poll in hand is finished and committed, then it ends with 0',
  { timeout: 300_000 },
  async (context) => {
    const { nomad, env } = await setUp(context);
    let release: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      nomad.setFault(({ path }) => {
        if (path !== '/uploads') return undefined;
        resolve();
        return { hold: new Promise<void>((done) => (release = done)) };
      });
    });
    const program = startProgram(context, env);
    await asked;
    program.child.kill('SIGTERM');
    await program.line(({ msg }) => String(msg).startsWith('shutting down'));
    release();
    assert.equal(await program.ended, 0);
    assert.ok(program.output().includes('monitor.baseline'));
  },
);

test(
  'SIGTERM: a NOMAD that does not answer is cut after 10 s; a second signal ends it at once',
  { timeout: 300_000 },
  async (context) => {
    const { nomad, env } = await setUp(context);
    const hang = () =>
      new Promise<void>((resolve) => {
        nomad.setFault(() => {
          resolve();
          return { hold: new Promise(() => undefined) };
        });
      });
    let asked = hang();
    const patient = startProgram(context, env);
    await asked;
    const before = Date.now();
    patient.child.kill('SIGTERM');
    assert.equal(await patient.ended, 0);
    assert.ok(Date.now() - before > 9000 && Date.now() - before < 30_000);

    asked = hang();
    const hasty = startProgram(context, env);
    await asked;
    hasty.child.kill('SIGTERM');
    await hasty.line(({ msg }) => String(msg).startsWith('shutting down'));
    hasty.child.kill('SIGTERM');
    assert.equal(await hasty.ended, 143);
  },
);

test(
  'a second monitor on the same state ends with 5 and says why; wrong configuration with 2',
  { timeout: 300_000 },
  async (context) => {
    const { env } = await setUp(context);
    const first = startProgram(context, env);
    await first.line(baseline);
    const run = (more: Readonly<Record<string, string>> = {}) =>
      callCli(['run', '--env-file', '/dev/null'], usualEnv({ ...env, ...more }));
    const second = await run();
    assert.equal(second.code, 5);
    assert.match(second.output, /another nomad-upload-monitor is running/);
    const wrong = await run({ HTTP_PORT: 'x', LOG_LEVEL: 'y' });
    assert.equal(wrong.code, 2);
    assert.deepEqual(wrong.output.split('\n').length, 3);
    const port = new URL(await first.url()).port;
    const taken = await run({ STATE_DIR: tempDir(context), HTTP_PORT: port });
    assert.equal(taken.code, 2);
    assert.match(taken.output, /HTTP_PORT/);
  },
);

test(
  'another account on the same state begins a baseline of its own and reports nothing as deleted',
  { timeout: 300_000 },
  async (context) => {
    const { env, inbox } = await setUp(context);
    for (const login of [{}, { NOMAD_USERNAME: 'grace', NOMAD_PASSWORD: 'cobol' }]) {
      const program = startProgram(context, { ...env, ...login });
      await program.line(({ msg }) => msg === 'delivered');
      program.child.kill('SIGTERM');
      await program.ended;
    }
    assert.deepEqual(
      inbox.mails.map(({ to, subject }) => [to[0], subject]),
      [
        ['ada@lab.example', '[NOMAD] Now watching 2 uploads: 1 failed'],
        ['grace@lab.example', '[NOMAD] Now watching 0 uploads'],
      ],
    );
  },
);

test(
  'no secret is in any output, in the state or in the metrics, raw or encoded',
  { timeout: 300_000 },
  async (context) => {
    const { nomad, inbox, env } = await setUp(context);
    const canaries = {
      NOMAD_PASSWORD: 'canary pass/&?ü',
      HTTP_TOKEN: 'canary-token/1+',
      HTTP_PASSWORD: 'canary-http-pw',
      smtp: 'canary=smtp&pw',
    };
    const smtp = inbox.url.replace('//', `//user:${encodeURIComponent(canaries.smtp)}@`);
    // NOMAD and the mail server repeat what they were sent: the log and the outbox must not.
    const echo = `{"detail":"who is ${canaries.NOMAD_PASSWORD} ${encodeURIComponent(canaries.NOMAD_PASSWORD)}"}`;
    nomad.setFault(({ path }) => (path === '/auth/token' ? { status: 500, body: echo } : undefined));
    inbox.setHooks({
      onRecipient: () => ({
        code: 451,
        message: `go away ${canaries.smtp} ${Buffer.from(canaries.smtp).toString('base64')}`,
      }),
    });
    const more = {
      SMTP_URL: smtp,
      LOG_LEVEL: 'trace',
      HTTP_TOKEN: canaries.HTTP_TOKEN,
      HTTP_USERNAME: 'x',
      HTTP_PASSWORD: canaries.HTTP_PASSWORD,
    };
    const refused = startProgram(context, { ...env, ...more, NOMAD_PASSWORD: canaries.NOMAD_PASSWORD });
    await refused.line(({ result }) => result === 'unreachable');
    refused.child.kill('SIGTERM');
    await refused.ended;
    nomad.setFault(null);

    const program = startProgram(context, { ...env, ...more });
    await program.line(({ msg }) => msg === 'not delivered yet');
    const metrics = await (
      await fetch(`${await program.url()}/metrics`, { headers: { authorization: `Bearer ${canaries.HTTP_TOKEN}` } })
    ).text();
    program.child.kill('SIGTERM');
    await program.ended;

    const tokens = nomad.requests.flatMap(({ token }) => (token === null ? [] : [token]));
    const state = readdirSync(env.STATE_DIR)
      .map((file) => readFileSync(join(env.STATE_DIR, file)).toString('latin1'))
      .join('\n');
    const addresses = nomad.requests.map(({ line }) => line).join('\n');
    const everything = [refused.output(), program.output(), metrics, state, addresses].join('\n');
    for (const secret of [
      ...Object.values(canaries),
      ...tokens,
      isCelery(nomad.world.generation) ? '' : 'p&ss wörd/?',
    ]) {
      const forms = [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('latin1'),
      ];
      for (const form of forms) assert.ok(!everything.includes(form), `${form} was found`);
    }
    assert.match(program.output(), /\[secret\]/);
  },
);

test(
  'whoever reads has gone: a verb ends by itself and without a stack trace',
  { timeout: 300_000 },
  async (context) => {
    const demo = spawn(process.execPath, ['--', builtProgram(), 'demo'], {
      env: { ...process.env, ...COMPILED },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    context.after(() => demo.kill('SIGKILL'));
    let complaint = '';
    demo.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    await once(demo.stdout, 'data');
    demo.stdout.destroy();
    await once(demo, 'exit');
    assert.equal(complaint, '');
  },
);

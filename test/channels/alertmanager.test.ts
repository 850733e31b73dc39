// Alerts against the real Alertmanager: they fire, they are grouped by their labels, they resolve.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createAlertmanager } from '../../src/channels/alertmanager.ts';
import { alertsOf } from '../../src/domain/notify/alerts.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { MINUTE, progressed, snapshot, watched } from '../support/builders.ts';
import { startHook } from '../support/hook.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { tempDir } from '../support/temp.ts';

const PROGRAM = 'prometheus-alertmanager';
const plain = { proxyEnv: {}, scrub: String };

/** Where it is, under a path as behind a proxy. */
async function startAlertmanager(context: TestContext, notified: string): Promise<string> {
  const dir = tempDir(context);
  const port = await freePort();
  const route =
    'route: { receiver: hook, group_by: [alertname], group_wait: 1ms, group_interval: 1ms, repeat_interval: 1h }';
  const receiver = `receivers: [{ name: hook, webhook_configs: [{ url: "${notified}", send_resolved: true }] }]`;
  writeFileSync(join(dir, 'am.yml'), `${route}\n${receiver}\n`);
  const url = `http://127.0.0.1:${port}/alertmanager`;
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${join(dir, 'am.yml')}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.external-url=${url}`,
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  context.after(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  while (!log.includes('Listening on')) await once(child.stderr, 'data');
  return url;
}

test('the real Alertmanager: failed, stuck and unreachable fire, and resolve', async (context) => {
  if (spawnSync(PROGRAM, ['--version']).error !== undefined) {
    context.diagnostic(
      `not run: the real Alertmanager (${PROGRAM} is not installed; Debian package prometheus-alertmanager)`,
    );
    return;
  }
  const hook = await startHook(context);
  const url = await startAlertmanager(context, hook.url);
  const alertmanager = createAlertmanager({ ...plain, url });
  const now = Date.now();
  const progress = progressed({ since: now - 3 * 60 * MINUTE, stuck: true });
  const uploads = [
    watched({ id: 'u1', name: '<b>batch-42</b>', status: 'FAILURE', errors: ['KeyError: x'] }, { changedAt: now }),
    watched({ id: 'u2', status: 'RUNNING' }, { progress }),
  ];
  const about = {
    names: new Map([['ada', 'Ada Lovelace']]),
    gui: 'https://n.example/gui',
    deployment: 'https://n.example',
    account: null,
    now,
  };
  const failing = { since: now - 20 * MINUTE, problem: 'no answer', told: true };
  const bad = alertsOf({ ...about, snapshot: snapshot(uploads), health: { ...HEALTHY, failing } });
  const active = async () => {
    const answer = await fetch(`${url}/api/v2/alerts`);
    const alerts = (await answer.json()) as {
      labels: { alertname: string };
      annotations: { summary: string };
      generatorURL: string;
    }[];
    return alerts.toSorted((a, b) => (a.labels.alertname < b.labels.alertname ? -1 : 1));
  };
  const notified = async (status: string) => {
    for (;;) {
      const groups = hook.received.map(
        ({ body }) => JSON.parse(body) as { alerts: { status: string; labels: { alertname: string } }[] },
      );
      const names = groups.flatMap(({ alerts }) =>
        alerts.filter((each) => each.status === status).map(({ labels }) => labels.alertname),
      );
      if (new Set(names).size >= 3) return [...new Set(names)].toSorted();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const three = ['NomadUnreachable', 'NomadUploadFailed', 'NomadUploadStuck'];

  assert.deepEqual(await alertmanager.send(bad, now), { result: 'delivered' });
  assert.deepEqual(
    (await active()).map(({ labels, annotations }) => [labels.alertname, annotations.summary]),
    [
      ['NomadUnreachable', 'NOMAD has been unreachable for 20 min'],
      ['NomadUploadFailed', '<b>batch-42</b> failed'],
      ['NomadUploadStuck', 'batch-42 is stuck'],
    ],
  );
  assert.equal((await active())[1]?.generatorURL, 'https://n.example/gui/user/uploads/upload/id/u1');
  assert.deepEqual(await notified('firing'), three);

  assert.deepEqual(await alertmanager.send([], now + 1), { result: 'delivered' });
  assert.deepEqual(await active(), []);
  assert.deepEqual(await notified('resolved'), three);
  assert.deepEqual(await alertmanager.test(Date.now()), { result: 'delivered' });
  assert.deepEqual(
    (await active()).map(({ labels }) => labels.alertname),
    ['NomadUploadMonitorTest'],
  );
});

test('an alert that is over is told as over for a quarter of an hour, also to one that was away', async (context) => {
  const hook = await startHook(context);
  const alertmanager = createAlertmanager({ ...plain, url: `${hook.url}/` });
  const [now, minute] = [Date.parse('2026-11-24T10:00:00Z'), MINUTE];
  const failed = watched({ status: 'FAILURE' }, { changedAt: now });
  const about = { names: new Map<string, string>(), gui: '', deployment: 'd', account: null, now, health: HEALTHY };
  const alerts = alertsOf({ ...about, snapshot: snapshot([failed]) });
  const ends = () =>
    (JSON.parse(hook.received.at(-1)?.body ?? '[]') as { endsAt: string }[]).map(({ endsAt }) => endsAt);
  await alertmanager.send(alerts, now);
  assert.deepEqual(ends(), ['2026-11-24T10:10:00.000Z']);
  hook.answer = (_, response) => response.writeHead(503).end();
  assert.equal((await alertmanager.send([], now + minute)).result, 'retry');
  hook.answer = null;
  await alertmanager.send([], now + 10 * minute);
  assert.deepEqual(ends(), ['2026-11-24T10:01:00.000Z']);
  const before = hook.received.length;
  await alertmanager.send([], now + 17 * minute);
  assert.equal(hook.received.length, before, 'with nothing to tell nothing is sent');
  await alertmanager.send(alerts, now + 18 * minute);
  assert.equal(hook.received.at(-1)?.path, '/api/v2/alerts');
  assert.equal(ends().length, 1);
});

test('a NOMAD whose clock is ahead, or ours set back: no alert ends before it began', async (context) => {
  const hook = await startHook(context);
  const alertmanager = createAlertmanager({ ...plain, url: hook.url });
  const now = Date.parse('2026-11-24T10:00:00Z');
  const ahead = watched({ status: 'FAILURE' }, { changedAt: now, statusSince: now + 60 * MINUTE });
  const about = { names: new Map<string, string>(), gui: '', deployment: 'd', account: null, now, health: HEALTHY };
  await alertmanager.send(alertsOf({ ...about, snapshot: snapshot([ahead]) }), now);
  await alertmanager.send([], now - 30 * MINUTE);
  const posted = hook.received.flatMap(({ body }) => JSON.parse(body) as { startsAt: string; endsAt: string }[]);
  assert.equal(posted.length, 2);
  for (const { startsAt, endsAt } of posted) assert.ok(startsAt <= endsAt, `${startsAt} ${endsAt}`);
});

test('a batch that is refused does not hold up the others', async (context) => {
  const hook = await startHook(context);
  const alertmanager = createAlertmanager({ ...plain, url: hook.url });
  const uploads = Array.from({ length: 1200 }, (_, index) =>
    watched({ id: `u${index}`, status: 'FAILURE' }, { changedAt: 1 }),
  );
  const about = { names: new Map<string, string>(), gui: '', deployment: 'd', account: null, now: 1, health: HEALTHY };
  hook.answer = ({ body }, response) => response.writeHead(body.includes('"u3"') ? 400 : 200).end('bad alert');
  const sent = await alertmanager.send(alertsOf({ ...about, snapshot: snapshot(uploads) }), Date.now());
  assert.equal(sent.result, 'rejected');
  assert.equal(hook.received.length, 3);
});

test('failures from before the first poll are no alerts; what NOMAD says is one clean line', () => {
  const about = { names: new Map<string, string>(), gui: '', deployment: 'd', account: null, now: 0, health: HEALTHY };
  assert.deepEqual(alertsOf({ ...about, snapshot: snapshot([watched({ status: 'FAILURE' })]) }), []);
  const upload = { status: 'FAILURE', errors: ['a\r\nb\u202e'], name: '\u0000x' } as const;
  const [alert] = alertsOf({ ...about, snapshot: snapshot([watched(upload, { changedAt: 1 })]) });
  assert.deepEqual([alert?.annotations['summary'], alert?.annotations['description']], ['x failed', 'a b']);
  assert.ok(!Object.values(alert?.labels ?? {}).includes('x'));
  assert.deepEqual(alertsOf({ ...about, snapshot: null }), []);
});

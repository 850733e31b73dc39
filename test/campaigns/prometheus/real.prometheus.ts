// The shipped configuration, rules and routing in the real Prometheus and the real Alertmanager, watching the running demo: an alert fires,
// reaches the operators and ends. Run by `npm run test:prometheus`; not part of `npm test`, which needs neither.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { startInbox } from '../../../src/demo/inbox.ts';
import { addUpload, fail, queue, reset, start } from '../../../src/demo/nomad-state.ts';
import { eventually } from '../../support/eventually.ts';
import { startProgram } from '../../support/program.ts';
import { startAlertmanager } from '../../support/prometheus.ts';
import { watchDemo } from './watch.ts';

describe('alerts', { timeout: 600_000 }, () => {
  test('while all is well nothing fires; each query of the runbooks is answered', async (context) => {
    const { prometheus, allAlerts } = await watchDemo(context, { step: null });
    const queries = readdirSync('docs/runbooks').flatMap((file) =>
      [...readFileSync(`docs/runbooks/${file}`, 'utf8').matchAll(/^```promql\n(.+?)```$/gms)].flatMap(([, block]) =>
        (block ?? '').split('\n').filter((line) => line !== ''),
      ),
    );
    assert.ok(queries.length >= 20, String(queries.length));
    for (const query of queries) await prometheus.query(query);
    await eventually('half an hour by the rules has passed', async () => {
      const [scrapes] = await prometheus.query('count_over_time(up[10m])');
      return (scrapes?.value ?? 0) >= 30 ? true : undefined;
    });
    assert.deepEqual(await allAlerts(), []);
  });

  test('NOMAD stops, while the demo lives on, and comes back', async (context) => {
    const { demo, pending, firing, resolved } = await watchDemo(context);
    const name = 'NomadUploadMonitorNomadUnreachable';
    await demo.stopNomad();
    const waiting = await pending(name);
    const { inPrometheus, inAlertmanager, mail } = await firing(name);
    const labels = { alertname: name, severity: 'critical', job: 'nomad-upload-monitor', instance: demo.target };
    const annotations = {
      summary: `The upload monitor ${demo.target} cannot see NOMAD`,
      description:
        'No poll has returned a complete listing for 10 minutes. Nothing is known about the uploads until then; what happens is reported when NOMAD can be reached again.',
      runbook: `docs/runbooks/${name}.md`,
    };
    assert.deepEqual(waiting.labels, labels);
    assert.deepEqual([inPrometheus.labels, inPrometheus.annotations], [labels, annotations]);
    assert.deepEqual([inAlertmanager.labels, inAlertmanager.annotations], [labels, annotations]);
    assert.deepEqual(mail.to, ['operators@lab.example']);
    for (const text of Object.values(annotations)) assert.ok(mail.html.includes(text), text);
    await demo.startNomad();
    await resolved(name);
  });

  test('the login is refused; it is mended, and the monitor started again as the runbook says', async (context) => {
    const { demo, firing, resolved, allFiring } = await watchDemo(context, { step: null });
    const name = 'NomadUploadMonitorLoginRefused';
    demo.setFault(({ path }) => ({
      status: 401,
      body: JSON.stringify({
        detail:
          path === '/auth/token'
            ? 'Incorrect username or password'
            : 'Could not validate credentials. The given token is invalid.',
      }),
    }));
    const { inAlertmanager } = await firing(name);
    assert.equal(inAlertmanager.labels['instance'], demo.target);
    assert.deepEqual(await allFiring(), [name]);
    demo.setFault(null);
    await demo.stopMonitor();
    await demo.startMonitor();
    await resolved(name);
  });

  test('an upload is stuck, and is reset by an administrator', async (context) => {
    const { demo, firing, resolved, allFiring } = await watchDemo(context, { step: null });
    const name = 'NomadUploadMonitorUploadStuck';
    const upload = addUpload(demo.world, 'lost-by-its-worker', Date.now(), { name: 'lost by its worker' });
    queue(demo.world, upload);
    start(upload);
    const { inAlertmanager } = await firing(name);
    assert.equal(inAlertmanager.annotations['summary'], `Uploads are stuck in NOMAD (1, ${demo.target})`);
    assert.deepEqual(await allFiring(), [name]);
    reset(upload);
    await resolved(name);
  });

  test('the mail server refuses a recipient; what was given up is tried again as the runbook says', async (context) => {
    const { demo, firing, resolved, allFiring } = await watchDemo(context, { step: null });
    const name = 'NomadUploadMonitorDeliveriesDead';
    const stranger = (address: string) =>
      address === 'ada@lab.example' ? { code: 550, message: 'unknown' } : undefined;
    demo.inbox.setHooks({ onRecipient: stranger });
    const upload = addUpload(demo.world, 'broken', Date.now(), { name: 'broken' });
    queue(demo.world, upload);
    fail(upload, Date.now(), ['parser raised system exit']);
    const { inAlertmanager } = await firing(name);
    assert.equal(inAlertmanager.labels['channel'], 'mail');
    assert.deepEqual(await allFiring(), [name]);
    demo.inbox.setHooks({});
    const retry = startProgram(context, demo.variables, ['--env-file', '/dev/null', 'outbox', 'retry', '--all']);
    assert.equal(await retry.ended, 0, retry.output());
    await resolved(name);
  });

  test('the monitor ends, and is started again', async (context) => {
    const { demo, pending, firing, resolved, allFiring } = await watchDemo(context, { step: null });
    const name = 'NomadUploadMonitorDown';
    await demo.stopMonitor();
    await pending(name);
    await firing(name);
    assert.deepEqual(await allFiring(), [name]);
    await demo.startMonitor();
    await resolved(name);
    assert.deepEqual(await allFiring(), []);
  });

  test('what another alert explains is kept back, for that monitor alone', async (context) => {
    const inbox = await startInbox();
    context.after(inbox.close);
    const alertmanager = await startAlertmanager({ smtp: `127.0.0.1:${inbox.port}` });
    context.after(alertmanager.close);
    const alertOf = (monitor: Readonly<Record<string, string>>) => (name: string, severity: string) => ({
      labels: { alertname: `NomadUploadMonitor${name}`, job: 'nomad-upload-monitor', severity, ...monitor },
    });
    const [a, b] = [alertOf({ instance: 'a' }), alertOf({ instance: 'b' })];
    const [shared, other] = [alertOf({ group: 'shared' }), alertOf({ group: 'other' })];
    const sent = await fetch(`http://${alertmanager.address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        a('NomadUnreachable', 'critical'),
        a('PollStale', 'warning'),
        b('PollStale', 'warning'),
        b('TokenExpiring', 'critical'),
        b('TokenExpiring', 'warning'),
        shared('NoLeader', 'critical'),
        shared('PollStale', 'warning'),
        other('PollStale', 'warning'),
      ]),
    });
    assert.equal(sent.status, 200);
    const kept = await eventually('three are kept back', async () => {
      const suppressed = (await alertmanager.alerts()).filter(({ status }) => status.state === 'suppressed');
      return suppressed.length >= 3 ? suppressed : undefined;
    });
    assert.deepEqual(
      kept
        .map(({ labels }) => `${labels['instance'] ?? labels['group']} ${labels['alertname']} ${labels['severity']}`)
        .toSorted(),
      [
        'a NomadUploadMonitorPollStale warning',
        'b NomadUploadMonitorTokenExpiring warning',
        'shared NomadUploadMonitorPollStale warning',
      ],
    );
    const five = await eventually('the other five are mailed', () =>
      inbox.mails.length >= 5 ? inbox.mails : undefined,
    );
    assert.ok(five.every(({ to }) => to.join() === 'operators@lab.example'));
  });
});

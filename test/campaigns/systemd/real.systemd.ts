// The units under a real systemd, as the first process of a machine of its own: what it is told, what it does with it, and what it lets the
// monitor do. Run by `npm run test:systemd` as root; not part of `npm test`, which runs anywhere.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fail } from '../../../src/demo/nomad-state.ts';
import { holdPolls } from '../../support/hold.ts';
import { type Site, openSite } from './site.ts';

const MONITOR = 'nomad-upload-monitor.service';
const CHECK = 'nomad-upload-monitor-check.service';
const STATE = '/var/lib/nomad-upload-monitor';
const GOOD = /^polled .* UTC: 1 upload, 0 failed, 0 stuck; 0 messages wait$/;

const LIMIT = { timeout: 120_000 };

describe('systemd', () => {
  let site: Site;
  before(async () => {
    site = await openSite();
  });
  beforeEach(() => site.clear());
  after(() => site.close());

  for (const unit of [MONITOR, 'nomad-upload-monitor@.service', CHECK]) {
    test(`${unit}: nothing to say against it, and exposed to at most 1.5 of 10`, LIMIT, async (context) => {
      const { run } = site.machine;
      assert.equal(await run(`systemd-analyze verify '${unit.replace('@', '@a')}'`), '');
      const path = `/etc/systemd/system/${unit}`;
      const analysis = await run(`systemd-analyze security --no-pager --offline=true --threshold=15 '${path}'`);
      const verdict = /Overall exposure level for .*: (\d\.\d)/.exec(analysis);
      context.diagnostic(`${unit}: ${verdict?.[1] ?? 'no figure'}`);
      assert.ok(Number(verdict?.[1]) <= 1.5, analysis);
    });
  }

  test(
    'started: active, with a line of the last poll; the state is for its user and the members of its group, and it has no rights',
    LIMIT,
    async () => {
      const { run, property, until } = site.machine;
      await site.configure();
      await run(`systemctl start ${MONITOR}`);
      assert.equal(await property(MONITOR, 'ActiveState'), 'active');
      await until(MONITOR, 'StatusText', GOOD);
      assert.match(
        await run(`systemctl status --no-pager ${MONITOR}`),
        /Status: "polled .*: 1 upload, 0 failed, 0 stuck; /,
      );
      assert.equal(
        await run(`stat -c '%U %a' ${STATE} ${STATE}/state.sqlite`),
        'nomad-upload-monitor 2770\nnomad-upload-monitor 660',
      );
      const status = await run(`cat /proc/$(systemctl show --value -p MainPID ${MONITOR})/status`);
      for (const line of [/^CapBnd:\s+0+$/m, /^NoNewPrivs:\s+1$/m, /^Seccomp:\s+2$/m]) assert.match(status, line);
      const metrics = await (await fetch(`http://127.0.0.1:${site.port}/metrics`)).text();
      for (const name of [
        'process_resident_memory_bytes',
        'process_open_fds',
        'nodejs_eventloop_lag_seconds',
        'nomad_up 1',
      ])
        assert.match(metrics, new RegExp(`^nomad_upload_monitor_${name}`, 'm'));
    },
  );

  test('it is starting, not started, until it says that it is ready', LIMIT, async () => {
    const { run, property, until } = site.machine;
    await site.configure();
    await run('mkfifo /run/gate');
    await site.dropIn(MONITOR, [
      'ExecStart=',
      'ExecStart=/bin/sh -c "read word < /run/gate; exec /usr/bin/nomad-upload-monitor run"',
    ]);
    await run(`systemctl start --no-block ${MONITOR}`);
    await until(MONITOR, 'MainPID', /^[1-9]/);
    assert.equal(await property(MONITOR, 'ActiveState'), 'activating');
    await run('echo go > /run/gate');
    await until(MONITOR, 'ActiveState', /^active$/);
    await run('rm /run/gate');
  });

  test('a wrong configuration: never ready, and 2 is not tried again', LIMIT, async () => {
    const { run, property, messages, said } = site.machine;
    await site.configure({ NOMAD_USERNAME: 'ada' });
    await run(`systemctl start ${MONITOR}`, 1);
    await said(MONITOR, /^NOMAD_PASSWORD: /);
    await said(MONITOR, /Failed with result 'exit-code'/);
    assert.deepEqual(
      await Promise.all(['ActiveState', 'ExecMainStatus', 'NRestarts'].map((name) => property(MONITOR, name))),
      ['failed', '2', '0'],
    );
    assert.ok(!messages(MONITOR).some((message) => /^Started|restart job/.test(message)));
  });

  test('a state that cannot be used: never ready, tried again, and no more than the limit allows', LIMIT, async () => {
    const { run, property, messages, said } = site.machine;
    await site.configure();
    await run(`install -d -m 0700 -o nomad-upload-monitor ${STATE} && echo nonsense > ${STATE}/state.sqlite`);
    await site.dropIn(MONITOR, ['RestartSec=1ms']);
    await run(`systemctl start ${MONITOR}`, 1);
    await said(MONITOR, /Start request repeated too quickly/);
    assert.equal(await property(MONITOR, 'ExecMainStatus'), '5');
    assert.equal(await property(MONITOR, 'NRestarts'), '5');
    assert.ok(!messages(MONITOR).some((message) => message.startsWith('Started')));
  });

  test('4 is not tried again either', LIMIT, async () => {
    const { run, property, said } = site.machine;
    await site.dropIn(MONITOR, ['ExecStart=', 'ExecStart=/bin/sh -c "exit 4"']);
    await run(`systemctl start ${MONITOR}`, 1);
    await said(MONITOR, /Failed with result 'exit-code'/);
    assert.deepEqual([await property(MONITOR, 'ExecMainStatus'), await property(MONITOR, 'NRestarts')], ['4', '0']);
  });

  test('it is frozen: the watchdog ends it, and it is started again', LIMIT, async () => {
    const { run, until, said } = site.machine;
    await site.configure();
    await site.dropIn(MONITOR, ['WatchdogSec=4s', 'RestartSec=1ms', 'TimeoutAbortSec=2s']);
    await run(`systemctl start ${MONITOR}`);
    await until(MONITOR, 'StatusText', GOOD);
    const first = await run(`systemctl show --value -p WatchdogTimestampMonotonic ${MONITOR}`);
    await until(MONITOR, 'WatchdogTimestampMonotonic', new RegExp(`^(?!${first}$)`));
    await run(`kill -STOP $(systemctl show --value -p MainPID ${MONITOR})`);
    await said(MONITOR, /Watchdog timeout/);
    await said(MONITOR, /Failed with result 'watchdog'/);
    await until(MONITOR, 'NRestarts', /^1$/);
    await until(MONITOR, 'StatusText', GOOD);
  });

  test(
    'one loop is frozen in a process that lives: it says which, the watchdog ends it, and it is started again',
    LIMIT,
    async () => {
      const { run, write, until, said } = site.machine;
      await site.configure();
      // By what passes, it is 31 minutes later when the file is there: longer than a poll may take.
      const hurry = `import { existsSync } from 'node:fs';
      const now = performance.now.bind(performance);
      performance.now = () => now() + (existsSync('/run/later') ? 31 * 60_000 : 0);`;
      await write('/run/hurry.mjs', hurry);
      await site.dropIn(MONITOR, [
        'WatchdogSec=4s',
        'RestartSec=1ms',
        'Environment=NODE_OPTIONS=--import=/run/hurry.mjs',
      ]);
      await run(`systemctl start ${MONITOR}`);
      await until(MONITOR, 'StatusText', GOOD);
      const poll = holdPolls(site.nomad);
      await poll.held;
      await run('touch /run/later');
      await said(MONITOR, /"loops":\["poll"\].*the watchdog is not notified/);
      await said(MONITOR, /Watchdog timeout/);
      await run('rm /run/later');
      poll.release();
      await until(MONITOR, 'NRestarts', /^1$/);
      await until(MONITOR, 'StatusText', GOOD);
    },
  );

  test('reload: the rules are read again, and a wrong file leaves it as it was', LIMIT, async () => {
    const { run, write, property, until, said } = site.machine;
    const rules = '/etc/nomad-upload-monitor/rules.yaml';
    await write(rules, 'quiet: []\n');
    await site.configure({ ...site.login, RULES_FILE: rules });
    await run(`systemctl start ${MONITOR}`);
    await until(MONITOR, 'StatusText', GOOD);
    await write(rules, 'quiet: [{ days: [sat] }]\n');
    await run(`systemctl reload ${MONITOR}`);
    await said(MONITOR, /"quiet":1.*the rules file was reloaded/);
    await said(MONITOR, /^Reloaded /);
    await until(MONITOR, 'ActiveState', /^active$/);
    await write(rules, 'quiet: [{ days: [noday] }]\n');
    await run(`systemctl reload ${MONITOR}`);
    await said(MONITOR, /the rules file is invalid/);
    await until(MONITOR, 'ActiveState', /^active$/);
    assert.equal(await property(MONITOR, 'NRestarts'), '0');
  });

  test('stopped: it ends by itself, with 0', LIMIT, async () => {
    const { run, property, until, said } = site.machine;
    await site.configure();
    await run(`systemctl start ${MONITOR}`);
    await until(MONITOR, 'StatusText', GOOD);
    await run(`systemctl stop ${MONITOR}`);
    await said(MONITOR, /"msg":"ended"/);
    assert.deepEqual(
      await Promise.all(['ActiveState', 'Result', 'ExecMainStatus'].map((name) => property(MONITOR, name))),
      ['inactive', 'success', '0'],
    );
  });

  test('a secret as a credential, by the drop-in; without its file systemd does not start it', LIMIT, async () => {
    const { run, until, write, said } = site.machine;
    const { NOMAD_USERNAME, NOMAD_PASSWORD } = site.login;
    await site.configure({ NOMAD_USERNAME });
    await site.example(MONITOR, 'credentials.conf');
    await site.dropIn(MONITOR, ['Restart=no']);
    await run(`systemctl start ${MONITOR}`, 1);
    await said(MONITOR, /CREDENTIALS|credentials/);
    const file = '/etc/nomad-upload-monitor/credentials/nomad_password';
    await write(file, `${NOMAD_PASSWORD}\n`);
    await run(`chmod 0600 ${file}; chmod 0700 $(dirname ${file})`);
    await run(`systemctl start ${MONITOR}`);
    await until(MONITOR, 'StatusText', GOOD);
  });

  test('TLS with an authority of our own, by NODE_EXTRA_CA_CERTS', LIMIT, async () => {
    const { run, until, said } = site.machine;
    const [key, certificate] = ['/run/key.pem', '/etc/nomad-upload-monitor/ca.pem'];
    await run(
      `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${certificate}`,
    );
    await run(`chgrp nomad-upload-monitor ${certificate}; chmod 0640 ${certificate}`);
    const server = createServer(
      { key: await run(`cat ${key}`), cert: await run(`cat ${certificate}`) },
      (_, response) => response.end('ok'),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const beat = once(server, 'request');
    await site.configure({ ...site.login, HEARTBEAT_URL: `https://localhost:${port}/beat` });
    await run(`systemctl start ${MONITOR}`);
    await said(MONITOR, /HEARTBEAT_URL does not accept the heartbeat/);
    await site.dropIn(MONITOR, [`Environment=NODE_EXTRA_CA_CERTS=${certificate}`]);
    await run(`systemctl restart ${MONITOR}`);
    await beat;
    await until(MONITOR, 'StatusText', GOOD);
    server.close();
    server.closeAllConnections();
  });

  test('two accounts side by side, and a third by the unit of one: a port and a state each', LIMIT, async () => {
    const { run, property, until } = site.machine;
    for (const name of ['a', 'b']) {
      await site.configure(site.login, `${name}.env`);
      await run(`systemctl start nomad-upload-monitor@${name}`);
    }
    for (const name of ['a', 'b']) {
      await until(`nomad-upload-monitor@${name}.service`, 'StatusText', GOOD);
      assert.equal(await run(`stat -c '%U %a' ${STATE}/${name}`), 'nomad-upload-monitor 2770');
      assert.equal(await run(`test -s ${STATE}/${name}/state.sqlite && echo there`), 'there');
    }
    assert.equal(
      await property('nomad-upload-monitor@a.service', 'Description'),
      'Watches the uploads of a NOMAD account (a)',
    );
    await run('systemctl start nomad-upload-monitor@nobody', 1);
    // The one monitor, whose state is in the folder above theirs.
    await site.configure();
    await run(`systemctl start ${MONITOR} && systemctl restart nomad-upload-monitor@a`);
    for (const unit of [MONITOR, 'nomad-upload-monitor@a.service', 'nomad-upload-monitor@b.service'])
      await until(unit, 'StatusText', GOOD);
  });

  test('a clone, by the drop-in', LIMIT, async () => {
    const { run, until } = site.machine;
    await site.configure();
    await site.example(MONITOR, 'clone.conf');
    assert.equal(await run(`systemd-analyze verify ${MONITOR}`), '');
    await run(`systemctl start ${MONITOR}`);
    await until(MONITOR, 'StatusText', GOOD);
  });

  test('the check by the timer: well, beside the monitor, and failed when an upload is', LIMIT, async () => {
    const { run, property, until, said, forget } = site.machine;
    await site.configure();
    await run(`systemctl start ${MONITOR} nomad-upload-monitor-check.timer`);
    assert.match(await run('systemctl list-timers --no-pager'), /nomad-upload-monitor-check\.service/);
    await until(MONITOR, 'StatusText', GOOD);
    await run(`systemctl start ${CHECK}`);
    await said(CHECK, /^NOMAD OK/);
    assert.equal(await property(CHECK, 'Result'), 'success');
    await forget();
    for (const upload of site.nomad.world.uploads.values()) fail(upload, Date.now(), ['E']);
    await run(`systemctl start ${CHECK}`, 1);
    await said(CHECK, /^NOMAD CRITICAL/);
    assert.deepEqual([await property(CHECK, 'Result'), await property(CHECK, 'ExecMainStatus')], ['exit-code', '2']);
    assert.match(await run('systemctl --failed --no-pager'), /nomad-upload-monitor-check\.service/);
    await until(MONITOR, 'StatusText', /: 1 upload, 1 failed, 0 stuck; /);
  });
});

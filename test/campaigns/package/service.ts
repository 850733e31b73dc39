// The .deb under a real systemd (test/campaigns/systemd): not started before it is configured, restarted by an upgrade, stopped by a removal; in each instance.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Site, openSite } from '../systemd/site.ts';

const NAME = 'nomad-upload-monitor';
const UNITS = [NAME, `${NAME}@b`, `${NAME}-check.timer`];
/** What the machine was made with, in place of a package; and what would forbid the start of services in a container. */
const UNDO = [
  `umount /usr/lib/${NAME} /opt/${NAME}`,
  `rm -rf /usr/lib/${NAME} /usr/bin/${NAME} /etc/${NAME} /etc/systemd/system/${NAME}* /usr/lib/sysusers.d/${NAME}.conf`,
  'rm -f /usr/sbin/policy-rc.d',
  'systemctl daemon-reload',
].join(' && ');

export async function serviceWorks(deb: string, newer: string): Promise<void> {
  // The machine has a /tmp of its own.
  const folder = mkdtempSync(`/var/tmp/${NAME}-`);
  copyFileSync(deb, join(folder, 'old.deb'));
  copyFileSync(newer, join(folder, 'new.deb'));
  const site = await openSite();
  try {
    await live(site, folder);
  } finally {
    await site.close();
    rmSync(folder, { recursive: true });
  }
}

async function live(site: Site, folder: string): Promise<void> {
  const { run, property } = site.machine;
  await run(UNDO);
  await run(`dpkg -i ${folder}/old.deb`);
  assert.equal(await property(NAME, 'ActiveState'), 'inactive');

  await site.configure();
  await run(`sed 's/^HTTP_PORT=.*/HTTP_PORT=0/' /etc/${NAME}/env > /etc/${NAME}/b.env`);
  await run(`systemctl enable ${NAME} && systemctl start ${UNITS.join(' ')}`);
  const before = await processes(site);
  // Made for its group, also where it is systemd that makes it; and a command by hand finds it.
  for (const folder of [`/var/lib/${NAME}`, `/var/lib/${NAME}/b`])
    assert.equal(await run(`stat -c '%a %U:%G' ${folder}`), `2770 ${NAME}:${NAME}`);
  await run(`${NAME} outbox && ${NAME} --env-file /etc/${NAME}/b.env outbox`);

  await run(`dpkg -i ${folder}/new.deb`);
  assert.deepEqual(await states(site), ['active', 'active', 'active']);
  const after = await processes(site);
  for (const [index, pid] of before.entries()) assert.notEqual(after[index], pid);

  await run(`dpkg -r ${NAME}`);
  assert.deepEqual(await states(site), ['inactive', 'inactive', 'inactive']);
  await run(`test -s /var/lib/${NAME}/state.sqlite -a -s /var/lib/${NAME}/b/state.sqlite -a -s /etc/${NAME}/b.env`);
  await run(`dpkg -P ${NAME}`);
  assert.equal(
    await run(`ls -d /var/lib/${NAME} /etc/${NAME} /etc/systemd/system/*.wants/${NAME}* 2>/dev/null`, 2),
    '',
  );
}

function processes({ machine }: Site): Promise<readonly string[]> {
  return Promise.all(UNITS.slice(0, 2).map((unit) => machine.property(unit, 'MainPID')));
}

function states({ machine }: Site): Promise<readonly string[]> {
  return Promise.all(UNITS.map((unit) => machine.property(unit, 'ActiveState')));
}

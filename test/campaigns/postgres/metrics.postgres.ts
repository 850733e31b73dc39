// What two real instances on one database tell Prometheus: which group they are, which of them leads, and that only that one tells what they have
// in common; before and after a takeover; and that one which stands by is ready and has pages.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload, fail } from '../../../src/demo/nomad-state.ts';
import { eventually } from '../../support/eventually.ts';
import { startServer } from '../../support/postgres.ts';
import { type Program, startProgram } from '../../support/program.ts';

const server = await startServer();
after(() => server.remove());

/** By name, with labels, but without the prefix. */
async function told({ url }: Program): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(new URL('/metrics', await url()))).text();
  return new Map(
    [...text.matchAll(/^nomad_upload_monitor_(\S+) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
}

test('both name the same group; one leads, and tells of the uploads; then the other one does', async (context) => {
  const nomad = await startSimulatedNomad();
  context.after(() => nomad.close());
  fail(addUpload(nomad.world, 'batch-42', Date.now(), { name: 'batch-42' }), Date.now(), ['KeyError: x']);
  const { user, password, database, hosts } = await server.database();
  const [host] = hosts;
  const env = {
    NOMAD_URL: nomad.url,
    SMTP_URL: 'smtp://127.0.0.1:1',
    DATABASE_URL: `postgres://${user}:${encodeURIComponent(password ?? '')}@${host?.host}:${host?.port}/${database}`,
  };
  const isSeen = (metrics: ReadonlyMap<string, number>) => metrics.get('nomad_up') === 1;
  const leads = (program: Program) =>
    eventually('it leads and sees NOMAD', async () => {
      const metrics = await told(program);
      return metrics.get('leader') === 1 && isSeen(metrics) ? metrics : undefined;
    });
  const first = startProgram(context, env);
  const leader = await leads(first);
  const second = startProgram(context, env);
  const standby = await told(second);

  const groupOf = (metrics: ReadonlyMap<string, number>) =>
    [...metrics.keys()].filter((name) => name.startsWith('shared_state_info'));
  assert.match(groupOf(leader).join(), /^shared_state_info\{group="[0-9a-f]{8}"\}$/);
  assert.deepEqual(groupOf(standby), groupOf(leader));
  assert.equal(standby.get('leader'), 0);
  const common = ['nomad_up', 'uploads_by_condition{condition="failed"}', 'deliveries_pending{channel="mail"}'];
  for (const name of common) {
    assert.ok(leader.has(name), name);
    assert.ok(!standby.has(name), name);
  }

  // One that stands by is ready while the state can be written, and its page shows what the leader stored.
  const ask = async (path: string) => {
    const answer = await fetch(new URL(path, await second.url()));
    return { status: answer.status, text: await answer.text() };
  };
  assert.equal((await ask('/readyz')).status, 200);
  assert.match((await ask('/')).text, /batch-42/);
  assert.match((await ask('/')).text, /This instance[\s\S]*on standby/);
  assert.match((await ask('/api/v1/status')).text, /"stands_by":true/);
  assert.match((await ask('/api/v1/uploads')).text, /"upload_name":"batch-42"/);
  assert.ok(second.output().includes('another instance leads: this one is on standby'));

  first.child.kill('SIGKILL');
  const later = await leads(second);
  assert.equal(later.get('uploads_by_condition{condition="failed"}'), 1);
  assert.deepEqual(groupOf(later), groupOf(leader));
});

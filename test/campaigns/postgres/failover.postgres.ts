// What happens when a leader, its way to the database or the database goes away: who takes over and when, and that nothing is lost or told twice.
// Run by `npm run test:postgres`; the table of docs/high-availability.md is what it prints.
import assert from 'node:assert/strict';
import { after, describe, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startToxiproxy } from '../network/toxiproxy.ts';
import { type Server, startReplica, startServer } from '../../support/postgres.ts';
import { type Pair, openPair, until } from './pair.ts';

interface Cut {
  readonly name: string;
  readonly cut: (pair: Pair, server: Server) => Promise<unknown>;
  /** After the takeover: makes it whole again, as far as it can be. */
  readonly mend: (pair: Pair) => Promise<unknown>;
  /** Whether the standby has to take over. When not, either may lead, and all has to go on. */
  readonly movesTheLead: boolean;
  /** It is done to the server itself: others need another one. */
  readonly ownServer?: true;
}

const LONGEST = 15;
const PROMOTED = 'primary killed, its replica promoted 3 s later';
const silence = { type: 'timeout', attributes: { timeout: 0 } } as const;
const nothing = () => Promise.resolve();
const signal = (name: NodeJS.Signals) => (pair: Pair) => Promise.resolve(pair.leader.program.child.kill(name));
/** Nothing comes through any more, and no connection ends. */
const freeze = async ({ leader }: Pair) => {
  await leader.database.add({ ...silence, stream: 'upstream' });
  await leader.database.add({ ...silence, stream: 'downstream' });
};
const off = ({ leader }: Pair) => leader.database.switch(false);
const mended = ({ leader }: Pair) => leader.database.mend();

const CUTS: readonly Cut[] = [
  { name: 'leader killed (SIGKILL)', cut: signal('SIGKILL'), mend: nothing, movesTheLead: true },
  { name: 'leader ended (SIGTERM)', cut: signal('SIGTERM'), mend: nothing, movesTheLead: true },
  {
    name: 'leader stopped (SIGSTOP), woken later',
    cut: signal('SIGSTOP'),
    mend: signal('SIGCONT'),
    movesTheLead: true,
  },
  {
    name: 'leader cut off from the database, silently',
    cut: freeze,
    mend: mended,
    movesTheLead: true,
  },
  {
    name: 'leader cut off from the database, refused',
    cut: off,
    mend: mended,
    movesTheLead: true,
  },
  {
    name: "the leader's sessions ended by an administrator",
    async cut(pair, server) {
      const admin = server.admin(pair.target.database);
      await admin.rows(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      await admin.close();
    },
    mend: nothing,
    movesTheLead: false,
  },
  {
    name: 'PostgreSQL restarted',
    async cut(_pair, server) {
      await server.stop('SIGINT');
      await server.start();
    },
    mend: nothing,
    movesTheLead: false,
    ownServer: true,
  },
  {
    name: 'PostgreSQL killed (SIGKILL), away for 5 s',
    async cut(_pair, server) {
      await server.stop('SIGKILL');
      await delay(5000);
      await server.start();
    },
    mend: nothing,
    movesTheLead: false,
    ownServer: true,
  },
];

const toxiproxy = await startToxiproxy(process.env['TOXIPROXY'] ?? '');
const server = await startServer({ durable: true });
const rows: string[] = [];
after(async () => {
  await server.remove();
  await toxiproxy.stop();
  process.stdout.write(
    `\n| cut | takes over | told again after | lost | twice |\n| --- | --: | --: | --: | --: |\n${rows.join('\n')}\n`,
  );
});

// They mostly wait: three at a time.
describe('failover', { concurrency: 3, timeout: 600_000 }, () => {
  for (const cut of CUTS) {
    test(cut.name, async (context) => {
      const own = cut.ownServer === true ? await startServer({ durable: true }) : server;
      if (own !== server) context.after(() => own.remove());
      const target = await own.database();
      await play(cut, own, await openPair(context, { toxiproxy, target, ports: [own.port] }));
    });
  }
  test(PROMOTED, promoted);
});

async function promoted(context: TestContext): Promise<void> {
  const primary = await startServer({ durable: true });
  const replica = await startReplica(primary);
  context.after(async () => {
    await replica.remove();
    await primary.remove();
  });
  const { hosts, ...target } = await primary.database();
  const both = { ...target, hosts: [...hosts, { host: '127.0.0.1', port: replica.port }] };
  const pair = await openPair(context, { toxiproxy, target: both, ports: [primary.port, replica.port] });
  const cut = async () => {
    await primary.stop('SIGKILL');
    await delay(3000);
    const admin = replica.admin();
    await admin.rows('SELECT pg_promote()');
    await admin.close();
  };
  await play({ name: PROMOTED, cut, mend: nothing, movesTheLead: false }, primary, pair);
}

async function play({ name, cut, mend, movesTheLead }: Cut, at: Server, pair: Pair): Promise<void> {
  const { leader, standby } = pair;
  pair.failUpload('before');
  await pair.told('before');

  const cutAt = performance.now();
  await cut(pair, at);
  pair.failUpload('during');
  if (movesTheLead) await until(() => standby.led() > 0, 'nobody takes over');
  const tookOver = (performance.now() - cutAt) / 1000;
  await pair.told('during');
  const toldAfter = (performance.now() - cutAt) / 1000;
  await mend(pair);
  pair.failUpload('after');
  await pair.told('after');
  await pair.atRest();
  // What a woken leader still wanted to do, it does now.
  await delay(4000);

  const counts = ['before', 'during', 'after'].map(pair.count);
  const lost = counts.filter((count) => count === 0).length;
  const twice = counts.filter((count) => count > 1).length;
  const moved = movesTheLead ? `${tookOver.toFixed(1)} s` : '–';
  rows.push(`| ${name} | ${moved} | ${toldAfter.toFixed(1)} s | ${lost} | ${twice} |`);
  assert.deepEqual(counts, [1, 1, 1], `${leader.program.output()}\n---\n${standby.program.output()}`);
  if (movesTheLead) assert.ok(tookOver <= LONGEST, `took over after ${tookOver} s`);
}

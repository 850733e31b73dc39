// What the same accounts need of PostgreSQL: connections, and memory of the server with all that belongs to it.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startServer } from '../../test/support/postgres.ts';
import { ACCOUNTS, FACTOR, PROCESSES, UPLOADS, megabytes, startApart, startTogether } from '../group.ts';
import { type Monitor, until } from '../monitor.ts';
import { startNomad } from '../nomad.ts';
import type { Measurement } from '../row.ts';

/** Until every account was polled. */
const BEFORE = 120_000;
const TIMES = 5;

export const accountsPostgres: Measurement = {
  rows: [
    {
      name: 'accounts-connections',
      what: `connections to PostgreSQL of one process with ${ACCOUNTS} accounts`,
      goal: { is: 'at most', value: 5, unit: '' },
    },
    {
      name: 'accounts-postgres',
      what: 'memory of PostgreSQL: a process for each / one process for all',
      goal: { is: 'at least', value: 20, unit: '×' },
    },
  ],
  async measure() {
    const nomad = await startNomad({ uploads: UPLOADS, users: ACCOUNTS });
    const servers = [await startServer({ durable: true }), await startServer({ durable: true })] as const;
    const [together, apart] = await Promise.all(servers.map(addressIn));
    const monitors: readonly Monitor[] = [
      await startTogether(nomad, { DATABASE_URL: together ?? '' }),
      ...(await startApart(nomad, { DATABASE_URL: apart ?? '' })),
    ];
    for (const { url } of monitors) await until(async () => (await fetch(`${url}/readyz`)).ok, 300);
    await sleep(BEFORE);
    const uses: (readonly Use[])[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      uses.push(await Promise.all(servers.map(useOf)));
      await sleep(10_000);
    }
    await Promise.all(monitors.map((monitor) => monitor.stop()));
    await Promise.all(servers.map((server) => server.remove()));
    await nomad.stop();
    const [one = [], each = []] = [0, 1].map((side) => uses.map((both) => both[side] ?? NONE));
    const last = each.at(-1) ?? NONE;
    return [
      {
        kind: 'measured',
        values: one.map(({ connections }) => connections),
        note: `${PROCESSES} processes have ${last.connections}, times ${FACTOR}`,
      },
      {
        kind: 'measured',
        values: one.map(({ memory }, index) => ((each[index] ?? NONE).memory * FACTOR) / memory),
        note: `what is shared counted once: one process ${(one.at(-1) ?? NONE).memory.toFixed(0)} MB, ${PROCESSES} processes ${last.memory.toFixed(0)} MB, times ${FACTOR}`,
      },
    ];
  },
};

interface Use {
  readonly connections: number;
  /** Of the server's processes, what they share counted once, MB. */
  readonly memory: number;
}

const NONE: Use = { connections: 0, memory: 0 };

async function addressIn(server: Server): Promise<string> {
  const { user, password, database } = await server.database();
  return `postgres://${user}:${encodeURIComponent(password ?? '')}@127.0.0.1:${server.port}/${database}?sslmode=disable`;
}

async function useOf(server: Server): Promise<Use> {
  const admin = server.admin();
  const rows = await admin.rows("SELECT 1 FROM pg_stat_activity WHERE usename = 'monitor'");
  await admin.close();
  const pid = server.process().pid ?? 0;
  const memory = [pid, ...childrenOf(pid)].reduce((sum, each) => sum + memoryOf(each), 0);
  return { connections: rows.length, memory };
}

/** Some, as those that clean up, are gone before they are looked at. */
function memoryOf(pid: number): number {
  try {
    return megabytes(pid, 'smaps_rollup', 'Pss');
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const text = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')).join(' ');
  return text.split(' ').filter(Boolean).map(Number);
}

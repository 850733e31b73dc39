// What instances cost a PostgreSQL server while little happens: `npm run cost:postgres -- INSTANCES SECONDS`. Two processes hold half of them
// each; every instance leads an account of its own with 300 uploads, polls each minute and looks each 5 s what there is to send.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { openPostgres } from '../../../src/store/postgres/state.ts';
import { event, watched } from '../../support/builders.ts';
import { type Server, startServer } from '../../support/postgres.ts';

const URL = 'https://n/api/v1';
const UPLOADS = 300;
const POLL = 60_000;
const counted = { commits: 0, failed: 0, longest: 0 };

/** What fails is tried again when it is due again, as the program does. */
function each(period: number, offset: number, work: () => Promise<unknown>): void {
  const run = () => void work().catch(() => (counted.failed += 1));
  setTimeout(() => {
    run();
    setInterval(run, period);
  }, offset);
}

async function open(target: DatabaseTarget, number: number): Promise<void> {
  const [login, user] = [`${URL} token ${number}`, `user ${number}`];
  const instance = openPostgres({
    target,
    login,
    instance: user,
    clock: Date.now,
    monotonic: () => performance.now(),
    warn: () => undefined,
    onLead: () => undefined,
  });
  const { store, leadership } = instance;
  await instance.open();
  await leadership.tick();
  each(2000, 2000, () => leadership.tick());
  const { id: account } = await store.openAccount(URL, user, Date.now());
  let sequence: number | null = null;
  const commit = async (changed: readonly string[]) => {
    const [now, begun] = [Date.now(), performance.now()];
    const events = sequence === null ? [] : changed.map((id) => event({ id: `${user} ${sequence} ${id}`, time: now }));
    const told = { channel: 'mail', recipient: 'ada@lab.example' } as const;
    await store.commitPoll({
      account,
      login,
      health: HEALTHY,
      comparedWith: sequence,
      takenAt: now,
      changed: changed.map((id) => watched({ id, errors: [String(now)] })),
      removed: [],
      events,
      notifications: events.map(({ id }) => ({ ...told, eventId: id })),
      now,
    });
    sequence = (sequence ?? 0) + 1;
    counted.commits += 1;
    counted.longest = Math.max(counted.longest, performance.now() - begun);
    await store.formDeliveries(
      events.map(({ id }) => ({ ...told, id: `of ${id}`, account, eventIds: [id] })),
      now,
    );
  };
  await commit(Array.from({ length: UPLOADS }, (_, index) => `u${index}`));
  each(POLL, (number * 299) % POLL, () => commit(['u1', 'u2'].slice(0, (sequence ?? 0) % 3)));
  for (const channel of ['mail', 'webhook', 'chat'] as const) {
    each(5000, (number * 37) % 5000, async () => {
      const now = Date.now();
      await store.loadQueue(now);
      for (const { id } of await store.claimDeliveries(channel, now, now + POLL, 4)) {
        await store.settleDelivery(id, { result: 'delivered', at: Date.now() });
      }
    });
  }
}

/** One of the two processes. */
async function hold(target: DatabaseTarget, from: number, count: number): Promise<void> {
  for (let number = from; number < from + count; number += 1) await open(target, number);
  process.on('message', () => {
    process.send?.(counted, () => process.exit());
  });
  process.send?.('open');
}

/** Of the server and its processes: memory that is its own part, and processor time. */
function costOf(server: Server): { readonly megabytes: number; readonly seconds: number } {
  const main = String(server.process().pid);
  const below = execFileSync('ps', ['-o', 'pid=', '--ppid', main], { encoding: 'utf8' }).trim().split(/\s+/);
  let [kilobytes, ticks] = [0, 0];
  for (const pid of [main, ...below]) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return { megabytes: Math.round(kilobytes / 1024), seconds: ticks / 100 };
}

async function measure(instances: number, seconds: number): Promise<void> {
  const settings = `max_connections = ${instances * 3 + 50}\nshared_buffers = 256MB`;
  const server = await startServer({ durable: true, settings });
  const target = await server.database();
  const admin = server.admin(target.database);
  const half = Math.ceil(instances / 2);
  const children = [0, half].map((from): ChildProcess =>
    spawn(process.execPath, [import.meta.filename, 'hold', JSON.stringify(target), String(from), String(half)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  // Every instance has polled once more, and has all the connections that it will have.
  await delay(POLL);
  const facts = async () => {
    const [row] = await admin.rows(
      `SELECT (SELECT wal_bytes::bigint FROM pg_stat_wal) AS wal, xact_commit AS transactions FROM pg_stat_database WHERE datname = $1`,
      target.database,
    );
    return { wal: Number(row?.['wal']), transactions: Number(row?.['transactions']), ...costOf(server) };
  };
  const before = await facts();
  const samples: (readonly [connections: number, active: number])[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const [row] = await admin.rows(
      `SELECT count(*) AS all, count(*) FILTER (WHERE state = 'active') AS active FROM pg_stat_activity
       WHERE datname = $1 AND usename <> 'postgres'`,
      target.database,
    );
    samples.push([Number(row?.['all']), Number(row?.['active'])]);
    await delay(500);
  }
  const after = await facts();
  const ends = await Promise.all(
    children.map(async (child) => {
      child.send('end');
      const [told] = (await once(child, 'message')) as [typeof counted];
      return told;
    }),
  );
  const active = samples.map(([, each]) => each);
  process.stdout.write(
    `${JSON.stringify(
      {
        instances,
        connections: Math.max(...samples.map(([all]) => all)),
        active: { mean: active.reduce((sum, each) => sum + each, 0) / active.length, limit: Math.max(...active) },
        megabytes: after.megabytes,
        cores: (after.seconds - before.seconds) / seconds,
        transactionsPerSecond: (after.transactions - before.transactions) / seconds,
        walBytesPerSecond: (after.wal - before.wal) / seconds,
        ends,
      },
      null,
      2,
    )}\n`,
  );
  await admin.close();
  await server.remove();
}

const [first = '200', second = '195', ...rest] = process.argv.slice(2);
if (first === 'hold') await hold(JSON.parse(second) as DatabaseTarget, Number(rest[0]), Number(rest[1]));
else await measure(Number(first), Number(second));

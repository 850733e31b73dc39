// Many logins on one database, two hundred of them with a million events: each statement reads what its own login has and no more, and
// nothing that one login does shows in, or changes, a row of another.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { EVENT_KINDS } from '../../../src/domain/event.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import type { OperatorStore } from '../../../src/store/operator.ts';
import type { Leadership } from '../../../src/store/leadership.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { type PostgresDatabase, openDatabase } from '../../../src/store/postgres/database.ts';
import { operatorStoreOn } from '../../../src/store/postgres/inspect.ts';
import { createPostgresLeadership } from '../../../src/store/postgres/leadership.ts';
import { migratePostgres } from '../../../src/store/postgres/migrate.ts';
import { databaseTime, type PostgresStore, createPostgresStore } from '../../../src/store/postgres/store.ts';
import type { Reader } from '../../../src/store/reader.ts';
import { createReader } from '../../../src/store/sql/reader.ts';
import { T0, event, watched } from '../../support/builders.ts';
import { startServer } from '../../support/postgres.ts';
import { type Explained, recording } from './recording.ts';

const server = await startServer({ settings: 'shared_buffers = 256MB' });
after(() => server.remove());

const URL = 'https://n/api/v1';
const LOGINS = 200;
const EVENTS = 5000;
const UPLOADS = 300;
/** Deliveries of an account: most were delivered; some wait, some are dead. */
const DELIVERIES = 1000;
const PENDING = 5;
const DEAD = 5;
const loginOf = (number: number) => `${URL} token ${number}`;

async function fill(db: PostgresDatabase): Promise<void> {
  const identity =
    "jsonb_set($1::jsonb, '{identity}', jsonb_build_object('userId', 'user ' || n, 'email', null))::text";
  await db.rows(
    `INSERT INTO login (login, health) SELECT '${URL} token ' || n, ${identity} FROM generate_series(1, ${LOGINS}) AS n`,
    JSON.stringify(HEALTHY),
  );
  await db.rows(
    `INSERT INTO account (id, deployment, user_id, created_at, sequence, taken_at) SELECT n, '${URL}', 'user ' || n, ${T0}, 1, ${T0} FROM generate_series(1, ${LOGINS}) AS n`,
  );
  await db.rows("SELECT setval(pg_get_serial_sequence('account', 'id'), 1000)");
  await db.rows(`INSERT INTO login_account SELECT '${URL} token ' || id, id FROM account`);
  await db.rows(
    `INSERT INTO upload SELECT id, 'u' || u, $1 FROM account, generate_series(1, ${UPLOADS}) AS u`,
    JSON.stringify(watched()),
  );
  // As time brings them: the accounts' events are among one another.
  const document = JSON.stringify(event());
  for (let from = 0; from < EVENTS; from += 1000) {
    await db.rows(
      `INSERT INTO event (id, account_id, kind, time, upload_id, document)
       SELECT 'e' || id || ' ' || e, id, CASE e % 4 WHEN 0 THEN 'upload.failed' WHEN 1 THEN 'upload.succeeded' ELSE 'upload.started' END,
              ${T0} + e * 60000, 'u' || (1 + e % ${UPLOADS}), $1
       FROM generate_series(${from + 1}, ${from + 1000}) AS e, account ORDER BY e, id`,
      document,
    );
  }
  await db.rows(
    `INSERT INTO delivery (id, account_id, channel, recipient, state, created_at, due_at, started, settled_at)
     SELECT 'd' || id || ' ' || d, id, 'mail', 'ada@lab.example',
            CASE WHEN d > ${DELIVERIES - PENDING} THEN 'pending' WHEN d > ${DELIVERIES - PENDING - DEAD} THEN 'dead' ELSE 'delivered' END,
            ${T0} + d * 300000, ${T0} + d * 300000, 1, CASE WHEN d <= ${DELIVERIES - PENDING} THEN ${T0} + d * 300000 END
     FROM generate_series(1, ${DELIVERIES}) AS d, account ORDER BY d, id`,
  );
  await db.rows(
    `INSERT INTO notification (account_id, event_id, channel, recipient, created_at, delivery_id)
     SELECT id, 'e' || id || ' ' || (5 * d), 'mail', 'ada@lab.example', ${T0}, 'd' || id || ' ' || d
     FROM generate_series(1, ${DELIVERIES}) AS d, account ORDER BY d, id`,
  );
  await db.rows(
    `INSERT INTO notification (account_id, event_id, channel, recipient, created_at)
     SELECT id, 'e' || id || ' ' || e, 'webhook', 'w', ${T0} FROM generate_series(${EVENTS - 9}, ${EVENTS}) AS e, account`,
  );
  for (const table of ['ack', 'reminder'])
    await db.rows(`INSERT INTO ${table} SELECT id, 'u' || u, ${T0} FROM account, generate_series(1, 5) AS u`);
  await db.rows(`INSERT INTO mute SELECT id, 'u' || u, ${T0}, ${T0 + 1e12} FROM account, generate_series(1, 5) AS u`);
  await db.rows(
    `INSERT INTO refusal SELECT '${URL} user ' || n, ${T0} FROM generate_series(1, ${LOGINS}) AS n, generate_series(1, 5)`,
  );
}

interface Instance {
  readonly store: PostgresStore;
  readonly reader: Reader;
  readonly operator: OperatorStore;
  readonly leadership: Omit<Leadership, 'renew'>;
}

async function openInstance(db: PostgresDatabase, login: string): Promise<Instance> {
  const prepare = () => Promise.resolve();
  const options = { db, login, instance: `of ${login}`, clock: Date.now, monotonic: () => performance.now(), prepare };
  const leadership = createPostgresLeadership({ ...options, warn: () => undefined, onChange: () => undefined });
  await leadership.tick();
  return {
    leadership,
    store: createPostgresStore({ ...options, ...leadership, leaseTime: databaseTime }),
    reader: createReader(db, login),
    operator: operatorStoreOn(db, login),
  };
}

type Uses<Port> = Readonly<Record<Exclude<keyof Port, 'close'>, () => Promise<unknown>>>;

/** Every use-case of every port: one that is added and not named here does not compile. */
function usesOf({ store, reader, operator, leadership }: Instance, n: number) {
  const account = n;
  const [id, late] = [(d: number) => `d${n} ${d}`, T0 + EVENTS * 60_000];
  const told = { channel: 'mail', recipient: 'ada@lab.example' } as const;
  const health = { ...HEALTHY, identity: { userId: `user ${n}`, email: null } };
  const commit = {
    account,
    login: loginOf(n),
    health,
    events: [event({ id: `new ${n}` })],
    notifications: [{ ...told, eventId: `new ${n}` }],
    now: late,
  };
  const ofStore: Uses<PostgresStore> = {
    openAccount: () => store.openAccount(URL, `user ${n}`, T0),
    loadSnapshot: () => store.loadSnapshot(account),
    commitPoll: () =>
      store.commitPoll({
        ...commit,
        comparedWith: 1,
        takenAt: late,
        changed: [watched({ id: 'u1' })],
        removed: ['u2'],
      }),
    commitHealth: () => store.commitHealth({ ...commit, events: [event({ id: `health ${n}` })], notifications: [] }),
    loadHealth: () => store.loadHealth(loginOf(n)),
    async loadQueue() {
      await store.loadQueue(late);
      await store.loadQueue(late, 'webhook');
    },
    eventsOf: () => store.eventsOf(account, 'u1', 10),
    loadMutes: () => store.loadMutes(T0),
    formDeliveries: () => store.formDeliveries([{ ...told, id: `formed ${n}`, account, eventIds: [`new ${n}`] }], late),
    loadMemory: () => store.loadMemory(account),
    commitStanding: () =>
      store.commitStanding({
        account,
        deliveries: [{ ...told, id: `standing ${n}`, content: { kind: 'test' } }],
        reminded: ['u1'],
        summarised: new Map([['0 8 * * *', late]]),
        now: late,
      }),
    happened: () => store.happened(account, late - 86_400_000, late),
    claimDeliveries: () => store.claimDeliveries('mail', late, late + 60_000, 4),
    renewLeases: () => store.renewLeases(),
    async settleDelivery() {
      await store.settleDelivery(id(DELIVERIES), { result: 'delivered', at: late });
      await store.settleDelivery(id(DELIVERIES - 1), { result: 'dead', at: late, reason: '550' });
      await store.settleDelivery(id(DELIVERIES - 2), {
        result: 'retry',
        at: late,
        dueAt: late,
        notBefore: late,
        reason: '451',
      });
      await store.settleDelivery(id(DELIVERIES - 3), { result: 'held', dueAt: late });
    },
    outboxCounts: () => store.outboxCounts(),
    recentRefusals: () => store.recentRefusals(`${URL} user ${n}`, T0),
    addRefusal: () => store.addRefusal(`${URL} user ${n}`, late),
    shiftTimes: () => store.shiftTimes(0, late),
    async prune() {
      await store.prune(T0);
      await store.prune(T0 + 60_000_000);
    },
    runEnds: () => store.runEnds(account, ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8'], 50),
    shrink: () => store.shrink(),
    probe: () => store.probe(late),
  };
  const ofReader: Uses<Reader> = {
    account: () => reader.account(URL, `token ${n}`),
    snapshot: () => reader.snapshot(account),
    eventsOf: () => reader.eventsOf(account, 'u7', 50),
    runEnds: () =>
      reader.runEnds(
        account,
        Array.from({ length: UPLOADS }, (_, u) => `u${u + 1}`),
        10,
      ),
    newest: () => reader.newest(account, 0, 50),
    async events() {
      const wanted = { since: 0, kinds: [], uploadId: null, after: 0, limit: 100 };
      await reader.events(account, wanted);
      await reader.events(account, { ...wanted, since: late - 3_600_000, after: 900_000 });
      await reader.events(account, { ...wanted, kinds: ['upload.failed', 'upload.stuck'], uploadId: 'u7' });
    },
    receiptsOf: () => reader.receiptsOf(account, 'u7', 50),
    undelivered: () => reader.undelivered(late),
  };
  const ofOperator: Uses<OperatorStore> = {
    account: () => operator.account(URL, `token ${n}`),
    snapshot: () => operator.snapshot(account),
    async events() {
      await operator.events({ since: late - 86_400_000, uploadId: null, kinds: [] });
      await operator.events({ since: 0, uploadId: 'u7', kinds: ['upload.failed'] });
    },
    undelivered: () => operator.undelivered(late),
    delivered: () => operator.delivered(20),
    queue: () => operator.queue(late),
    retry: () => operator.retry([id(DELIVERIES - PENDING)], late),
    drop: () => operator.drop([id(DELIVERIES - PENDING - 1)], late),
    mute: () => operator.mute(account, ['u9'], late, late),
    unmute: () => operator.unmute(account, [], T0),
    ack: () => operator.ack(account, ['u9'], late),
  };
  const ofLeadership: Uses<Omit<Leadership, 'isLeading' | 'problem' | 'renew'>> = {
    tick: () => leadership.tick(),
  };
  return [
    ...Object.values(ofStore),
    ...Object.values(ofReader),
    ...Object.values(ofOperator),
    ...Object.values(ofLeadership),
  ];
}

test(
  'at a million events of two hundred logins each statement reads by an index, and no more than one account has',
  { timeout: 900_000 },
  async (context) => {
    const plain = openDatabase(await server.database(), 2);
    context.after(() => plain.close());
    await migratePostgres(plain);
    await fill(plain);
    await plain.rows('VACUUM ANALYZE');
    for (const table of ['event', 'delivery', 'notification', 'upload']) {
      const [size] = await plain.rows(`SELECT pg_total_relation_size('${table}') / count(*) AS bytes FROM ${table}`);
      context.diagnostic(`${table}: ${String(size?.['bytes'])} bytes a row, with its indexes`);
    }
    const { db, explained } = recording(plain);
    for (const number of [1, 100, 200]) {
      for (const use of usesOf(await openInstance(db, loginOf(number)), number)) await use();
    }
    /** The most rows that one account has, with what the uses add. */
    const limit: Readonly<Record<string, number>> = {
      event: EVENTS + 2,
      delivery: DELIVERIES + 2,
      notification: DELIVERIES + 11,
      upload: UPLOADS,
    };
    const found = [...explained()];
    const bad = (some: readonly Explained[]) =>
      some.flatMap(({ sql, scans }) =>
        scans
          .filter(({ how, table, rows }) => table in limit && (how === 'Seq Scan' || rows > (limit[table] ?? 0)))
          .map(({ how, table, rows }) => `${how} of ${table}, ${rows} rows: ${oneLine(sql)}`),
      );
    const slowest = found.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 10);
    for (const { sql, scans, milliseconds } of slowest) {
      context.diagnostic(
        `${milliseconds.toFixed(2)} ms, ${scans.map(({ table, rows }) => `${table} ${rows}`).join(', ')}: ${oneLine(sql)}`,
      );
    }
    context.diagnostic(`${new Set(found.map(({ sql }) => sql)).size} statements, run ${found.length} times`);
    assert.deepEqual([...new Set(bad(found))], []);

    // That it would be seen: what no index helps, and what is everybody's.
    await db.rows('SELECT 1 FROM upload WHERE document = $1', 'x');
    await db.rows('SELECT max(time) FROM event WHERE account_id > $1', 0);
    assert.deepEqual(
      explained()
        .slice(found.length)
        .map((each) => bad([each]).length > 0),
      [true, true],
    );
  },
);

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').slice(0, 160);
}

const PEOPLE = ['ada', 'grace', 'lise'] as const;
type Person = (typeof PEOPLE)[number];
const TABLES = ['upload', 'event', 'delivery', 'notification', 'mute', 'ack', 'reminder', 'summary'];

/** All rows of everybody but one, as text. */
async function rowsOfOthers(db: PostgresDatabase, login: string): Promise<readonly string[]> {
  const parts = [
    'SELECT login || row_to_json(t)::text AS row FROM login AS t WHERE login <> $1',
    "SELECT 'refusal' || row_to_json(t)::text FROM refusal AS t WHERE login <> $1",
    "SELECT 'account' || row_to_json(t)::text FROM account AS t WHERE id NOT IN (SELECT account_id FROM login_account WHERE login = $1)",
    ...TABLES.map(
      (table) =>
        `SELECT '${table}' || row_to_json(t)::text FROM ${table} AS t WHERE account_id NOT IN (SELECT account_id FROM login_account WHERE login = $1)`,
    ),
  ];
  const rows = await db.rows(`${parts.join(' UNION ALL ')} ORDER BY 1`, login);
  return rows.map((row) => String(row['row']));
}

interface Player extends Instance {
  readonly name: Person;
  readonly login: string;
  readonly account: number;
  sequence: number;
}

async function player(db: PostgresDatabase, name: Person): Promise<Player> {
  const login = `${URL} token ${name}`;
  await db.rows('INSERT INTO login (login) VALUES ($1)', login);
  const instance = await openInstance(db, login);
  const { id } = await instance.store.openAccount(URL, name, T0);
  return { ...instance, name, login, account: id, sequence: 0 };
}

/** What one login can do. The names of uploads and recipients are the same for all; ids of events and deliveries name whose they are. */
const MOVES: Readonly<Record<string, (player: Player, n: number, now: number) => Promise<unknown>>> = {
  async poll(player, n, now) {
    const { store, account, login, name, sequence } = player;
    const events = [
      event({
        id: `${name} e${sequence}`,
        time: now,
        upload: { ...event().upload, id: `u${n}`, author: name } as never,
      }),
    ];
    const notifications = (['mail', 'webhook'] as const).map((channel) => ({
      eventId: `${name} e${sequence}`,
      channel,
      recipient: `r${n % 2}`,
    }));
    const changed = [watched({ id: `u${n}` })];
    const health = { ...HEALTHY, identity: { userId: name, email: null } };
    await store.commitPoll({
      account,
      login,
      health,
      comparedWith: sequence === 0 ? null : sequence,
      takenAt: now,
      changed,
      removed: [`u${n + 1}`],
      events,
      notifications,
      now,
    });
    player.sequence += 1;
  },
  async form({ store, account, name }, _n, now) {
    const { waiting } = await store.loadQueue(now);
    await store.formDeliveries(
      waiting.map(({ channel, recipient, eventId }) => ({
        id: `${name} ${channel} ${eventId}`,
        account,
        channel,
        recipient,
        eventIds: [eventId],
      })),
      now,
    );
  },
  async send({ store }, n, now) {
    for (const { id } of await store.claimDeliveries('mail', now, now + 60_000, 2)) {
      if (n === 0) await store.settleDelivery(id, { result: 'delivered', at: now });
      if (n === 1) await store.settleDelivery(id, { result: 'dead', at: now, reason: '550' });
      if (n === 2)
        await store.settleDelivery(id, { result: 'retry', at: now, dueAt: now + 5, notBefore: now, reason: '451' });
    }
    await store.renewLeases();
  },
  remind: ({ store, account, name, sequence }, n, now) =>
    store.commitStanding({
      account,
      deliveries: [
        { id: `${name} s${sequence} ${now}`, channel: 'mail', recipient: `r${n % 2}`, content: { kind: 'test' } },
      ],
      reminded: [`u${n}`],
      summarised: new Map([['0 8 * * *', now]]),
      now,
    }),
  prune: ({ store }, _n, now) => store.prune(now),
  mute: ({ operator, account }, n, now) => operator.mute(account, n === 0 ? [] : [`u${n}`], now + n, now),
  unmute: ({ operator, account }, _n, now) => operator.unmute(account, [], now),
  ack: ({ operator, account }, n, now) => operator.ack(account, [`u${n}`], now),
  refuse: ({ store, login }, _n, now) => store.addRefusal(login, now),
  async handle({ operator, name }, n, now) {
    // Everybody's deliveries are named: only one's own are known.
    const ids = PEOPLE.flatMap((person) => [`${person} mail ${person} e${n}`, `${person} s1 ${now}`]);
    const handled = [await operator.retry(ids, now), await operator.drop(ids.slice(0, 3), now)];
    const known = handled.flatMap(({ done, busy }) => [...done, ...busy]);
    assert.deepEqual(
      known.filter((id) => !id.startsWith(name)),
      [],
    );
  },
  probe: ({ store }, _n, now) => store.probe(now),
};

/** All that a login is shown. */
async function shownTo({ login, account, store, reader, operator }: Player, now: number): Promise<string> {
  return JSON.stringify([
    await store.loadQueue(now),
    await store.loadMutes(0),
    await store.outboxCounts(),
    await store.recentRefusals(login, 0),
    await reader.undelivered(now),
    await reader.newest(account, 0, 1000),
    await reader.receiptsOf(account, 'u1', 1000),
    await operator.events({ since: 0, uploadId: null, kinds: EVENT_KINDS }),
    await operator.undelivered(now),
    await operator.queue(now),
    await reader.account(URL, login),
  ]);
}

async function live(
  target: DatabaseTarget,
  moves: readonly (readonly [who: Person, move: string, n: number])[],
): Promise<void> {
  const db = openDatabase(target, 2);
  try {
    await migratePostgres(db);
    const players = new Map<Person, Player>();
    for (const name of PEOPLE) players.set(name, await player(db, name));
    let now = T0;
    for (const [who, move, n] of moves) {
      const acting = players.get(who);
      assert.ok(acting !== undefined);
      now += 1000;
      // As its loop does every two seconds: on a busy machine a step takes longer than a leader may be silent.
      for (const { leadership } of players.values()) await leadership.tick();
      const before = await rowsOfOthers(db, acting.login);
      const others = [...players.values()].filter((each) => each !== acting);
      const shown = await Promise.all(others.map((each) => shownTo(each, now)));
      await MOVES[move]?.(acting, n, now);
      assert.deepEqual(await rowsOfOthers(db, acting.login), before, `${who}: ${move}`);
      assert.deepEqual(await Promise.all(others.map((each) => shownTo(each, now))), shown, `${who}: ${move}`);
    }
    for (const each of players.values()) await each.leadership.close();
  } finally {
    await db.close();
  }
}

test('nothing that one login does shows in, or changes, a row of another', { timeout: 600_000 }, async () => {
  const move = fc.tuple(
    fc.constantFrom(...PEOPLE),
    fc.constantFrom('poll', 'form', 'send', ...Object.keys(MOVES)),
    fc.nat(3),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 40, size: 'max' }), async (moves) => {
      await live(await server.database(), moves);
    }),
    { numRuns: 25 },
  );
});

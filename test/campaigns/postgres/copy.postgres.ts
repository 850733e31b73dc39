// `state copy`: from SQLite to PostgreSQL and back, row by row, whatever is in the rows, whenever it is killed; and a monitor goes on from the copy.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { ADA, addUpload, fail, start, succeed } from '../../../src/demo/nomad-state.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import type { Row } from '../../../src/store/rows.ts';
import { openPostgres } from '../../../src/store/postgres/state.ts';
import { openSqliteOperator } from '../../../src/store/sqlite/attach.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { copyInto } from '../../../src/store/transfer/transfer.ts';
import { fromPostgres, intoPostgres } from '../../../src/store/transfer/postgres.ts';
import { fromSqlite, intoSqlite } from '../../../src/store/transfer/sqlite.ts';
import { StateError } from '../../../src/store/store.ts';
import { T0, event, watched } from '../../support/builders.ts';
import { anyCharacter } from '../../support/characters.ts';
import { startServer } from '../../support/postgres.ts';
import { startProgram } from '../../support/program.ts';
import { seeded } from '../../support/random.ts';
import { tempDir } from '../../support/temp.ts';

const server = await startServer();
after(() => server.remove());

const URL = 'https://n/api/v1';
const LOGIN = `${URL} token ada`;
const scope = { login: LOGIN, refusalKeys: [`${URL} ada`] };
const watch = { signal: new AbortController().signal, onStep: () => undefined };

const toPostgres = (from: string, to: DatabaseTarget, login = LOGIN) =>
  fromSqlite(from, (source) => intoPostgres(to, { login }, source, (target) => copyInto({ source, target, ...watch })));
const toSqlite = (from: DatabaseTarget, to: string, own = scope) =>
  fromPostgres(from, own, (source) => intoSqlite(to, (target) => copyInto({ source, target, ...watch })));

const TABLES = [
  'account',
  'login',
  'upload',
  'event',
  'delivery',
  'notification',
  'mute',
  'ack',
  'reminder',
  'summary',
  'refusal',
];

/** All that is in a SQLite state. */
function contents(dir: string): Readonly<Record<string, readonly Row[]>> {
  const db = new DatabaseSync(join(dir, 'state.sqlite'), { readOnly: true });
  const found = Object.fromEntries(
    TABLES.map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()]),
  );
  db.close();
  return found;
}

interface Given {
  readonly texts: readonly string[];
  readonly user?: string;
  readonly login?: string;
}

/** A state with something in each table; the texts wherever a text from outside can be. */
async function makeState(dir: string, { texts, user = 'ada', login = LOGIN }: Given): Promise<void> {
  const store = openSqliteStore(dir);
  const { id: account } = await store.openAccount(URL, user, T0);
  const events = texts.map((text, index) =>
    event({
      id: `${user} e${index}`,
      time: T0 + index,
      details: { text },
      upload:
        index % 3 === 0
          ? null
          : ({ ...event().upload, id: `u${index}`, name: text, link: '', author: text, role: 'main_author' } as never),
    }),
  );
  const recipients = texts.map((text, index) => `${index} ${text.replaceAll('\0', '')}`);
  const health = { ...HEALTHY, identity: { userId: user, email: texts[0] ?? null }, lookedAt: T0 };
  await store.commitPoll({
    account,
    login,
    health,
    comparedWith: null,
    takenAt: T0,
    changed: texts.map((text, index) => watched({ id: `u${index}`, name: text, errors: [text] })),
    removed: [],
    events,
    notifications: events.flatMap(({ id }, index) => [
      { eventId: id, channel: 'mail' as const, recipient: recipients[index] ?? '' },
      { eventId: id, channel: 'webhook' as const, recipient: 'w' },
    ]),
    now: T0,
  });
  const formed = events.map(({ id }, index) => ({
    id: `${user} d${index}`,
    account,
    channel: 'mail' as const,
    recipient: recipients[index] ?? '',
    eventIds: [id],
  }));
  await store.formDeliveries(formed, T0);
  await store.claimDeliveries('mail', T0, T0 + 60_000, 1000);
  const settlements = [
    { result: 'delivered', at: T0 + 5 },
    { result: 'dead', at: T0 + 5, reason: `550 ${(texts[0] ?? '').replaceAll('\0', '')}` },
    { result: 'retry', at: T0, dueAt: T0 + 9, notBefore: T0 + 8, reason: texts[1]?.replaceAll('\0', '') ?? '451' },
  ] as const;
  for (const [index, settlement] of settlements.entries()) {
    if (index < formed.length) await store.settleDelivery(`${user} d${index}`, settlement);
  }
  const standing = { id: `${user} standing`, channel: 'mail', recipient: 'ada', content: { kind: 'test' } } as const;
  await store.commitStanding({
    account,
    deliveries: [standing],
    reminded: ['u1'],
    summarised: new Map([['0 8 * * *', T0 + 1]]),
    now: T0,
  });
  await store.addRefusal(`${URL} ${user}`, T0);
  await store.addRefusal(`${URL} ${user}`, T0);
  await store.close();
  const operator = openSqliteOperator(dir);
  await operator.mute(account, ['', 'u2'], T0 + 9, T0);
  await operator.ack(account, ['u1'], T0);
  await operator.close();
  // As at the next start: nobody is sending.
  await openSqliteStore(dir).close();
}

const HOSTILE = [
  '',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff\ud83dy',
  '😀👩‍👩‍👧',
  "'; DROP TABLE event; --",
  '\\',
  '{"a":1}',
  '{NULL,"}',
  'NULL',
  '\u202e\u2028\n\r\t',
  '\ufffe\uffff',
  'é'.repeat(70_000),
];

test('there and back: every row of every table is the same, with hostile texts in all of them', async (context) => {
  const text = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: anyCharacter }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 8 }), async (some) => {
      const dir = tempDir(context);
      const target = await server.database();
      await makeState(dir, { texts: some });
      const before = contents(dir);
      const there = await toPostgres(dir, target);
      assert.equal(there?.wasThere, false);
      assert.deepEqual(contents(dir), before, 'the source stays as it is');
      const back = join(dir, 'back');
      assert.deepEqual(await toSqlite(target, back), there);
      assert.deepEqual(contents(back), before);
      assert.deepEqual(there.rows, Object.fromEntries(TABLES.map((table) => [table, before[table]?.length])));
    }),
    { numRuns: 15, examples: [[HOSTILE]] },
  );
});

test('a copy that was made is known again; a target with another state is refused and stays as it is', async (context) => {
  const [dir, other, target] = [tempDir(context), tempDir(context), await server.database()];
  await makeState(dir, { texts: ['a', 'b', 'c'] });
  const made = await toPostgres(dir, target);
  assert.deepEqual(await toPostgres(dir, target), { ...made, wasThere: true });
  const back = join(dir, 'back');
  await toSqlite(target, back);
  assert.equal((await toSqlite(target, back))?.wasThere, true);

  await makeState(other, { texts: ['a', 'B', 'c'] });
  assert.equal(await toPostgres(other, target), null);
  assert.deepEqual(await toPostgres(dir, target), { ...made, wasThere: true });
  const before = contents(other);
  assert.equal(await toSqlite(target, other), null);
  assert.deepEqual(contents(other), before);
});

test('beside other logins: order and numbers are kept apart, each gets back its own, new rows come behind', async (context) => {
  const target = await server.database();
  const dirs = ['ada', 'grace', 'lise'].map((user) => ({ user, dir: tempDir(context), login: `${URL} token ${user}` }));
  for (const { user, dir, login } of dirs) {
    await makeState(dir, { texts: ['a', 'b', 'c', 'd'], user, login });
    await toPostgres(dir, target, login);
  }
  for (const { user, dir, login } of dirs) {
    const back = join(dir, 'back');
    await toSqlite(target, back, { login, refusalKeys: [`${URL} ${user}`] });
    const [was, is] = [contents(dir), contents(back)];
    for (const table of TABLES) {
      const without = (rows: readonly Row[] = []) =>
        rows.map((row) => ({ ...row, seq: 0, id: typeof row['id'] === 'number' ? 0 : row['id'], account_id: 0 }));
      assert.deepEqual(without(is[table]), without(was[table]), table);
    }
  }
  const db = openDatabase(target, 1);
  const [inserted] = await db.rows(
    "INSERT INTO event (id, account_id, kind, time, document) SELECT 'new', min(id), 'k', 1, '{}' FROM account RETURNING seq",
  );
  const [limit] = await db.rows('SELECT max(seq) AS seq FROM event');
  assert.equal(inserted?.['seq'], limit?.['seq']);
  await db.close();
});

test('an account of another login in the database: refused', async (context) => {
  const [dir, target] = [tempDir(context), await server.database()];
  await makeState(dir, { texts: ['a'] });
  await toPostgres(dir, target);
  const again = tempDir(context);
  await makeState(again, { texts: ['a'], login: `${URL} token other` });
  await assert.rejects(toPostgres(again, target, `${URL} token other`), (error: unknown) => {
    assert.ok(error instanceof StateError);
    assert.match(error.message, /already contains the account ada of .*, of a monitor with another login/);
    return true;
  });
});

test('an account that no login was seen to be goes to the login of the configuration', async (context) => {
  const [dir, target] = [tempDir(context), await server.database()];
  await makeState(dir, { texts: ['a'] });
  const db = new DatabaseSync(join(dir, 'state.sqlite'));
  db.exec("INSERT INTO account (deployment, user_id, created_at) VALUES ('https://old/api/v1', 'token of before', 5)");
  db.close();
  await toPostgres(dir, target, `${URL} token new`);
  const shared = openDatabase(target, 1);
  assert.deepEqual(
    await shared.rows('SELECT login, deployment FROM login_account JOIN account ON id = account_id ORDER BY login'),
    [
      { login: LOGIN, deployment: URL },
      { login: `${URL} token new`, deployment: 'https://old/api/v1' },
    ],
  );
  await shared.close();
});

test('while a monitor runs on one of both, or was sending just now: refused', async (context) => {
  const [dir, target] = [tempDir(context), await server.database()];
  await makeState(dir, { texts: ['a', 'b', 'c', 'd'] });
  const refused = (expected: RegExp) => (error: unknown) => {
    assert.ok(error instanceof StateError, String(error));
    assert.match(error.message, expected);
    return true;
  };
  const running = openSqliteStore(dir);
  await assert.rejects(toPostgres(dir, target), refused(/another nomad-upload-monitor is running on .*; stop it/));
  await running.close();

  const instance = openPostgres({
    target,
    login: LOGIN,
    instance: 'one',
    clock: Date.now,
    monotonic: () => performance.now(),
    warn: () => undefined,
    onLead: () => undefined,
  });
  await instance.leadership.tick();
  await assert.rejects(
    toPostgres(dir, target),
    refused(/a monitor is running on PostgreSQL .*; stop all its instances/),
  );
  await instance.close();
  await toPostgres(dir, target);

  const back = join(dir, 'back');
  const db = openDatabase(target, 1);
  await db.rows("UPDATE delivery SET lease_until = $1, lease_by = 'one' WHERE id = 'ada d3'", Date.now() + 60_000);
  await assert.rejects(toSqlite(target, back), refused(/has just been sending a message; .* in a minute/));
  await db.rows('UPDATE delivery SET lease_until = $1', Date.now() - 1);
  const held = openSqliteStore(back);
  await assert.rejects(toSqlite(target, back), refused(/another nomad-upload-monitor is running on/));
  await held.close();
  await toSqlite(target, back);
  assert.deepEqual(contents(back), contents(dir));
  await db.close();
});

test('what is not the same on both sides is not kept', async (context) => {
  const [dir, target] = [tempDir(context), await server.database()];
  await makeState(dir, { texts: ['a', 'b', 'c'] });
  const spoilt = fromSqlite(dir, (source) =>
    intoPostgres(target, scope, source, (there) =>
      copyInto({
        source,
        target: {
          ...there,
          write: (table, rows) =>
            there.write(table, table.name === 'ack' ? rows.map((row) => [...row.slice(0, -1), 1]) : rows),
        },
        ...watch,
      }),
    ),
  );
  await assert.rejects(spoilt, /row 1 of ack differs between the two sides; nothing was kept/);
  assert.equal((await toPostgres(dir, target))?.wasThere, false);
});

/** The verb, as a process. */
function verb(context: TestContext, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  return startProgram(context, env, ['--env-file', '/dev/null', 'state', 'copy', ...args]);
}

const addressOf = ({ user, password, hosts: [host], database }: DatabaseTarget) =>
  `postgres://${user}:${encodeURIComponent(password ?? '')}@127.0.0.1:${String(host?.port)}/${database}`;

test(
  'killed at any moment: nothing of it is there, or all; the same command again makes it complete',
  { timeout: 300_000 },
  async (context) => {
    const dir = tempDir(context);
    const login = `${URL} token ${createHash('sha256').update(ADA.username).digest('hex').slice(0, 16)}`;
    await makeState(dir, { texts: Array.from({ length: 4000 }, (_, index) => `text ${index}`), login });
    const before = contents(dir);
    const random = seeded(20261125);
    const ends = { nothing: 0, all: 0 };

    const begun = performance.now();
    const first = verb(
      context,
      { NOMAD_URL: URL, SMTP_URL: 'smtp://127.0.0.1:9', DATABASE_URL: addressOf(await server.database()) },
      dir,
      'DATABASE_URL',
    );
    assert.equal(await first.ended, 0, first.output());
    const whole = performance.now() - begun;
    for (let round = 0; round < 6; round += 1) {
      const [target, back] = [await server.database(), join(dir, `back ${round}`)];
      const env = { NOMAD_URL: URL, SMTP_URL: 'smtp://127.0.0.1:9', STATE_DIR: dir, DATABASE_URL: addressOf(target) };
      const kill = async (isThere: () => Promise<boolean>, ...args: string[]) => {
        const program = verb(context, env, ...args);
        const timer = setTimeout(() => program.child.kill('SIGKILL'), whole * (0.3 + random()));
        await program.ended;
        clearTimeout(timer);
        ends[(await isThere()) ? 'all' : 'nothing'] += 1;
        const again = verb(context, env, ...args);
        assert.equal(await again.ended, 0, again.output());
      };
      const db = openDatabase(target, 1);
      await kill(
        async () => {
          const rows = await db.rows("SELECT to_regclass('nomad_upload_monitor.event') IS NOT NULL AS there");
          if (rows[0]?.['there'] !== true) return false;
          const [row] = await db.rows('SELECT count(*) AS n FROM event');
          assert.ok([0, 4000].includes(Number(row?.['n'])), String(row?.['n']));
          return row?.['n'] === 4000;
        },
        'STATE_DIR',
        'DATABASE_URL',
      );
      await db.close();
      await kill(
        () => Promise.resolve(existsSync(join(back, 'state.sqlite')) && contents(back)['event']?.length === 4000),
        'DATABASE_URL',
        back,
      );
      assert.deepEqual(contents(back), before);
      assert.deepEqual(
        readdirSync(back).filter((name) => name.includes('partial')),
        [],
      );
    }
    context.diagnostic(`killed twelve times: ${ends.nothing} left nothing, ${ends.all} had come to their end`);
  },
);

test(
  'a monitor goes on from the copy, there and back: no new baseline, nothing told again',
  { timeout: 240_000 },
  async (context) => {
    const nomad = await startSimulatedNomad();
    const inbox = await startInbox();
    context.after(async () => {
      await nomad.close();
      await inbox.close();
    });
    const uploads = ['a', 'b', 'c'].map((id) => {
      const upload = addUpload(nomad.world, id, Date.now() - 86_400_000, {
        name: `batch ${id}`,
        process: 'process_upload',
      });
      succeed(upload, Date.now() - 86_400_000, 3);
      return upload;
    });
    const [dir, target] = [tempDir(context), await server.database()];
    const sqlite = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: join(dir, 'state') };
    const postgres = { ...sqlite, DATABASE_URL: addressOf(target) };
    const live = async (env: Readonly<Record<string, string>>, at: number) => {
      const upload = uploads[at];
      assert.ok(upload !== undefined);
      const monitor = startProgram(context, env);
      if (at === 0) await monitor.line(({ msg }) => msg === 'delivered');
      start(upload);
      fail(upload, Date.now(), ['KeyError: x']);
      await monitor.line(
        ({ msg, subject }) => msg === 'delivered' && String(subject).includes(`${upload.name} failed`),
      );
      monitor.child.kill('SIGTERM');
      assert.equal(await monitor.ended, 0);
    };
    const copy = async (...args: string[]) => {
      const program = verb(context, postgres, ...args);
      assert.equal(await program.ended, 0, program.output());
      return program.output();
    };
    await live(sqlite, 0);
    assert.match(
      await copy('STATE_DIR', 'DATABASE_URL'),
      /^the state in .*state was copied to PostgreSQL 127\.0\.0\.1:\S+ and compared row by row\n/,
    );
    await live(postgres, 1);
    const back = join(dir, 'back');
    const told = JSON.parse(await copy('--json', 'DATABASE_URL', back)) as {
      rows: Record<string, number>;
      was_there: boolean;
    };
    assert.equal(told.was_there, false);
    assert.ok(Number(told.rows['upload']) === 3);
    await live({ ...sqlite, STATE_DIR: back }, 2);
    assert.deepEqual(
      inbox.mails.map(({ subject }) => subject),
      ['[NOMAD] Now watching 3 uploads', ...['a', 'b', 'c'].map((id) => `[NOMAD] batch ${id} failed: KeyError: x`)],
    );
  },
);

// States that the program of each earlier schema wrote while it lived (test/fixtures/state): brought forward, nothing lost, nothing told
// twice; a crash in the middle; a newer one left as it is.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { createApp } from '../../src/app/app.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, type SimulatedUpload, addUpload } from '../../src/demo/nomad-state.ts';
import { messageOf } from '../../src/domain/message/message.ts';
import { NO_RULES } from '../../src/domain/notify/routing.ts';
import { createScrubber } from '../../src/log.ts';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { lookAtState, refusalNotes, rememberedSnapshot } from '../../src/store/sqlite/inspect.ts';
import { migrations } from '../../src/store/sqlite/schema-version.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { StateError } from '../../src/store/store.ts';
import { tempDir } from '../support/temp.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/state');
const SCHEMAS = migrations().map((_, index) => index + 1);
const EARLIER = SCHEMAS.slice(0, -1);
/** The schema that has a table `reminder` for the first time. */
const MAKES_REMINDER = 3;
/** The schema in which the table `health` is called `login`. */
const RENAMES_HEALTH = 5;

interface Delivery {
  readonly id: string;
  readonly channel: string;
  readonly recipient: string;
  readonly state: string;
  readonly started: number;
  readonly reason: string | null;
  readonly events: readonly string[];
}

/** What was in a state when it was written. */
interface Written {
  readonly deployment: string;
  readonly world: readonly SimulatedUpload[];
  readonly uploads: readonly { readonly id: string; readonly status: string }[];
  readonly events: readonly { readonly id: string; readonly kind: string; readonly upload_id: string | null }[];
  readonly deliveries: readonly Delivery[];
  readonly waiting: readonly { readonly event_id: string; readonly channel: string; readonly recipient: string }[];
}

function fixture(context: TestContext, schema: number) {
  const stateDir = tempDir(context);
  const file = join(stateDir, 'state.sqlite');
  copyFileSync(join(FIXTURES, `schema-${schema}.sqlite`), file);
  const written = JSON.parse(readFileSync(join(FIXTURES, `schema-${schema}.json`), 'utf8')) as Written;
  return { stateDir, file, written };
}

function within<T>(file: string, work: (rows: (sql: string) => readonly Record<string, unknown>[]) => T): T {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return work((sql) =>
      db
        .prepare(sql)
        .all()
        .map((row) => ({ ...row })),
    );
  } finally {
    db.close();
  }
}

/** In the words of the newest schema. */
function contentsOf(file: string) {
  return within(file, (rows) => ({
    integrity: rows('PRAGMA integrity_check').map((row) => row['integrity_check']),
    dangling: rows('PRAGMA foreign_key_check'),
    uploads: rows("SELECT upload_id AS id, document ->> '$.upload.status' AS status FROM upload ORDER BY upload_id"),
    events: rows('SELECT id, kind, time, upload_id FROM event ORDER BY seq'),
    deliveries: rows('SELECT id, channel, recipient, state, started, reason FROM delivery ORDER BY seq').map(
      (each) => ({
        ...each,
        events: rows(`SELECT event_id FROM notification WHERE delivery_id = '${String(each['id'])}' ORDER BY seq`).map(
          (row) => row['event_id'],
        ),
      }),
    ),
    waiting: rows('SELECT event_id, channel, recipient FROM notification WHERE delivery_id IS NULL ORDER BY seq'),
  }));
}

function versionOf(file: string): unknown {
  return within(file, (rows) => rows('PRAGMA user_version')[0]?.['user_version']);
}

function expected({ uploads, events, deliveries, waiting }: Written) {
  return { integrity: ['ok'], dangling: [], uploads, events, deliveries, waiting };
}

test('schema 5: the time of the one summary becomes that of any schedule, and a summary that waits can still be read', async (context) => {
  const { stateDir, file } = fixture(context, 5);
  const upload = { id: 'u1', name: 'batch-1', link: 'https://n/u1', author: 'Ada', role: null };
  const standing = { upload, condition: 'failed', since: 1, reason: 'KeyError' };
  const digest = {
    ...{ kind: 'digest', from: 1, to: 2, uploads: 3, more: 0, events: { 'upload.recovered': 1, 'upload.failed': 2 } },
    counts: { failed: 1, stuck: 0, entries_failed: 0, empty: 0, processing: 1, published: 0 },
    standing: [standing, { ...standing, condition: 'processing' }],
  };
  const db = new DatabaseSync(file);
  db.exec('UPDATE account SET digested_at = 1234');
  db.prepare(
    "INSERT INTO delivery (id, account_id, channel, recipient, state, document, created_at, due_at) VALUES ('s', 1, 'mail', 'new@x', 'pending', ?, 1, 1)",
  ).run(JSON.stringify(digest));
  db.close();
  const store = openSqliteStore(stateDir);
  context.after(() => store.close());
  assert.deepEqual((await store.loadMemory(1)).summarised, new Map([['', 1234]]));
  const claims = await store.claimDeliveries('mail', Date.now(), Date.now() + 1, 10);
  const { content } = claims.find(({ id }) => id === 's') ?? {};
  assert.ok(content !== undefined);
  assert.deepEqual(content, {
    ...digest,
    kind: 'summary',
    well: 1,
    standing: [standing],
    unchecked: 0,
    authors: 1,
    groups: null,
  });
  const { subject, items } = messageOf(content);
  assert.equal(subject, '[NOMAD] Summary: 1 of 3 uploads needs attention: 1 failed');
  assert.equal(items.length, 1);
});

test('there is a state of each schema', (context) => {
  const names = SCHEMAS.flatMap((schema) => [`schema-${schema}.json`, `schema-${schema}.sqlite`]);
  assert.deepEqual(readdirSync(FIXTURES).sort(), ['README.md', ...names]);
  for (const schema of SCHEMAS) assert.equal(versionOf(fixture(context, schema).file), schema);
});

for (const schema of SCHEMAS) {
  test(`schema ${schema}: every upload, event and delivery is still there, and the file can shrink`, async (context) => {
    const { stateDir, file, written } = fixture(context, schema);
    await openSqliteStore(stateDir).close();
    assert.deepEqual(contentsOf(file), expected(written));
    assert.equal(versionOf(file), SCHEMAS.length);
    assert.deepEqual(
      within(file, (rows) => rows('PRAGMA auto_vacuum')),
      [{ auto_vacuum: 2 }],
    );
  });

  test(`schema ${schema}: the next poll tells nothing twice, and what was pending is sent`, async (context) => {
    const { stateDir, file, written } = fixture(context, schema);
    const nomad = await startSimulatedNomad();
    const inbox = await startInbox();
    for (const each of written.world) addUpload(nomad.world, each.id, each.createTime, each);
    // It was another port.
    const db = new DatabaseSync(file);
    db.prepare('UPDATE account SET deployment = ?').run(nomad.url);
    const logins = schema < RENAMES_HEALTH ? 'health' : 'login';
    if (schema > 1) db.prepare(`UPDATE ${logins} SET login = replace(login, ?, ?)`).run(written.deployment, nomad.url);
    db.exec(schema > 2 ? 'DELETE FROM mute' : '');
    db.close();
    const parsed = parseConfig(
      {
        NOMAD_URL: nomad.url,
        NOMAD_USERNAME: ADA.username,
        NOMAD_PASSWORD: ADA.password,
        SMTP_URL: inbox.url,
        MAIL_FROM: 'm@lab.example',
        MAIL_TO: 'ada@lab.example,grace@lab.example',
        STATE_DIR: stateDir,
      },
      { scheduleProblem: () => null },
    );
    assert.ok('config' in parsed);
    const quiet = () => undefined;
    const app = createApp({
      config: parsed.config,
      accounts: [{ name: null, config: parsed.config, rules: NO_RULES }],
      version: '0',
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      scrubber: createScrubber([]),
    });
    context.after(async () => {
      await nomad.close();
      await inbox.close();
    });
    const [polled] = await app.runOnce(Date.now());
    await app.runOnce(Date.now());
    await app.stop();
    assert.equal(polled?.result, 'ok');
    assert.deepEqual(polled.events, []);
    const after = contentsOf(file);
    assert.deepEqual(after.events, written.events);
    const pending = written.deliveries.filter(({ state }) => state === 'pending');
    assert.ok(pending.length > 0);
    const sent = inbox.mails.map(({ messageId }) => messageId.replace(/[<>]|@.*/g, ''));
    for (const { id } of pending) assert.ok(sent.includes(id));
    const subjects = new Set(inbox.mails.map(({ subject }) => subject));
    assert.deepEqual(subjects.size, schema > 2 ? 2 : 1);
    assert.equal(sent.length, pending.length + written.waiting.length);
    assert.deepEqual(
      within(file, (rows) => rows("SELECT id FROM delivery WHERE state = 'pending'")),
      [],
    );
    assert.deepEqual(after.waiting, []);
  });
}

for (const schema of EARLIER) {
  test(`schema ${schema}: a copy of it is kept beside, private; put in its place it is that state again`, async (context) => {
    const { stateDir, file, written } = fixture(context, schema);
    const notes: string[] = [];
    await openSqliteStore(stateDir, (note) => notes.push(note)).close();
    const copy = `${file}.schema-${schema}`;
    assert.deepEqual(notes, [
      `the state was migrated from schema ${schema} to ${SCHEMAS.length}; a copy from before: ${copy}`,
    ]);
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    assert.equal(versionOf(copy), schema);
    assert.deepEqual(readdirSync(stateDir).sort(), ['lock', 'state.sqlite', `state.sqlite.schema-${schema}`]);
    copyFileSync(copy, file);
    await openSqliteStore(stateDir).close();
    assert.deepEqual(contentsOf(file), expected(written));
  });

  test(`schema ${schema}: what kills it in the middle of a migration changes nothing`, async (context) => {
    const { stateDir, file, written } = fixture(context, schema);
    const db = new DatabaseSync(file, { enableForeignKeyConstraints: true });
    // Little memory, so that what is not committed is on the disk already.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA cache_size = 1; BEGIN IMMEDIATE;');
    db.exec(readFileSync(String(migrations()[schema]), 'utf8'));
    db.exec(`PRAGMA user_version = ${schema + 1}`);
    // Some migrations write little or nothing: it is cut off while it writes a lot.
    db.exec('CREATE TABLE lot (x)');
    for (let row = 0; row < 200; row += 1) db.exec('INSERT INTO lot VALUES (randomblob(1000))');
    const crashed = tempDir(context);
    assert.ok(statSync(`${file}-wal`).size > 0);
    for (const name of readdirSync(stateDir)) copyFileSync(join(stateDir, name), join(crashed, name));
    db.close();
    const left = join(crashed, 'state.sqlite');
    assert.equal(versionOf(left), schema);
    await openSqliteStore(crashed).close();
    assert.deepEqual(contentsOf(left), expected(written));
  });

  // The files of migrations after that can hardly fail.
  if (schema >= MAKES_REMINDER) continue;
  test(`schema ${schema}: a migration that fails leaves the state as it was, and the next start does it`, async (context) => {
    const { stateDir, file, written } = fixture(context, schema);
    const db = new DatabaseSync(file);
    // The file of migrations that makes it does that at its end.
    db.exec('CREATE TABLE reminder (x)');
    db.close();
    assert.throws(() => openSqliteStore(stateDir), StateError);
    const again = new DatabaseSync(file);
    again.exec('DROP TABLE reminder');
    again.close();
    await openSqliteStore(stateDir).close();
    assert.deepEqual(contentsOf(file), expected(written));
  });
}

/** As a newer program leaves it: at rest, in another journal mode, and after a crash. */
const NEWER: Readonly<Record<string, (context: TestContext, stateDir: string) => string>> = {
  'at rest': (_, stateDir) => {
    const db = new DatabaseSync(join(stateDir, 'state.sqlite'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    return stateDir;
  },
  'in another journal mode': (_, stateDir) => {
    const db = new DatabaseSync(join(stateDir, 'state.sqlite'));
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 99;');
    db.close();
    return stateDir;
  },
  'after a crash': (context, stateDir) => {
    const db = new DatabaseSync(join(stateDir, 'state.sqlite'));
    db.exec('PRAGMA user_version = 99; CREATE TABLE of_the_future (x);');
    const crashed = tempDir(context);
    for (const name of ['state.sqlite', 'state.sqlite-wal']) copyFileSync(join(stateDir, name), join(crashed, name));
    db.close();
    return crashed;
  },
};

for (const [how, make] of Object.entries(NEWER)) {
  test(`a newer state, ${how}: refused with a clear word, and not a byte of it is changed`, async (context) => {
    const { stateDir: made } = fixture(context, SCHEMAS.length);
    const stateDir = make(context, made);
    const bytes = () =>
      ['state.sqlite', 'state.sqlite-wal']
        .map((name) => join(stateDir, name))
        .map((path) => (existsSync(path) ? readFileSync(path).toString('base64') : ''));
    const before = bytes();
    const refused = {
      name: 'Error',
      message: /was written by a newer version \(schema 99, this one knows \d\); install that version again/,
    };
    assert.throws(() => openSqliteStore(stateDir), refused);
    assert.throws(() => openSqliteOperator(stateDir), refused);
    const fact = lookAtState(stateDir);
    assert.equal(fact.kind === 'unusable' && fact.why, 'newer');
    assert.equal(await rememberedSnapshot(stateDir, 'https://n', 'ada'), null);
    const notes = refusalNotes(stateDir);
    await notes.add('ada', 1);
    assert.deepEqual(await notes.recent('ada', 0), []);
    assert.deepEqual(bytes(), before);
  });
}

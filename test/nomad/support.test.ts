// What is asked of NOMAD for a text to its administrators: its version, and the entries that are not done, by name.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Generation } from '../../src/demo/nomad-generations.ts';
import { ADA, addUpload } from '../../src/demo/nomad-state.ts';
import type { DetectedChange } from '../../src/domain/event.ts';
import type { Health } from '../../src/domain/nomad/health.ts';
import { DAY } from '../../src/domain/text/durations.ts';
import { askForSupport, withSupport } from '../../src/jobs/support.ts';
import { readUnfinished, readVersion } from '../../src/nomad/wire.ts';
import { MINUTE, T0, event } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';

const NEVER = new AbortController().signal;

async function setUp(context: TestContext, options: Parameters<typeof wire>[0] = {}) {
  const wiring = await wire(options);
  context.after(() => wiring.close());
  const upload = addUpload(wiring.server.world, 'u1', T0 - MINUTE, {
    process: 'process_upload',
    status: 'PENDING',
    message: 'Parsing level 0',
    entries: 6,
    failing: [{ id: 'e1', mainfile: 'a/OUTCAR', parser: 'parsers/vasp', error: "KeyError: 'atomtypes'" }],
    parsing: {
      done: new Set([0, 1, 2]),
      level: [0, 1, 2, 3, 4, 5],
      at: 3,
      message: 'Parsing mainfile',
      isEnding: false,
    },
  });
  const ask = () => askForSupport(wiring.nomad, [{ id: 'u1', mainAuthor: ADA.id }], NEVER);
  return { ...wiring, upload, ask };
}

const VERSIONS: readonly (readonly [Generation, string])[] = [
  ['1.3', '1.3.17'],
  ['1.4', '1.4.3'],
  ['2.0', '2.0.0'],
];
for (const [generation, version] of VERSIONS) {
  test(`NOMAD ${version}: its version, the author, the entries that are not done`, async (context) => {
    const { ask } = await setUp(context, { generation });
    const facts = await ask();
    assert.ok(facts.ok);
    assert.equal(facts.version, version);
    assert.equal(facts.names.get(ADA.id), ADA.name);
    const { total, successful, failed, failing, unfinished } = facts.entries.get('u1') ?? {};
    assert.deepEqual([total, successful, failed], [6, 2, 1]);
    assert.deepEqual(failing, [
      { id: 'e1', mainfile: 'a/OUTCAR', parser: 'parsers/vasp', words: "KeyError: 'atomtypes'" },
    ]);
    const names = unfinished?.map(({ mainfile }) => mainfile);
    assert.deepEqual(names?.toSorted(), ['run-2/vasprun.xml', 'run-3/vasprun.xml', 'run-4/vasprun.xml']);
    assert.ok(unfinished?.some(({ words }) => words?.endsWith(', Parsing mainfile') === true));
  });
}

test('an upload whose entries are all done is asked for none', async (context) => {
  const { upload, ask, lines } = await setUp(context);
  upload.parsing = null;
  const facts = await ask();
  assert.ok(facts.ok);
  assert.deepEqual(facts.entries.get('u1')?.unfinished, []);
  assert.equal(lines().filter((line) => line.includes('/entries')).length, 1);
});

test('those that are not done are found behind many that failed; ten are named', async (context) => {
  const { upload, ask } = await setUp(context);
  const failing = Array.from({ length: 15 }, (_, index) => ({
    ...{ id: `e${index}`, mainfile: `${index}/OUTCAR`, parser: 'parsers/vasp', error: 'KeyError: x' },
  }));
  const done = new Set(failing.keys());
  Object.assign(upload, { entries: 40, failing, parsing: { done, level: [], at: null, message: '', isEnding: false } });
  const facts = await ask();
  assert.ok(facts.ok);
  const { failed, failing: named, unfinished } = facts.entries.get('u1') ?? {};
  assert.deepEqual([failed, named?.length, unfinished?.length], [15, 5, 10]);
  assert.ok(unfinished?.every(({ mainfile }) => mainfile.startsWith('run-')));
});

test('no answer about the entries: they are left out; a refused login, an absent NOMAD: said', async (context) => {
  const { server, ask } = await setUp(context);
  server.setFault(({ path }) => (path.endsWith('/entries') ? { status: 500 } : undefined));
  const facts = await ask();
  assert.ok(facts.ok);
  assert.deepEqual([facts.version, facts.entries.size], ['2.0.0', 0]);
  server.setFault(() => ({ status: 502, body: '<html>' }));
  const away = await ask();
  assert.ok(!away.ok);
  assert.match(away.problem, /502/);
});

test('a token without info:read: the version is asked for without it', async (context) => {
  const pat = await setUp(context, {
    credentials: ({ tokens }) => ({ kind: 'token', token: tokens.mintPat(ADA, ['uploads:read']) }),
  });
  const facts = await pat.ask();
  assert.ok(facts.ok);
  assert.equal(facts.version, '2.0.0');
});

test('an Oasis that answers only those who are logged in: with the token', async (context) => {
  const { server, ask } = await setUp(context);
  const asked = () => server.requests.filter(({ line }) => line === 'GET /info').map(({ token }) => token !== null);
  server.setFault(({ path }) => (path === '/info' && asked().length === 1 ? { status: 401 } : undefined));
  const facts = await ask();
  assert.ok(facts.ok);
  assert.equal(facts.version, '2.0.0');
  assert.deepEqual(asked(), [false, true]);
});

const GUI = 'https://nomad.example/gui';
const stuckChange = (id: string): DetectedChange => {
  const { upload, ...about } = event({ kind: 'upload.stuck', details: { still_ms: 120 * MINUTE } });
  return { ...about, key: id, upload: upload && { ...upload, id } };
};
const found = (found: readonly DetectedChange[], version?: Health['version']) => ({ found, version });

test('an upload found stuck: its event says which of its entries are not done, and of which version NOMAD is', async (context) => {
  const { nomad, lines } = await setUp(context);
  const asked = () => lines().filter((line) => /info|entries/.test(line)).length;
  const other = { ...stuckChange('u1'), kind: 'upload.created' as const };
  const { found: all, version } = await withSupport(nomad, found([other, stuckChange('u1')]), {
    ...{ gui: GUI, now: T0, signal: NEVER },
  });
  assert.deepEqual(version, { text: '2.0.0', askedAt: T0 });
  assert.deepEqual(all[0], other);
  const { failing, unfinished, ...details } = all[1]?.details ?? {};
  assert.deepEqual(details, { still_ms: 120 * MINUTE, nomad_version: '2.0.0', entries: 6, successful: 2, failed: 1 });
  assert.deepEqual(failing, [
    {
      ...{ entry_id: 'e1', mainfile: 'a/OUTCAR', parser: 'parsers/vasp', error: "KeyError: 'atomtypes'" },
      link: `${GUI}/user/uploads/upload/id/u1/entry/id/e1`,
    },
  ]);
  assert.equal(Array.isArray(unfinished) && unfinished.length, 3);
  assert.equal(asked(), 3);
});

test('the version is asked once a day, and only when something is wrong; one that is known outlives a silence', async (context) => {
  const { nomad, server, lines } = await setUp(context);
  const asked = () => lines().filter((line) => line.includes('/info')).length;
  const of = (change: Partial<DetectedChange>) => ({ ...stuckChange('u1'), ...change });
  const known = { text: '2.0.0', askedAt: T0 };
  const rows: readonly (readonly [string, DetectedChange, Health['version'], number, number])[] = [
    ['nothing wrong', of({ kind: 'upload.succeeded' }), undefined, T0, 0],
    ['a good baseline', of({ kind: 'monitor.baseline', details: { failed: 0 } }), undefined, T0, 0],
    ['a bad baseline', of({ kind: 'monitor.baseline', details: { failed: 2 } }), undefined, T0, 1],
    ['failed', of({ kind: 'upload.failed' }), undefined, T0, 1],
    ['known', of({ kind: 'upload.failed' }), known, T0 + DAY - 1, 0],
    ['a day old', of({ kind: 'upload.failed' }), known, T0 + DAY, 1],
    ['our clock was set back', of({ kind: 'upload.failed' }), known, T0 - DAY, 1],
  ];
  for (const [name, change, version, now, expected] of rows) {
    const before = asked();
    await withSupport(nomad, found([change], version), { gui: GUI, now, signal: NEVER });
    assert.equal(asked() - before, expected, name);
  }
  server.setFault(({ path }) => (path === '/info' ? { status: 500 } : undefined));
  const later = { gui: GUI, now: T0 + 2 * DAY, signal: NEVER };
  const { version } = await withSupport(nomad, found([of({ kind: 'upload.failed' })], known), later);
  assert.deepEqual(version, { text: '2.0.0', askedAt: T0 + 2 * DAY });
});

test('of many that are stuck the first three are asked about; after one without an answer none', async (context) => {
  const { nomad, server, lines } = await setUp(context);
  for (const id of ['u2', 'u3', 'u4']) addUpload(server.world, id, T0 - MINUTE, { status: 'PENDING', entries: 2 });
  const all = ['u1', 'u2', 'u3', 'u4'].map(stuckChange);
  const about = { gui: GUI, now: T0, signal: NEVER };
  const counts = async () =>
    (await withSupport(nomad, found(all), about)).found.map(({ details }) => details['entries'] ?? null);
  assert.deepEqual(await counts(), [6, 2, 2, null]);
  server.setFault(({ path }) => (path.endsWith('/entries') ? { status: 500 } : undefined));
  const before = lines().filter((line) => line.includes('/entries')).length;
  assert.deepEqual(await counts(), [null, null, null, null]);
  assert.equal(lines().filter((line) => line.includes('/entries')).length - before, 1);
});

test('what is no such answer', () => {
  assert.equal(readVersion({ version: '2.0.0\u001b[31m' }), '2.0.0 [31m');
  assert.equal(readVersion({ version: 2 }), null);
  assert.equal(readVersion('2.0.0'), null);
  assert.equal(readUnfinished({ data: [] }), null);
});

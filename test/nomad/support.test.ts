// What is asked of NOMAD for a text to its administrators: its version, and the entries that are not done, by name.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Generation } from '../../src/demo/nomad-generations.ts';
import { ADA, addUpload } from '../../src/demo/nomad-state.ts';
import { askForSupport } from '../../src/jobs/support.ts';
import { readUnfinished, readVersion } from '../../src/nomad/wire.ts';
import { MINUTE, T0 } from '../support/builders.ts';
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

test('what is no such answer', () => {
  assert.equal(readVersion({ version: '2.0.0\u001b[31m' }), '2.0.0 [31m');
  assert.equal(readVersion({ version: 2 }), null);
  assert.equal(readVersion('2.0.0'), null);
  assert.equal(readUnfinished({ data: [] }), null);
});

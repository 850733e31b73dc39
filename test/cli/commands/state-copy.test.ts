// `state copy`: what is refused before anything is opened, and what it says.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { callCli } from '../../support/cli.ts';
import { startProgram, usualEnv } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';

const DATABASE = 'postgres://monitor:hunter22@127.0.0.1:9/state';

const REFUSED: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
  [[], 2, /missing required argument 'from'/],
  [['a'], 2, /missing required argument 'to'/],
  [['a', 'b'], 2, /one of FROM and TO must be a folder \(SQLite\), and the other one in PostgreSQL/],
  [['DATABASE_URL', 'postgres://monitor@127.0.0.1:9/other'], 2, /one of FROM and TO must be a folder/],
  [
    ['a', 'postgres://monitor:hunter23@db/state'],
    2,
    /^state copy: TO: every user of this machine can see an address with a password in it \(ps\): set DATABASE_URL, and write the word DATABASE_URL here\n$/,
  ],
  [
    ['postgres://db/state?user=monitor&password=hunter23', 'a'],
    2,
    /^state copy: FROM: every user of this machine can see an address with a password/,
  ],
  [['a', 'postgres://'], 2, /^state copy: TO: it contains no user/],
  [['a', ''], 2, /^state copy: TO: it is empty/],
  [['absent', 'DATABASE_URL'], 5, /^state: none in .*absent; name a folder with a state\n$/],
  [
    ['DATABASE_URL', 'made'],
    5,
    /^the state in PostgreSQL cannot be used \(.*ECONNREFUSED.*\): check that PostgreSQL is running/,
  ],
  [
    ['damaged', 'DATABASE_URL'],
    5,
    /^state: .*damaged.state.sqlite cannot be used \(file is not a database\); restore a backup/,
  ],
];

for (const [args, code, says] of REFUSED) {
  test(`state copy ${args.join(' ')}: ${code}`, { timeout: 60_000 }, async (context) => {
    const dir = tempDir(context);
    mkdirSync(join(dir, 'damaged'));
    writeFileSync(join(dir, 'damaged/state.sqlite'), 'no database, but long enough to be looked at '.repeat(20));
    const places = args.map((arg) => (/^[a-z]+$/.test(arg) ? join(dir, arg) : arg));
    const env = {
      NOMAD_URL: 'http://127.0.0.1:9/api/v1',
      SMTP_URL: 'smtp://127.0.0.1:9',
      STATE_DIR: join(dir, 'state'),
      DATABASE_URL: DATABASE,
    };
    const verb = await callCli(['--env-file', '/dev/null', 'state', 'copy', ...places], usualEnv(env));
    assert.equal(verb.code, code, verb.output);
    assert.match(verb.output, says);
    assert.doesNotMatch(verb.output, /hunter/);
    assert.ok(!existsSync(join(dir, 'made')), 'nothing is made');
  });
}

test('state copy: the word for what is not configured is refused', { timeout: 60_000 }, async (context) => {
  const env = { NOMAD_URL: 'http://127.0.0.1:9/api/v1', SMTP_URL: 'smtp://127.0.0.1:9', STATE_DIR: tempDir(context) };
  const verb = startProgram(context, env, ['--env-file', '/dev/null', 'state', 'copy', 'STATE_DIR', 'DATABASE_URL']);
  assert.deepEqual([await verb.ended, verb.output()], [2, 'state copy: TO: DATABASE_URL is not set\n']);
});

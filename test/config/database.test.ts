// DATABASE_URL: what is understood, what is refused and in which words, and that its password counts as a secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseUrl } from '../../src/config/database.ts';
import { parseConfig, secrets } from '../../src/config/parse.ts';

const plain = { hosts: [{ host: 'db', port: 5432 }], user: 'u', password: 'p', database: 'd', tls: { caFile: null } };
const local = { ...plain, hosts: [{ host: 'localhost', port: 5432 }], tls: null };

const UNDERSTOOD: Readonly<Record<string, object>> = {
  'postgres://u:p@db/d': plain,
  'postgresql://u:p@db:5433/d': { ...plain, hosts: [{ host: 'db', port: 5433 }] },
  'postgres://u:p@db1:1,db2/d?target_session_attrs=primary': {
    ...plain,
    hosts: [
      { host: 'db1', port: 1 },
      { host: 'db2', port: 5432 },
    ],
  },
  'postgres://u:p@db1,db2/d?port=6000': {
    ...plain,
    hosts: [
      { host: 'db1', port: 6000 },
      { host: 'db2', port: 6000 },
    ],
  },
  'postgres://u:p@[2001:db8::1]:5433/d': { ...plain, hosts: [{ host: '2001:db8::1', port: 5433 }] },
  'postgres://u:p@/d?host=2001:db8::1,::1&port=5433': {
    ...plain,
    hosts: [
      { host: '2001:db8::1', port: 5433 },
      { host: '::1', port: 5433 },
    ],
  },
  'postgres://u:p@localhost/d': local,
  'postgres://u:p@127.0.0.1/d': { ...local, hosts: [{ host: '127.0.0.1', port: 5432 }] },
  'postgres://u:p@localhost/d?sslmode=verify-full': { ...local, tls: { caFile: null } },
  'postgres://u:p@db/d?sslmode=require&sslrootcert=/ca.pem': { ...plain, tls: { caFile: '/ca.pem' } },
  'postgres://u:p@db/d?sslmode=disable': { ...plain, tls: null },
  'postgres://u@db': { ...plain, password: null, database: 'u' },
  'postgres://u:p@/d': local,
  'postgres:///d?host=/run/postgresql&user=u&password=p': {
    ...local,
    hosts: [{ host: '/run/postgresql', port: 5432 }],
  },
  'postgres://u:p%40%2F%25@%2Frun%2Fpostgresql/d': {
    ...local,
    password: 'p@/%',
    hosts: [{ host: '/run/postgresql', port: 5432 }],
  },
};
for (const [url, expected] of Object.entries(UNDERSTOOD)) {
  test(`understood: ${url}`, () => {
    assert.deepEqual(databaseUrl(url), { value: expected });
  });
}

const REFUSED: Readonly<Record<string, RegExp>> = {
  'mysql://u:p@db/d': /not a valid address of a PostgreSQL database; write for example postgres:/,
  'postgres://db/d': /it contains no user/,
  'postgres://u:p@db:0/d': /a port in it is not a number/,
  'postgres://u:p@db:x/d': /a port in it is not a number/,
  'postgres://u:p%@db/d': /a % in it does not start a valid %XX; write % itself as %25/,
  'postgres://u:p@db/d?sslmode=prefer': /write verify-full, or disable/,
  'postgres://u:p@db/d?target_session_attrs=standby': /asks for a read-only server/,
  'postgres://u:p@db/d?sslpassword=x': /it has an unknown parameter; the known ones are host,/,
};
for (const [url, problem] of Object.entries(REFUSED)) {
  test(`refused, without a word of it: ${url}`, () => {
    const read = databaseUrl(url);
    assert.ok('problem' in read);
    assert.match(read.problem, problem);
    const parsed = parseConfig({ DATABASE_URL: url.replace('p@', 'hush@') }, { scheduleProblem: () => null });
    assert.ok('problems' in parsed);
    assert.doesNotMatch(parsed.problems.join(), /hush/);
  });
}

test('the password is a secret as written and as meant, with several hosts too; the name of the database is none', () => {
  const hidden = secrets({ DATABASE_URL: 'postgres://u:p%40ss-word@db1,db2/nomad_upload_monitor' });
  assert.ok(hidden.includes('p%40ss-word'));
  assert.ok(hidden.includes('p@ss-word'));
  assert.ok(!hidden.some((secret) => 'see /nomad_upload_monitor'.includes(secret)));
  assert.ok(secrets({ DATABASE_URL: 'postgres:///d?user=u&password=hushhush' }).includes('hushhush'));
});

test('with it, no folder for the state is needed', () => {
  const given = { NOMAD_TOKEN: 'x', DATABASE_URL: 'postgres://u:p@db/d' };
  assert.ok('config' in parseConfig(given, { scheduleProblem: () => null }));
  assert.ok('problems' in parseConfig({ NOMAD_TOKEN: 'x' }, { scheduleProblem: () => null }));
});

// TLS to PostgreSQL: certificate and name are verified, and nothing goes over the line before.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { databaseUrl } from '../../../src/config/database.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import { StateNotWrittenError, StateError } from '../../../src/store/store.ts';
import { startServer } from '../../support/postgres.ts';

const server = await startServer();
after(() => server.remove());

/** A certificate for localhost, signed by itself: it is its own authority. */
function certificate(name: string): string {
  const [key, cert] = [join(server.folder, `${name}.key`), join(server.folder, `${name}.crt`)];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '9'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return cert;
}

const own = certificate('server');
const other = certificate('other');
if (process.getuid?.() === 0) chownSync(join(server.folder, 'server.key'), 65_534, 65_534);
chmodSync(join(server.folder, 'server.key'), 0o600);
appendFileSync(
  join(server.folder, 'postgresql.conf'),
  `ssl = on\nssl_cert_file = '${own}'\nssl_key_file = '${join(server.folder, 'server.key')}'\n`,
);
const hba = join(server.folder, 'pg_hba.conf');
const admins = readFileSync(hba, 'utf8');
writeFileSync(hba, `hostssl all monitor all scram-sha-256\nhost all monitor all reject\n${admins}`);
await server.stop();
await server.start();
const { database, password } = await server.database();

async function ask(host: string, parameters: string): Promise<unknown> {
  const read = databaseUrl(
    `postgres://monitor:${encodeURIComponent(password ?? '')}@${host}:${server.port}/${database}?${parameters}`,
  );
  assert.ok('value' in read);
  const db = openDatabase(read.value, 1);
  try {
    const [row] = await db.rows('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return row?.['ssl'];
  } finally {
    await db.close();
  }
}

test('with the authority that signed it, under the name that it is for', async () => {
  assert.equal(await ask('localhost', `sslmode=verify-full&sslrootcert=${own}`), true);
  assert.equal(await ask('localhost', `sslmode=require&sslrootcert=${own}`), true);
});

const REFUSED: Readonly<Record<string, readonly [host: string, parameters: string, words: RegExp]>> = {
  'an authority that nobody knows': ['localhost', 'sslmode=verify-full', /self-signed certificate.*sslrootcert=FILE/],
  'another authority': ['localhost', `sslmode=verify-full&sslrootcert=${other}`, /certificate/],
  'another name': ['127.0.0.1', `sslmode=verify-full&sslrootcert=${own}`, /altname|does not match|certificate/i],
  'no encryption where the server wants it': ['localhost', 'sslmode=disable', /pg_hba\.conf/],
};
for (const [what, [host, parameters, words]] of Object.entries(REFUSED)) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(
      ask(host, parameters),
      (error) =>
        error instanceof StateNotWrittenError && words.test(error.message) && !error.message.includes(String(password)),
    );
  });
}

test('an authority in a file that is not there is said at once', async () => {
  await assert.rejects(
    ask('localhost', 'sslmode=verify-full&sslrootcert=/nowhere/ca.pem'),
    (error) => error instanceof StateError && error.message.includes('sslrootcert cannot be read'),
  );
});

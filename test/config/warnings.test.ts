// What is no error, and still should not be so: secrets that others can read, on the disk or on the way.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from '../../src/config/load.ts';
import { readEnv } from '../../src/config/env.ts';
import { isReadByAll } from '../../src/config/warnings.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { tempDir } from '../support/temp.ts';

test('files of secrets that every user can read are told, each by its name', (context) => {
  const dir = tempDir(context);
  const [envFile, password, token] = ['env', 'password', 'token'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(envFile, `NOMAD_USERNAME=ada\nHTTP_TOKEN_FILE=${token}\nSMTP_URL=smtp://user:pass@h\n`);
  writeFileSync(password, 'p');
  writeFileSync(token, 't');
  const environment = { NOMAD_PASSWORD_FILE: password };
  assert.deepEqual(readEnv(envFile, environment, () => true).warnings, [
    `${envFile}: it contains SMTP_URL, and every user of this machine can read it; run chmod 600 on it`,
    `NOMAD_PASSWORD_FILE: every user of this machine can read ${password}; run chmod 600 on it`,
    `HTTP_TOKEN_FILE: every user of this machine can read ${token}; run chmod 600 on it`,
  ]);
  assert.deepEqual(readEnv(envFile, environment, () => false).warnings, []);
  writeFileSync(envFile, 'NOMAD_USERNAME=ada\nNOMAD_PASSWORD=\n');
  assert.deepEqual(readEnv(envFile, {}, () => true).warnings, [], 'no secret is in it');
});

test('every user can read what they may read in folders that they may enter', (context) => {
  assert.equal(isReadByAll('/etc/hosts'), true);
  const dir = tempDir(context);
  const path = join(dir, 'secret');
  writeFileSync(path, 's');
  chmodSync(path, 0o644);
  chmodSync(dir, 0o700);
  assert.equal(isReadByAll(path), false);
  assert.equal(isReadByAll(join(dir, 'missing')), false);
});

test("a login that goes over the network unencrypted is told; on this machine it is nobody's business", () => {
  const warnings = (url: string) =>
    load('/dev/null', { scheduleProblem }, { HOME: '/h', NOMAD_TOKEN: 'secret', NOMAD_URL: url }).loaded?.warnings;
  assert.deepEqual(warnings('http://oasis.lab.example/nomad-oasis'), [
    'NOMAD_URL: http:// is not encrypted, and anyone on the network path can read the password or token; use https:// if the server supports it',
  ]);
  assert.deepEqual(warnings('http://localhost:8000/nomad-oasis'), []);
  assert.deepEqual(warnings('https://oasis.lab.example/nomad-oasis'), []);
});

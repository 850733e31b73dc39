// The real program's API against its own openapi.json: schemathesis asks it all that the document allows, and much that it does not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { tempDir } from '../../support/temp.ts';
import { startMonitored } from './monitored.ts';
import { startRelay } from './relay.ts';

const TOOLS = process.env['API_TOOLS'];
const EXAMPLES = process.env['API_EXAMPLES'] ?? '20';
const SEED = process.env['API_SEED'] ?? '1';
const TOKEN = 'a-t0ken-of-24-characters';
const PASSWORD = { HTTP_USERNAME: 'ada', HTTP_PASSWORD: 'pässwörd: with a colon' };
const BEYOND_LOOPBACK = { HTTP_HOST: '0.0.0.0', HTTP_TOKEN: TOKEN };

const basic = `Basic ${Buffer.from(`${PASSWORD.HTTP_USERNAME}:${PASSWORD.HTTP_PASSWORD}`).toString('base64')}`;

const SITES: readonly {
  readonly name: string;
  readonly uploads: number;
  readonly env: Readonly<Record<string, string>>;
  readonly authorization: string | null;
}[] = [
  { name: 'on loopback, without a secret, 0 uploads', uploads: 0, env: {}, authorization: null },
  { name: 'on loopback, without a secret, 300 uploads', uploads: 300, env: {}, authorization: null },
  { name: 'beyond, with HTTP_TOKEN, 0 uploads', uploads: 0, env: BEYOND_LOOPBACK, authorization: `Bearer ${TOKEN}` },
  {
    name: 'beyond, with HTTP_TOKEN and a password, 300 uploads',
    uploads: 300,
    env: { ...BEYOND_LOOPBACK, ...PASSWORD },
    authorization: basic,
  },
];

for (const { name, uploads, env, authorization } of SITES) {
  test(`schemathesis finds nothing: ${name}`, { timeout: 300_000 }, async (context) => {
    const monitor = await startMonitored(context, uploads, env);
    const port = authorization === null ? monitor.port : await startRelay(context, monitor.port);
    const folder = tempDir(context);
    const document = `http://127.0.0.1:${port}/api/v1/openapi.json`;
    const answer = await fetch(document, { headers: authorization === null ? {} : { authorization } });
    writeFileSync(join(folder, 'openapi.json'), await answer.text());
    await run(folder, 'openapi-spec-validator', ['--schema', '3.1', 'openapi.json']);

    const header = authorization === null ? [] : ['--header', `Authorization: ${authorization}`];
    const said = await run(folder, 'schemathesis', [
      ...['--config-file', join(import.meta.dirname, 'schemathesis.toml'), 'run', document, ...header],
      ...['--checks', 'all', '--max-examples', EXAMPLES, '--seed', SEED, '--continue-on-failure', '--no-color'],
    ]);
    context.diagnostic(/\d+ generated, .*/.exec(said)?.[0] ?? 'it does not say how much it tried');
    assert.doesNotMatch(monitor.log(), /an HTTP request failed|"level":"error"/);
  });
}

/** What it said; throws with that when it ends with another code than 0. */
async function run(folder: string, name: string, args: readonly string[]): Promise<string> {
  assert.ok(TOOLS !== undefined, 'API_TOOLS is the folder that setup.sh prints');
  const child = spawn(join(TOOLS, 'bin', name), args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  assert.equal(child.exitCode, 0, said);
  return said;
}

// What is said where the program cannot start: one sentence, code 2. With real old versions of Node: test/campaigns/package.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { tempDir } from './support/temp.ts';

/** A version is pretended before anything of the program is loaded. */
function start(folder: string, version: string, args: readonly string[] = []) {
  const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', pretend, '--', join(folder, 'start.js'), ...args],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr: stderr.replaceAll(process.execPath, 'NODE') };
}

/** `libraries`: that are installed, of the two that it needs. */
function clone(context: TestContext, libraries: readonly string[]): string {
  const root = tempDir(context);
  for (const name of libraries) mkdirSync(join(root, 'node_modules', name), { recursive: true });
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { one: '1', '@a/two': '2' } }),
  );
  for (const name of ['start.js', 'ready.js']) cpSync(join('src', name), join(root, 'src', name));
  writeFileSync(join(root, 'src/main.ts'), "const said: string = 'started'; console.log(said);");
  return join(root, 'src');
}

function installed(context: TestContext): string {
  const root = tempDir(context);
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  for (const name of ['start.js', 'ready.js']) cpSync(join('src', name), join(root, 'dist', name));
  writeFileSync(join(root, 'dist/main.js'), "console.log('started');");
  return join(root, 'dist');
}

for (const [what, version, libraries, said] of [
  ['nothing is installed', '20.20.2', [], /^nomad-upload-monitor: one is not installed here; run npm ci first.*\n$/],
  [
    'a library is missing',
    '24.0.0',
    ['one'],
    /^nomad-upload-monitor: @a\/two is not installed here; run npm ci first.*\n$/,
  ],
  [
    'Node is too old',
    '22.23.5',
    ['one', '@a/two'],
    /^nomad-upload-monitor needs Node 24 or newer, and this is Node 22\.23\.5 \(NODE\); run npm ci without --omit=dev.*\n$/,
  ],
] as const)
  test(`a clone, and ${what}: one sentence, 2`, (context) => {
    const { status, stdout, stderr } = start(clone(context, libraries), version);
    assert.match(stderr, said);
    assert.deepEqual([status, stdout], [2, '']);
  });

test('installed, and Node is too old: one sentence, 2', (context) => {
  const { status, stdout, stderr } = start(installed(context), '20.20.2');
  assert.match(
    stderr,
    /^nomad-upload-monitor needs Node 24 or newer, and this is Node 20\.20\.2 \(NODE\); install a newer one\n$/,
  );
  assert.deepEqual([status, stdout], [2, '']);
});

test('Node is new enough: a clone starts its sources, what is installed its bundle', (context) => {
  for (const folder of [clone(context, ['one', '@a/two']), installed(context)])
    assert.deepEqual(start(folder, '24.0.0'), { status: 0, stdout: 'started\n', stderr: '' });
});

test('the command itself is a script for sh that keeps our options from Node', (context) => {
  const folder = installed(context);
  writeFileSync(join(folder, 'main.js'), 'console.log(JSON.stringify([process.argv.slice(2), process.execArgv]));');
  const env = { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin` };
  const { stdout } = spawnSync('sh', [join(folder, 'start.js'), '--env-file', '/a b', 'check'], {
    env,
    encoding: 'utf8',
  });
  assert.deepEqual(JSON.parse(stdout), [
    ['--env-file', '/a b', 'check'],
    ['--max-semi-space-size=2', '--max-old-space-size=768'],
  ]);
});

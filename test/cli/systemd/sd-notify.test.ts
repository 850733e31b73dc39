// What is said to systemd goes through one process after the other; one that is missing, fails or hangs is told once and holds up nothing.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNotifier } from '../../../src/cli/systemd/sd-notify.ts';
import type { Fields } from '../../../src/log.ts';
import { fakeNotify } from '../../support/fake-notify.ts';
import { tempDir } from '../../support/temp.ts';

function setUp(path: string, patience?: number) {
  const logged: string[] = [];
  const heard = { next: (): void => undefined };
  const write = ({ reason }: Fields, message: string) => {
    logged.push(`${message}: ${String(reason)}`);
    heard.next();
  };
  const log = { debug: write, info: write, warn: write, error: write };
  const notify = createNotifier({ socket: '/run/test/notify', path, watchdog: null }, log, patience);
  const aLine = () => new Promise<void>((resolve) => (heard.next = resolve));
  return { notify, logged, aLine };
}

test('one at a time, in order; what is said anew takes the place of what was not said yet', async (context) => {
  const fake = fakeNotify(context, 'mkdir "$0.lock" || exit 9; sleep 0.1; rmdir "$0.lock"; echo >> "$0.ended"');
  const { notify, logged } = setUp(fake.env.PATH);
  const all = ['READY=1', 'STATUS=a', 'WATCHDOG=1', 'STATUS=b', 'RELOADING=1', 'READY=1', 'STATUS=c'];
  for (const each of all) notify(each);
  const expected = ['READY=1', 'WATCHDOG=1', 'RELOADING=1', 'READY=1', 'STATUS=c'];
  const ended = `${fake.program}.ended`;
  // Until the last has ended: it still works in the folder that goes with the test.
  await fake.until(() => existsSync(ended) && statSync(ended).size === expected.length);
  assert.deepEqual(fake.said(), expected);
  assert.deepEqual(logged, []);
});

test('it sees the socket and the path, and nothing more', async (context) => {
  const fake = fakeNotify(context);
  const { notify } = setUp(fake.env.PATH);
  notify('STATUS=two words; $HOME "quoted"');
  await fake.until((said) => said.length === 1);
  assert.deepEqual(fake.said(), ['STATUS=two words; $HOME "quoted"']);
  const names = fake
    .environment()
    .split('\n')
    .map((line) => line.split('=')[0])
    .filter((name) => name !== '' && name !== '_' && name !== 'PWD' && name !== 'SHLVL' && name !== 'OLDPWD');
  assert.deepEqual(names.sort(), ['NOTIFY_SOCKET', 'PATH']);
});

test('it is not there: told once; and it is used when it comes', async (context) => {
  const folder = tempDir(context);
  const { notify, logged, aLine } = setUp(folder);
  const told = aLine();
  notify('READY=1');
  notify('STATUS=a');
  await told;
  const fake = fakeNotify(context);
  copyFileSync(fake.program, join(folder, 'systemd-notify'));
  notify('STOPPING=1');
  await fake.until((said) => said.at(-1) === 'STOPPING=1');
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? '', /^cannot notify systemd: systemd-notify cannot be run: .*ENOENT/);
});

test('it fails: what it said about it is told, on one line', async (context) => {
  const fake = fakeNotify(context, 'printf "no\\nsuch\\033[2J socket" >&2; exit 1');
  const { notify, logged, aLine } = setUp(fake.env.PATH);
  const told = aLine();
  notify('READY=1');
  await told;
  assert.deepEqual(logged, ['cannot notify systemd: systemd-notify exited with 1: no such [2J socket']);
});

test('it hangs: it is killed, and the next is said', async (context) => {
  const fake = fakeNotify(context, '[ "$*" != READY=1 ] || exec sleep 600');
  const { notify, logged, aLine } = setUp(fake.env.PATH, 300);
  const told = aLine();
  notify('READY=1');
  notify('STATUS=a');
  await told;
  assert.deepEqual(logged, ['cannot notify systemd: systemd-notify was killed by SIGKILL; its limit is 0.3 s']);
  await fake.until((said) => said.length === 2);
  assert.deepEqual(fake.said(), ['READY=1', 'STATUS=a']);
});

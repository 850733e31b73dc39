// A machine with systemd as its first process (machine.sh): start it, run something in it, read its journal.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';

export interface Machine {
  /** Runs it in the machine, as root; what it wrote, both streams. Fails when it does not end with `code`. */
  run(command: string, code?: number): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** A property of a unit, as `systemctl show` has it. */
  property(unit: string, name: string): Promise<string>;
  /** Asks for the property until it is as it should be. */
  until(unit: string, name: string, expected: RegExp): Promise<string>;
  /** Forgets what the journal has so far, also what is still on its way here. */
  forget(): Promise<void>;
  /** What was said since then by a unit, and of it. */
  messages(unit: string): readonly string[];
  /** Resolves when one of these matches. */
  said(unit: string, expected: RegExp): Promise<void>;
  end(): Promise<void>;
}

interface Entry {
  readonly unit: string;
  readonly message: string;
}

const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

export async function startMachine(folder: string): Promise<Machine> {
  const keeper = spawn(join(import.meta.dirname, 'machine.sh'), [folder, join(import.meta.dirname, '../../..')], {
    stdio: ['pipe', 'inherit', 'inherit'],
    // Ctrl-C is for us alone: when we are gone, the machine goes too.
    detached: true,
  });
  const ended = once(keeper, 'exit');
  const pid = await firstProcess(keeper);
  const inside = ['--target', String(pid), '--mount', '--pid', '--cgroup', '--ipc', '--uts', '--root', '--wd'];
  const tried = (command: string, input = '') => runToEnd([...inside, 'sh', '-c', command], input);
  async function run(command: string, code = 0, input = ''): Promise<string> {
    const { ended: endedWith, output } = await tried(command, input);
    assert.equal(endedWith, code, `${command}: ${output}`);
    return output;
  }
  const property = (unit: string, name: string) => run(`systemctl show --value --property ${name} '${unit}'`);

  for (let state = ''; state !== 'running'; state = (await tried('systemctl is-system-running')).output)
    if (keeper.exitCode !== null) throw new Error('the machine ended before it was up');

  let entries: Entry[] = [];
  const listeners = new Set<() => void>();
  const journal = spawn('nsenter', [...inside, 'journalctl', '--follow', '--lines', 'all', '--output', 'json'], {
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(journal.stdout).on('line', (line) => {
    entries.push(entryOf(line));
    for (const listener of [...listeners]) listener();
  });
  let marks = 0;
  const heard = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  const messages = (unit: string) => entries.filter((entry) => entry.unit === unit).map(({ message }) => message);

  return {
    run,
    property,
    messages,
    async write(path, text) {
      await run(`mkdir -p "$(dirname '${path}')" && cat > '${path}'`, 0, text);
    },
    async until(unit, name, expected) {
      for (;;) {
        const value = await property(unit, name);
        if (expected.test(value)) return value;
        await setImmediate();
      }
    },
    async forget() {
      marks += 1;
      const mark = `mark ${marks}`;
      await run('systemd-cat --identifier test', 0, mark);
      await heard(() => entries.some(({ message }) => message === mark));
      entries = [];
    },
    said: (unit, expected) => heard(() => messages(unit).some((message) => expected.test(message))),
    async end() {
      keeper.stdin.end();
      await ended;
    },
  };
}

async function runToEnd(args: readonly string[], input: string) {
  const child = spawn('nsenter', args, { env: ENV, stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  if (input !== '') child.stdin.write(input);
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
  return { ended: code, output: output.trim() };
}

function entryOf(line: string): Entry {
  const { MESSAGE, UNIT, _SYSTEMD_UNIT } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const unit = [UNIT, _SYSTEMD_UNIT].find((each) => typeof each === 'string') ?? '';
  return { unit, message: typeof MESSAGE === 'string' ? MESSAGE : '' };
}

/** Its id as it is known outside. */
async function firstProcess(keeper: ChildProcess): Promise<number> {
  for (;;) {
    if (keeper.exitCode !== null)
      throw new Error('no machine: it needs root, and a kernel that lets it mount, for example no container around it');
    const [unshare] = childrenOf(keeper.pid ?? 0);
    const [first] = unshare === undefined ? [] : childrenOf(unshare);
    if (first !== undefined && read(`/proc/${first}/cmdline`).startsWith('/lib/systemd/systemd')) return first;
    await setImmediate();
  }
}

function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((each) => each !== '')
    .map(Number);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

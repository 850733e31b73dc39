// Programs that go on when this one ends: started in a group of their own, ended by the id that was written down, and only while it is still theirs.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CACHE } from './places.ts';

export interface Part {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Resolves with true once it can be used; asked each half second. */
  readonly isReady: () => Promise<boolean>;
  /** How long that may take. */
  readonly seconds: number;
}

const RUN = join(CACHE, 'run');
const LOG = join(CACHE, 'log');
export const logOf = (name: string) => join(LOG, `${name}.log`);

/** The id of its first process, while it runs. */
export function pidOf(name: string): number | undefined {
  const file = join(RUN, `${name}.pid`);
  if (!existsSync(file)) return undefined;
  const [pid, since] = readFileSync(file, 'utf8').split(' ');
  return since !== undefined && sinceOf(Number(pid)) === since ? Number(pid) : undefined;
}

/** The names of all that runs. */
export const running = (): readonly string[] =>
  existsSync(RUN)
    ? readdirSync(RUN)
        .map((file) => file.replace('.pid', ''))
        .filter((name) => pidOf(name) !== undefined)
    : [];

export async function start(part: Part): Promise<void> {
  if (pidOf(part.name) === undefined) launch(part);
  const end = Date.now() + part.seconds * 1000;
  while (!(await part.isReady())) {
    if (pidOf(part.name) === undefined) throw new Error(`${part.name} ended: see ${logOf(part.name)}`);
    if (Date.now() > end) throw new Error(`${part.name} is not ready after ${part.seconds} s: see ${logOf(part.name)}`);
    await sleep(500);
  }
}

function launch({ name, command, cwd = CACHE, env: more = {}, user }: Part): void {
  for (const folder of [RUN, LOG, cwd]) mkdirSync(folder, { recursive: true });
  const log = openSync(logOf(name), 'w');
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd,
    detached: true,
    env: { ...env, ...more },
    stdio: ['ignore', log, log],
    ...user,
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error(`${name} cannot be started: ${program}`);
  writeFileSync(join(RUN, `${name}.pid`), `${child.pid} ${sinceOf(child.pid) ?? ''}`);
}

/** Ends it and all that it started; asks first, and does not wait for ever. */
export async function stop(name: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  const pid = pidOf(name);
  if (pid === undefined) return;
  kill(-pid, signal);
  for (let tries = 0; tries < 60 && pidOf(name) !== undefined; tries += 1) await sleep(250);
  if (pidOf(name) !== undefined) kill(-pid, 'SIGKILL');
  rmSync(join(RUN, `${name}.pid`), { force: true });
}

/** When a process began, in the system's own ticks: with its id that is a name that does not come again. */
function sinceOf(pid: number): string | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const fields = readFileSync(file, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** Its children and theirs, by id: each of its threads may have some. */
export function descendants(pid: number): readonly number[] {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/children`);
  const children = threads.flatMap((file) => readFileSync(file, 'utf8').split(' ')).filter((each) => each !== '');
  return children.flatMap((child) => [Number(child), ...descendants(Number(child))]);
}

// The process: arguments, signals, exit code. Nothing else. It is started by start.js.
import { statSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';

// What Node makes of our files is kept, where that can be written: a start then takes half the time, and less memory. NODE_COMPILE_CACHE,
// which `npm start` and the systemd unit set, names another place and holds for this file as well.
enableCompileCache(join(cacheFolder(), 'nomad-upload-monitor'));
const { runCli } = await import('./cli/program.ts');

const stopping = new AbortController();

for (const [name, number] of [
  ['SIGTERM', 15],
  ['SIGINT', 2],
] as const) {
  process.on(name, () => {
    if (stopping.signal.aborted) process.exit(128 + number);
    stopping.abort();
  });
}

// Node would open a debugger on a port at SIGUSR1: whoever reaches that port could run anything.
process.on('SIGUSR1', () => undefined);
// A log that cannot be written (a full disk, a reader that has gone) is no reason to end.
process.stderr.on('error', () => undefined);
// The reader of our output is gone (`demo | head`): we stop, as after a signal.
process.stdout.on('error', () => {
  stopping.abort();
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  stopping: stopping.signal,
  onReload: (reload) => process.on('SIGHUP', reload),
  onToggleDebug: (toggle) => process.on('SIGUSR2', toggle),
  becomeService,
});
// A connection that somebody keeps open must not keep an ended monitor alive.
setTimeout(() => process.exit(), 1000).unref();

/** As systemd starts it. A file that root makes in a state would be closed to the service. */
function becomeService(stateDir: string, rights: 'of the service' | 'as they are'): void {
  process.env['STATE_DIRECTORY'] = stateDir;
  if (process.getuid?.() !== 0 || rights === 'as they are') return;
  const owner = ownerOf(stateDir) ?? ownerOf(dirname(stateDir));
  if (owner === null || owner.uid === 0) return;
  // Afterwards our cache may not be written any more.
  flushCompileCache();
  // Node's types do not know it.
  (process as { initgroups?: (user: number, group: number) => void }).initgroups?.(owner.uid, owner.gid);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
  process.env['HOME'] = home();
}

/** null: it is not there. */
function ownerOf(path: string): { readonly uid: number; readonly gid: number } | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

/** A clone keeps it to itself; what is installed is not ours to write to, also where we could. */
function cacheFolder(): string {
  const inClone = import.meta.filename.endsWith('.ts');
  return join(inClone ? join(import.meta.dirname, '../node_modules') : home(), '.cache');
}

/** A user that the machine has no entry for, as in a container, has no home: nothing is kept there. */
function home(): string {
  try {
    return userInfo().homedir;
  } catch {
    return '/nonexistent';
  }
}

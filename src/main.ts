#!/usr/bin/env -S node --max-semi-space-size=2 --max-old-space-size=768
// The process: arguments, signals, exit code. Nothing else.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What Node makes of our files is kept, where that can be written: a start then takes half the time, and less memory. NODE_COMPILE_CACHE,
// which `npm start` and the systemd unit set, names another place and holds for this file as well.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/nomad-upload-monitor'));
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

process.exitCode = await runCli(process.argv.slice(2), {
  stopping: stopping.signal,
  onReload: (reload) => process.on('SIGHUP', reload),
  onToggleDebug: (toggle) => process.on('SIGUSR2', toggle),
});
// A connection that somebody keeps open must not keep an ended monitor alive.
setTimeout(() => process.exit(), 1000).unref();

#!/usr/bin/env node
// The process: arguments, signals, exit code. Nothing else.
import { runCli } from './cli/program.ts';

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

process.exitCode = await runCli(process.argv.slice(2), {
  stopping: stopping.signal,
  onReload: (reload) => process.on('SIGHUP', reload),
});
// A connection that somebody keeps open must not keep an ended monitor alive.
setTimeout(() => process.exit(), 1000).unref();

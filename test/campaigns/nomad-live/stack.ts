// A NOMAD of a version with all that is under it: up, down.
import { spawnSync } from 'node:child_process';
import { PORTS, type Version } from './places.ts';
import { partsOf } from './parts.ts';
import { pidOf, running, start, stop } from './processes.ts';

/** Starts what does not run yet; `onPart` hears of each that is ready. */
export async function startVersion(version: Version, onPart: (line: string) => void = () => undefined): Promise<void> {
  for (const part of partsOf(version)) {
    const began = Date.now();
    const isThere = pidOf(part.name) !== undefined;
    await start(part);
    if (part.name === 'postgres') createDatabase();
    onPart(`${part.name} ${isThere ? 'runs' : `ready after ${((Date.now() - began) / 1000).toFixed(0)} s`}`);
  }
}

/** Ends what belongs to that version alone; the parts that all share go on. */
export async function stopVersion(version: Version): Promise<void> {
  for (const name of running().filter((each) => each.endsWith(`-${version}`))) await stop(name);
}

/** What is underneath ends last. */
export async function stopAll(): Promise<void> {
  const last = ['ferret', 'postgres'];
  const names = [...running()].sort((a, b) => last.indexOf(a) - last.indexOf(b));
  for (const name of names) await stop(name);
}

function createDatabase(): void {
  const args = ['-h', '127.0.0.1', '-p', String(PORTS.postgres), '-U', 'postgres', '-c', 'CREATE DATABASE ferret'];
  const { stderr } = spawnSync('psql', args, { encoding: 'utf8' });
  if (stderr !== '' && !stderr.includes('already exists')) throw new Error(stderr);
}

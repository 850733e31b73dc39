// What scenes of the demo's story are made of: uploads by their number, chance, the reasons of failures, the sentence of a change. Pure but
// for the world that a scene changes: time and randomness are arguments.
import { errorText, isCelery } from './nomad-generations.ts';
import { type Order, stepsOf } from './nomad-runs.ts';
import type { SimulatedUpload, World } from './nomad-state.ts';

export interface LifeChange {
  readonly name: string;
  readonly what: string;
}
export type Random = () => number;
export type DemoScene = (world: World, now: number, random: Random) => LifeChange | null;

const MATERIALS = ['GaAs', 'perovskite', 'MoS2', 'NiO', 'graphene', 'TiO2', 'LiFePO4', 'CsPbI3'];
const KINDS = ['bandstructure', 'relaxation', 'XRD', 'phonons', 'batch', 'MD run', 'DOS', 'convergence'];
/** Of a worker of 1.3, and of later ones. */
const FAILURES_OF_CELERY = [
  'FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml',
  'SoftTimeLimitExceeded: SoftTimeLimitExceeded()',
  'process failed due to worker lost: Worker exited prematurely: signal 9 (SIGKILL)',
  'ProcessingError: parser raised system exit',
  "KeyError: 'lattice_vectors'",
];
const FAILURES_OF_TEMPORAL = [
  'FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml',
  'ValueError: Bad archive.',
  'OSError: [Errno 28] No space left on device',
  'AssertionError: .volumes/fs/tmp/demo0030-upload-abcd/batch.zip does not exist',
  "KeyError: 'lattice_vectors'",
];

export function failuresOf({ generation }: World): readonly string[] {
  return isCelery(generation)
    ? FAILURES_OF_CELERY
    : FAILURES_OF_TEMPORAL.map((exception) => errorText(exception, generation));
}

export function did(upload: SimulatedUpload, what: string, change: (upload: SimulatedUpload) => void): LifeChange {
  change(upload);
  const reason = upload.errors.at(-1)?.replace(/^_RemoteTraceback[^]*\n(.+)\n"""$/, '$1');
  const why = upload.status === 'FAILURE' && what.startsWith('fails') ? `: ${reason ?? ''}` : '';
  return { name: upload.name ?? upload.id, what: `${what}${why}` };
}

/** A whole run, too quick to be seen at work. */
export function doAtOnce(world: World, upload: SimulatedUpload, order: Order, now: number): void {
  for (const { take } of stepsOf(world, upload, order)) take(now);
}

export function uploadAt(world: World, index: number): SimulatedUpload {
  const upload = world.uploads.get(idOf(index));
  if (upload === undefined) throw new Error(`the demo has no upload ${index}`);
  return upload;
}

export function idOf(index: number): string {
  return `demo${String(index).padStart(4, '0')}-upload-abcd`;
}

export function materialName(index: number, random: Random): string {
  return `${pick(MATERIALS, random)} ${pick(KINDS, random)} ${String(index + 1).padStart(2, '0')}`;
}

export function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

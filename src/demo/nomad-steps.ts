// What the runs of the simulated NOMAD are made of: single writes, between which a listing can fall, and how runs begin and end.
import { badEnd, goodEnd, isCelery, processText } from './nomad-generations.ts';
import { type SimulatedUpload, type World, fail, queue, start, succeed } from './nomad-state.ts';

/** One write of NOMAD's. `name`: its message where it has one. */
export interface NomadWrite {
  readonly name: string;
  readonly take: (now: number) => void;
}

/** 1.3 of every end, later ones of a failure: all of it is written but for the status, which says RUNNING. */
export function writeHalf(upload: SimulatedUpload, now: number, errors: readonly string[] = []): void {
  const process = upload.process ?? 'process_upload';
  upload.status = 'RUNNING';
  upload.completeTime = now;
  upload.errors = [...errors];
  upload.message = errors.length > 0 ? badEnd(process, errors, upload.generation) : goodEnd(process, upload.generation);
}

export function begin(world: World, upload: SimulatedUpload, process: string): readonly NomadWrite[] {
  const queued = step('queued', () => {
    queue(world, upload, process);
  });
  if (!isCelery(upload.generation)) return [queued];
  return [queued, says(upload, `Started: ${processText(process, upload.generation)}`)];
}

export function goodEnding(upload: SimulatedUpload): readonly NomadWrite[] {
  if (!isCelery(upload.generation))
    return [
      step('ended', (now) => {
        succeed(upload, now, upload.entries, upload.failing);
      }),
    ];
  return [
    step('ending', (now) => {
      writeHalf(upload, now);
    }),
    step('ended', (now) => {
      succeed(upload, upload.completeTime ?? now, upload.entries, upload.failing);
    }),
  ];
}

export function badEnding(upload: SimulatedUpload, error: string): readonly NomadWrite[] {
  return [
    step('ending', (now) => {
      writeHalf(upload, now, [error]);
    }),
    step('ended', (now) => {
      fail(upload, upload.completeTime ?? now, [error]);
    }),
  ];
}

export function says(upload: SimulatedUpload, text: string): NomadWrite {
  return step(text, () => {
    start(upload, text);
  });
}

export function step(name: string, take: (now: number) => unknown): NomadWrite {
  return {
    name,
    take: (now) => {
      take(now);
    },
  };
}

// How this NOMAD processes, as its own answers show it, and what follows from that for who watches it. Pure.
import { type Part, ok } from './findings.ts';
import { type Engine, engineOf, workOf } from '../process/names.ts';
import type { Upload } from '../upload.ts';

/** `leavesTime`: whether a good run leaves its time (`complete_time`); null: nothing shows it. */
export interface Behaviour {
  readonly engine: Engine;
  readonly leavesTime: boolean | null;
}

/** null: no upload shows it yet. An upload from before an upgrade still shows the engine of then, and nobody goes back to Celery. */
export function behaviourOf(uploads: readonly Upload[]): Behaviour | null {
  const engines = new Set(uploads.map(engineOf));
  if (!engines.has('temporal')) return engines.has('celery') ? { engine: 'celery', leavesTime: true } : null;
  const good = uploads.filter(
    (upload) =>
      upload.status === 'SUCCESS' && engineOf(upload) === 'temporal' && workOf(upload.process) === 'processing',
  );
  // Without a time, the only hint at when it ended is when it was created.
  const [newest] = good.toSorted((a, b) => b.createTime - a.createTime);
  return { engine: 'temporal', leavesTime: newest === undefined ? null : newest.completeTime !== null };
}

export function judgeProcessing(behaviour: Behaviour | null): Part {
  if (behaviour === null) return ok('processing', 'no upload shows yet how this NOMAD processes uploads');
  if (behaviour.engine === 'celery')
    return ok('processing', 'by Celery (NOMAD 1.3 or older): only an administrator can end an upload that is stuck');
  const temporal =
    'by Temporal (NOMAD 1.4 or later): an upload is PENDING until its end, and its authors can stop one that is stuck';
  if (behaviour.leavesTime !== false) return ok('processing', temporal);
  return ok(
    'processing',
    `${temporal}; successful runs record no end time (1.4): one that starts and ends between two polls is found by its entries, within 15 minutes`,
  );
}

// A past for uploads that a test has just made: weeks of runs, written into the state of a monitor that is not running.
import { ADA, type SimulatedUpload } from '../../../src/demo/nomad-state.ts';
import type { Event, EventKind } from '../../../src/domain/event.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

type Given = Pick<SimulatedUpload, 'id' | 'name' | 'status' | 'completeTime'>;

/** More or less runs of each, most of them good; the last one as the upload is. */
export async function givePast(stateDir: string, deployment: string, uploads: readonly Given[]): Promise<void> {
  const store = openSqliteStore(stateDir);
  const now = Date.now();
  const { id } = await store.openAccount(deployment, ADA.id, now);
  const events = uploads.flatMap((upload, index) => pastOf(upload, index, now));
  await store.commitHealth({ account: id, login: 'past', health: HEALTHY, events, notifications: [], now });
  await store.close();
}

const ENDS = ['good', 'good', 'failed', 'good', 'good', 'good', 'entries', 'good', 'empty', 'good', 'good'] as const;
const KINDS: Readonly<Record<(typeof ENDS)[number], EventKind>> = {
  good: 'upload.succeeded',
  failed: 'upload.failed',
  entries: 'upload.entries_failed',
  empty: 'upload.empty',
};

function pastOf({ id, name, status, completeTime }: Given, index: number, now: number): readonly Event[] {
  const upload = { id, name, link: '', author: ADA.name, role: 'main_author' } as const;
  const facts = { process: 'process_upload', message: null, errors: [], warnings: [], entries: 2 };
  const last = completeTime ?? now - DAY;
  const runs = 1 + ((index * 7) % 20);
  return Array.from({ length: runs }, (_, run): Event => {
    const isLast = run === runs - 1;
    const before = ENDS[(index * 3 + run) % ENDS.length] ?? 'good';
    const end = isLast ? (status === 'FAILURE' ? 'failed' : 'good') : before;
    const time = last - (runs - 1 - run) * DAY;
    return {
      id: `past ${index} ${run}`,
      kind: KINDS[end],
      time,
      upload,
      before: null,
      after: { ...facts, status: end === 'failed' ? 'FAILURE' : 'SUCCESS' },
      details: { complete_time: time, took_ms: (4 + ((index + run * 31) % 17)) * MINUTE },
    };
  });
}

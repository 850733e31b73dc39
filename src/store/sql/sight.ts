// What a state says of a few uploads, for those who look beside a running monitor again and again: only their rows are read.
import type { Health } from '../../domain/nomad/health.ts';
import type { TrackedUpload } from '../../domain/upload.ts';
import { type Gone, type StoredPoll, goneIn } from '../../domain/wait/outcome.ts';
import type { Database, Session } from '../database.ts';
import { eventOf, watchedOf } from '../documents.ts';
import { number } from '../rows.ts';
import { accountOf, loadHealth } from './snapshot.ts';

export interface StoredSight extends StoredPoll {
  /** Those that it has, by id. */
  readonly uploads: ReadonlyMap<string, TrackedUpload>;
  /** Those that it had, and what became of them. */
  readonly gone: ReadonlyMap<string, Gone>;
  /** How many it has in all. */
  readonly total: number;
  /** The server's clock when the last listing began, ms. */
  readonly takenAt: number;
  /** How NOMAD treats the monitor. */
  readonly health: Health;
}

/** All of one moment. null: this state has not met the account. */
export function sightOf(
  db: Database,
  deployment: string,
  login: string,
  ids: readonly string[],
): Promise<StoredSight | null> {
  return db.reading(async (session) => {
    const account = await accountOf(session, deployment, login);
    const health = await loadHealth(session, `${deployment} ${login}`);
    if (account === null || health === null) return null;
    const [row] = await session.rows(
      'SELECT sequence, taken_at, (SELECT count(*) FROM upload WHERE account_id = $1) AS total FROM account WHERE id = $1',
      account.id,
    );
    const sequence = number(row?.['sequence']);
    if (sequence === null) return null;
    const found = await session.rowsOfEach(
      ids,
      (id) => `SELECT document FROM upload WHERE account_id = $2 AND upload_id = ${id}`,
      account.id,
    );
    const uploads = new Map<string, TrackedUpload>();
    for (const [id, [first]] of found) if (first !== undefined) uploads.set(id, watchedOf(first));
    const missing = ids.filter((id) => !uploads.has(id));
    const isGood = health.failing === null && health.refused === null;
    return {
      sequence,
      takenAt: number(row?.['taken_at']) ?? 0,
      total: number(row?.['total']) ?? 0,
      polledAt: isGood ? health.lookedAt : null,
      uploads,
      gone: await goneOf(session, account.id, missing),
      health,
    };
  });
}

async function goneOf(session: Session, account: number, ids: readonly string[]): Promise<ReadonlyMap<string, Gone>> {
  const last = await session.rowsOfEach(
    ids,
    (id) => `SELECT document FROM event WHERE account_id = $2 AND upload_id = ${id} ORDER BY seq DESC LIMIT 1`,
    account,
  );
  const gone = new Map<string, Gone>();
  for (const [id, [row]] of last) {
    const why = row === undefined ? null : goneIn(eventOf(row));
    if (why !== null) gone.set(id, why);
  }
  return gone;
}

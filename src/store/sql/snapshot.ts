// The stored snapshot of an account, and whose it is: for the store and for those who look beside it.
import type { Health } from '../../domain/nomad/health.ts';
import type { Snapshot, TrackedUpload } from '../../domain/upload.ts';
import type { Database, Session } from '../database.ts';
import { watchedOf } from '../documents.ts';
import type { KnownAccount } from '../operator.ts';
import { number } from '../rows.ts';

/** Rows at once: all texts together are as large as the snapshot itself. */
const BATCH = 1000;
const SEQUENCE = 'SELECT sequence, taken_at FROM account WHERE id = $1';

/** null: the account was never polled. `held`: what the caller has; while its number is the stored one, it is what is stored. */
export async function loadSnapshot(db: Database, account: number, held: Snapshot | null): Promise<Snapshot | null> {
  if (held !== null) {
    const [row] = await db.rows(SEQUENCE, account);
    if (row?.['sequence'] === held.sequence) return held;
  }
  return db.reading(async (session) => {
    const [row] = await session.rows(SEQUENCE, account);
    const sequence = number(row?.['sequence']);
    if (sequence === null) return null;
    return { sequence, takenAt: number(row?.['taken_at']) ?? 0, uploads: await uploadsOf(session, account) };
  });
}

async function uploadsOf(session: Session, account: number): Promise<ReadonlyMap<string, TrackedUpload>> {
  const uploads = new Map<string, TrackedUpload>();
  for (let after = ''; ;) {
    const some = await session.rows(
      'SELECT upload_id, document FROM upload WHERE account_id = $1 AND upload_id > $2 ORDER BY upload_id LIMIT $3',
      account,
      after,
      BATCH,
    );
    for (const each of some) uploads.set(String(each['upload_id']), watchedOf(each));
    if (some.length < BATCH) return uploads;
    after = String(some.at(-1)?.['upload_id']);
  }
}

export interface FoundAccount {
  readonly id: number;
  readonly createdAt: number;
}

/** null: this state has not met it. */
export async function findAccount(session: Session, deployment: string, user: string): Promise<FoundAccount | null> {
  const [row] = await session.rows(
    'SELECT id, created_at FROM account WHERE deployment = $1 AND user_id = $2',
    deployment,
    user,
  );
  return row === undefined ? null : { id: Number(row['id']), createdAt: Number(row['created_at']) };
}

/** `login`: with the deployment before it. null: nothing is known of it. */
export async function loadHealth(session: Session, login: string): Promise<Health | null> {
  const [row] = await session.rows('SELECT health FROM login WHERE login = $1 AND health IS NOT NULL', login);
  return row === undefined ? null : (JSON.parse(String(row['health'])) as Health);
}

/** The account that a login was last seen to be; null: this state has not met it. */
export async function accountOf(session: Session, deployment: string, login: string): Promise<KnownAccount | null> {
  const health = await loadHealth(session, `${deployment} ${login}`);
  const identity = health?.identity ?? null;
  if (identity === null) return null;
  const found = await findAccount(session, deployment, identity.userId ?? login);
  return found === null ? null : { ...found, identity };
}

/** What is remembered of an account, for those who know only its name. */
export async function snapshotOf(db: Database, deployment: string, user: string): Promise<Snapshot | null> {
  const account = await findAccount(db, deployment, user);
  return account === null ? null : loadSnapshot(db, account.id, null);
}

// Whose state it is, from SQLite, for those who look beside the store.
import type { Health } from '../../domain/nomad/health.ts';
import type { KnownAccount } from '../operator.ts';
import { document } from '../rows.ts';
import { get } from './rows.ts';
import type { Statements } from './statements.ts';

/** The account that a login was last seen to be; null: this state has not met it. */
export function accountOf(sql: Statements, deployment: string, login: string): KnownAccount | null {
  const found = get(sql.health, `${deployment} ${login}`);
  const identity = found === undefined ? null : (document(found) as Health).identity;
  if (identity === null) return null;
  const row = get(sql.account, deployment, identity.userId ?? login);
  return row === undefined ? null : { id: Number(row['id']), createdAt: Number(row['created_at']), identity };
}

// A database that explains each statement before it runs it: how PostgreSQL really executes it, and how many rows it reads for that.
import type { Session, Value } from '../../../src/store/database.ts';
import { sessionOn } from '../../../src/store/postgres/session.ts';
import type { PostgresDatabase } from '../../../src/store/postgres/database.ts';

/** One scan of a table, as it was executed. */
export interface Scan {
  readonly how: string;
  readonly table: string;
  /** Also those that were read and left out. */
  readonly rows: number;
}

export interface Explained {
  readonly sql: string;
  readonly scans: readonly Scan[];
  readonly milliseconds: number;
}

export interface Recording {
  readonly db: PostgresDatabase;
  readonly explained: () => readonly Explained[];
}

/** As PostgreSQL writes a plan with FORMAT JSON. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Node[];
}

interface Plan {
  readonly Plan: Node;
  readonly 'Execution Time': number;
}

export function recording(db: PostgresDatabase): Recording {
  const explained: Explained[] = [];

  /** What it changes is taken back: only then is it done. */
  async function explain(session: Session, sql: string, values: readonly Value[]): Promise<void> {
    await session.rows('SAVEPOINT before');
    const [row] = await session.rows(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, ...values);
    await session.rows('ROLLBACK TO SAVEPOINT before');
    const [plan] = row?.['QUERY PLAN'] as readonly [Plan];
    explained.push({ sql, scans: scansIn(plan.Plan), milliseconds: plan['Execution Time'] });
  }

  const explaining = (session: Session): Session =>
    sessionOn(async (sql, values) => {
      await explain(session, sql, values);
      return session.rows(sql, ...values);
    });
  const alone = sessionOn((sql, values) => db.transaction((session) => explaining(session).rows(sql, ...values)));

  return {
    explained: () => explained,
    db: {
      ...db,
      ...alone,
      brief: alone,
      transaction: (work) => db.transaction((session) => work(explaining(session))),
      reading: (work) => db.reading((session) => work(explaining(session))),
    },
  };
}

/** A bitmap of an index is read before its table: the table's own scan counts the rows. */
function scansIn(node: Node): readonly Scan[] {
  const below = (node.Plans ?? []).flatMap(scansIn);
  const table = node['Relation Name'];
  if (table === undefined || !node['Node Type'].endsWith('Scan')) return below;
  const left = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return [{ how: node['Node Type'], table, rows: (node['Actual Rows'] + left) * node['Actual Loops'] }, ...below];
}

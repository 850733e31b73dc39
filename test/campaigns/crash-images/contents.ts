// Reads a state beside the store: all that it holds, and whether that agrees with itself.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const DATABASE = 'state.sqlite';

export interface Contents {
  /** Of every row of every table, leases apart: opening a state ends those. */
  digest(): string;
  /** What is wrong with the file, or with what it holds; empty: nothing. */
  disagreements(): readonly string[];
  /** Deliveries to be, oldest first. */
  pending(): readonly Pending[];
  /** The document of the newest event; null: there is none. */
  newestEvent(): string | null;
  close(): void;
}

export interface Pending {
  readonly id: string;
  readonly lane: string;
  readonly dueAt: number;
}

/** Commits of the last 20 minutes: nothing of those was pruned. */
const RECENT = `SELECT id, account_id, upload_id, document ->> '$.details.commit' AS number, document ->> '$.details.of' AS of,
  document ->> '$.details.told' AS told FROM event WHERE time > (SELECT max(time) FROM event) - 1200000 AND upload_id IS NOT NULL`;

/** Each finds what cannot be there when all of each use-case, or nothing of it, is. */
const DISAGREEMENTS: Readonly<Record<string, string>> = {
  'events of a snapshot that is not stored': `SELECT recent.id FROM (${RECENT}) recent JOIN account ON account.id = account_id
     WHERE number > coalesce(sequence, 0)`,
  'uploads of a snapshot that is not stored': `SELECT upload_id FROM upload JOIN account ON account.id = account_id
     WHERE document ->> '$.upload.entries' > coalesce(sequence, 0)`,
  'uploads older than their events': `SELECT recent.id FROM (${RECENT}) recent JOIN upload USING (account_id, upload_id)
     WHERE upload.document ->> '$.upload.entries' < number`,
  'snapshots without their events': `SELECT account.id FROM account WHERE taken_at > (SELECT max(time) FROM event) - 1200000
     AND NOT EXISTS (SELECT 1 FROM (${RECENT}) WHERE account_id = account.id AND number = sequence)`,
  'commits with some of their events': `SELECT account_id, number FROM (${RECENT}) GROUP BY account_id, number HAVING count(*) <> min(of)`,
  'events with some of their notifications': `SELECT id FROM (${RECENT}) recent
     WHERE told <> (SELECT count(*) FROM notification WHERE event_id = recent.id)`,
  'deliveries of nothing': `SELECT id FROM delivery WHERE document IS NULL
     AND NOT EXISTS (SELECT 1 FROM notification WHERE delivery_id = delivery.id)`,
};

export function openContents(stateDir: string): Contents {
  const db = new DatabaseSync(join(stateDir, DATABASE), { readOnly: true, timeout: 1000 });
  const rows = (query: string) => db.prepare(query).all() as Record<string, unknown>[];
  const everything = rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").map(({ name }) => {
    const columns = rows(
      `SELECT name FROM pragma_table_info('${String(name)}') WHERE name NOT IN ('lease_until', 'lease_by')`,
    );
    const list = columns.map((column) => String(column['name'])).join(', ');
    return db.prepare(`SELECT json_group_array(json_array(${list})) AS content FROM ${String(name)}`);
  });

  return {
    digest: () => {
      const hash = createHash('sha256');
      for (const table of everything) hash.update(String(table.get()?.['content']));
      return hash.digest('hex');
    },
    disagreements: () => {
      const damage = rows('PRAGMA integrity_check').map((row) => String(row['integrity_check']));
      const dangling = rows('PRAGMA foreign_key_check').map((row) => `a ${String(row['table'])} of nothing`);
      const found = Object.entries(DISAGREEMENTS).flatMap(([what, query]) => {
        const { length } = rows(query);
        return length === 0 ? [] : [`${length} ${what}`];
      });
      return [...damage.filter((line) => line !== 'ok'), ...dangling, ...found];
    },
    pending: () =>
      rows("SELECT id, channel, recipient, due_at FROM delivery WHERE state = 'pending' ORDER BY seq").map((row) => ({
        id: String(row['id']),
        lane: `${String(row['channel'])} ${String(row['recipient'])}`,
        dueAt: Number(row['due_at']),
      })),
    newestEvent: () => {
      const row = db.prepare('SELECT document FROM event ORDER BY seq DESC LIMIT 1').get();
      return row === undefined ? null : String(row['document']);
    },
    close: () => {
      db.close();
    },
  };
}

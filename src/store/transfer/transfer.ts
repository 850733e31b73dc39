// Copies a whole state from one database into another that is empty, and compares both row by row. Only what is complete and the same is kept:
// the target sees to that, by one transaction or by one name. What was ended in the middle is begun again by the same call.
import { BATCH, type Cells, type Table, ACCOUNT, REFUSAL, TABLES } from './tables.ts';
import { StateError } from '../store.ts';

/** A state that can be read. */
export interface CopySource {
  count(table: Table): Promise<number>;
  /** Of the numbers in a column; 0: there are none. */
  greatest(table: string, column: string): Promise<number>;
  /** In the table's order, some at a time. */
  read(table: Table): AsyncIterable<readonly Cells[]>;
}

export interface CopyTarget extends CopySource {
  /** Whether it holds nothing of what would be copied. */
  readonly isEmpty: boolean;
  write(table: Table, rows: readonly Cells[]): Promise<void>;
  /** Called behind the last row. */
  finish(): Promise<void>;
}

export interface Copied {
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
  /** All of it was there before: an earlier copy came to its end. */
  readonly wasThere: boolean;
}

export interface TransferStep {
  readonly doing: 'copying' | 'comparing';
  readonly table: string;
  readonly done: number;
  readonly of: number;
}

export interface TransferOptions {
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly signal: AbortSignal;
  readonly onStep: (step: TransferStep) => void;
}

/** null: the target holds something else, and is left as it is. Throws StateError when what was written is not what was read. */
export async function copyInto(options: TransferOptions): Promise<Copied | null> {
  const { target } = options;
  if (!target.isEmpty) {
    const rows = await compare(options);
    return 'differs' in rows ? null : { ...rows, wasThere: true };
  }
  for (const table of TABLES) await copyTable(table, options);
  await target.finish();
  const compared = await compare(options);
  if ('differs' in compared) {
    throw new StateError(`state copy: ${compared.differs} differs between the two sides; nothing was kept`);
  }
  return { ...compared, wasThere: false };
}

async function copyTable(table: Table, { source, target, signal, onStep }: TransferOptions): Promise<void> {
  const of = await source.count(table);
  let done = 0;
  for await (const rows of source.read(table)) {
    signal.throwIfAborted();
    await target.write(table, rows);
    done += rows.length;
    onStep({ doing: 'copying', table: table.name, done, of });
  }
}

type Compared = Pick<Copied, 'rows'> | { readonly differs: string };

async function compare({ source, target, signal, onStep }: TransferOptions): Promise<Compared> {
  const rows: Record<string, number> = {};
  const accounts = { source: new Map<unknown, number>(), target: new Map<unknown, number>() };
  for (const table of TABLES) {
    const of = await source.count(table);
    // Refused logins are counted for all that log in to a deployment: others' may be there as well.
    if (table === REFUSAL ? (await target.count(table)) < of : (await target.count(table)) !== of) {
      return { differs: `the number of rows in ${table.name}` };
    }
    const [ours, theirs] = [oneByOne(source.read(table)), oneByOne(target.read(table))];
    let done = 0;
    for await (const row of ours) {
      if (table === ACCOUNT) accounts.source.set(row[0], done);
      const wanted = comparable(table, row, accounts.source);
      if (!(await isFound(wanted, table, theirs, accounts.target))) {
        return { differs: `row ${done + 1} of ${table.name}` };
      }
      done += 1;
      if (done % BATCH > 0 && done < of) continue;
      signal.throwIfAborted();
      onStep({ doing: 'comparing', table: table.name, done, of });
    }
    rows[table.name] = done;
  }
  return { rows };
}

/** The next row has to be the wanted one; of refused logins, one of the next. */
async function isFound(
  wanted: string,
  table: Table,
  rows: AsyncIterator<Cells>,
  accounts: Map<unknown, number>,
): Promise<boolean> {
  for (;;) {
    const next = await rows.next();
    if (next.done === true) return false;
    if (table === ACCOUNT) accounts.set(next.value[0], accounts.size);
    if (comparable(table, next.value, accounts) === wanted) return true;
    if (table !== REFUSAL) return false;
  }
}

/** Accounts by their place among the accounts; the place in an order is told by the order. No database holds half a character, and not every one a NUL. */
function comparable({ columns }: Table, row: Cells, accounts: ReadonlyMap<unknown, number>): string {
  const cells = columns.map(({ kind }, index) => {
    const cell = row[index] ?? null;
    if (kind === 'seq') return null;
    if (kind === 'account') return accounts.get(cell) ?? null;
    return typeof cell === 'string' ? cell.replaceAll('\0', '\ufffd') : cell;
  });
  return JSON.stringify(cells);
}

async function* oneByOne(batches: AsyncIterable<readonly Cells[]>): AsyncGenerator<Cells, undefined> {
  for await (const rows of batches) yield* rows;
}

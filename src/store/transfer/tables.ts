// What a state consists of, as it is copied from one database to another: the same tables and columns on both sides.

/** `account`: the number of an account, `seq`: a place in an order; both may be other numbers on the other side. */
type ColumnKind = 'text' | 'number' | 'account' | 'seq';

export interface StoredColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly StoredColumn[];
  /** Rows are read in the order of these. */
  readonly order: readonly string[];
}

export type Cell = string | number | null;
/** A row, in the order of its table's columns. */
export type Cells = readonly Cell[];

/** `name` is text, `name:kind` another one. */
function table(name: string, columns: string, order: string): Table {
  return { name, columns: columns.split(' ').map(column), order: order.split(' ') };
}

function column(text: string): StoredColumn {
  const [name = '', kind = 'text'] = text.split(':');
  return { name, kind: kind as ColumnKind };
}

export const ACCOUNT = table(
  'account',
  'id:account deployment user_id created_at:number sequence:number taken_at:number',
  'id',
);
/** How NOMAD treats a login. */
export const LOGIN = table('login', 'login health', 'login');
export const REFUSAL = table('refusal', 'login time:number', 'login time');

/** In an order in which no row names one that is not there yet. Leases are not copied: nobody is sending. */
export const TABLES: readonly Table[] = [
  ACCOUNT,
  LOGIN,
  table('upload', 'account_id:account upload_id document', 'account_id upload_id'),
  table('event', 'seq:seq id account_id:account kind time:number upload_id document', 'seq'),
  table(
    'delivery',
    'seq:seq id account_id:account channel recipient state document created_at:number due_at:number not_before:number ' +
      'started:number unfinished:number first_tried_at:number settled_at:number reason',
    'seq',
  ),
  table('notification', 'seq:seq account_id:account event_id channel recipient created_at:number delivery_id', 'seq'),
  table('mute', 'account_id:account upload_id created_at:number until:number', 'account_id upload_id'),
  table('ack', 'account_id:account upload_id at:number', 'account_id upload_id'),
  table('reminder', 'account_id:account upload_id at:number', 'account_id upload_id'),
  table('summary', 'account_id:account schedule at:number', 'account_id schedule'),
  REFUSAL,
];

/** Rows read or written at once. */
export const BATCH = 500;

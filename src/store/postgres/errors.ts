// What it means when PostgreSQL or the way to it refuses: something that passes or that an operator mends, or a bug of ours.
import { NotLeading } from '../leadership.ts';
import { POOLER } from './server-check.ts';
import { StateNotWrittenError, StateError } from '../store.ts';

/** By SQLSTATE or its class (postgresql.org/docs/current/errcodes-appendix.html): what the operator can do. */
const ADVICE: readonly (readonly [prefix: string, advice: string])[] = [
  ['28', 'check the user and password in DATABASE_URL, and pg_hba.conf'],
  ['3D000', 'create the database, or name another in DATABASE_URL'],
  ['3F000', 'let the monitor create its schema, or create it and give it to the user of DATABASE_URL'],
  ['42501', 'give the user of DATABASE_URL the rights listed in docs/high-availability.md'],
  ['25006', 'check that DATABASE_URL names the server that is writable'],
  ['08', 'check that PostgreSQL is running and can be reached'],
  ['53300', 'raise max_connections of PostgreSQL, or close other connections; each instance needs three'],
  ['53', 'check that PostgreSQL has free disk space and memory'],
  ['57P03', 'nothing needs to be done while it starts, stops or recovers'],
  ['57', 'check that PostgreSQL is running'],
  ['55P03', 'check what keeps its tables locked'],
  ['40', 'nothing needs to be done'],
  ['25P0', 'check whether this machine or the database is overloaded'],
  ['58', "check PostgreSQL's own log"],
  ['XX00', "check PostgreSQL's own log"],
];
/** Of the driver and of Node: nobody answered, or the connection broke. */
const CONNECTION_LOST =
  /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT|EACCES|timeout|terminated|closed|not queryable|Client has encountered/i;
const CERTIFICATE = /certificate|self-signed|SSL|TLS|altname/i;
/** Nothing that passes by itself: at the start it ends the program. */
const LASTING = ['28', '3D000', '3F000', '42501'];

/** null: a bug of ours. */
export function postgresFaultOf(error: unknown): StateNotWrittenError | null {
  if (error instanceof StateNotWrittenError) return error;
  if (!(error instanceof Error) || error instanceof StateError) return null;
  const code = codeOf(error);
  if (isOfPooler(error))
    return new StateNotWrittenError(`the state in PostgreSQL cannot be used: ${POOLER}`, { cause: error });
  const advice = ADVICE.find(([prefix]) => code.startsWith(prefix))?.[1] ?? adviceByText(error);
  if (advice === null) return null;
  const told = `the state in PostgreSQL cannot be used (${textOf(error)}): ${advice}`;
  return new StateNotWrittenError(told, { cause: error, mayBeStored: isLost(error) });
}

export function isLasting(error: StateNotWrittenError): boolean {
  const { cause } = error;
  if (!(cause instanceof Error)) return false;
  return LASTING.some((prefix) => codeOf(cause).startsWith(prefix)) || isOfCertificate(cause) || isOfPooler(cause);
}

/** PgBouncer refuses what it does not know of the first message, in these words. */
function isOfPooler(error: Error): boolean {
  return codeOf(error).startsWith('08') && error.message.includes('unsupported startup parameter');
}

/** Whether the connection is of no more use. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (error instanceof StateError || error instanceof NotLeading || isBusy(error)) return false;
  const code = codeOf(error);
  return !/^[0-9A-Z]{5}$/.test(code) || /^(08|57P|25006|25P0)/.test(code);
}

/** Every connection is in use: those are none the worse for it. */
function isBusy(error: Error): boolean {
  return error.message.startsWith('timeout exceeded when trying to connect');
}

function adviceByText(error: Error): string | null {
  const text = `${codeOf(error)} ${textOf(error)}`;
  if (isOfCertificate(error)) return 'name the authority of its certificate with sslrootcert=FILE in DATABASE_URL';
  return 'syscall' in error || CONNECTION_LOST.test(text)
    ? 'check that PostgreSQL is running and that DATABASE_URL is right'
    : null;
}

/** A handshake that was cut short also speaks of TLS, and passes. */
function isOfCertificate(error: Error): boolean {
  return CERTIFICATE.test(error.message) && !/^E[A-Z]+$/.test(codeOf(error));
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function textOf(error: Error): string {
  // Several addresses of one name were tried: each has its own error.
  return error instanceof AggregateError && error.message === ''
    ? error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join('; ')
    : error.message;
}

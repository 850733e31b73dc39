// Causes of failures: how each is recognised by NOMAD's words, what it is, and what its author and the administrators can do. Pure; no markup.
//
// The texts are those of Python, of NOMAD 1.3.17 to 2.0.0 and of what they use, seen on real servers or read in their sources (docs/causes.md).

/** Words for one upload and for several. */
export interface Wording {
  readonly one: string;
  readonly many: string;
}

interface OwnCause {
  readonly isNomads: false;
  readonly says: RegExp;
  /** Of a failed processing. */
  readonly author: Wording;
}

interface NomadsCause {
  readonly isNomads: true;
  readonly says: RegExp;
  /** What is wrong, as a sentence without its full stop. */
  readonly what: string;
  readonly admin: string;
  /** A smaller upload may get through. */
  readonly isOfSize?: true;
}

/** In this order: the first that matches counts. */
export const CAUSES = {
  disk_full: {
    isNomads: true,
    says: /No space left on device|\[Errno 28\]|Disk quota exceeded|\[Errno 122\]/,
    what: "NOMAD's disk is full",
    admin: 'free space on the file system of the staging area',
  },
  read_only: {
    isNomads: true,
    says: /Read-only file system|\[Errno 30\]|Stale file handle|\[Errno 116\]|Input\/output error|\[Errno 5\]/,
    what: 'NOMAD cannot use its file system',
    admin: 'check the file system of the staging area and its mounts',
  },
  memory: {
    isNomads: true,
    says: /MemoryError\b|Cannot allocate memory|\[Errno 12\]|out of memory|std::bad_alloc|Unable to allocate \d/i,
    what: 'A worker of NOMAD did not have enough memory',
    admin: 'give the worker more memory, or let it process fewer things at once',
    isOfSize: true,
  },
  worker_lost: {
    isNomads: true,
    says: /worker lost|WorkerLostError|Worker exited prematurely|heartbeat timeout|BrokenProcessPool|process pool was terminated/i,
    what: 'A worker of NOMAD ended during processing, often because it ran out of memory',
    admin: "look in the log of the worker and in the kernel's log for a process that was killed",
  },
  time_limit: {
    isNomads: true,
    says: /TimeLimitExceeded|(?:ScheduleToClose|StartToClose|ScheduleToStart) timeout|(?:activity|workflow)(?: task| execution)? timed out/i,
    what: "Processing took longer than NOMAD's own time limit",
    admin:
      'the limits are celery.timeout up to NOMAD 1.3 (30 min by default), temporal.processing_timeouts from 1.4 on (1 h for a step)',
    isOfSize: true,
  },
  database: {
    isNomads: true,
    says: /ServerSelectionTimeoutError|AutoReconnect|NotPrimaryError|pymongo|NetworkTimeout|:27017\b/,
    what: "NOMAD's database did not answer",
    admin: 'check MongoDB, and that workers reach it',
  },
  search: {
    isNomads: true,
    says: /^ConnectionError: ConnectionError\(|elasticsearch|elastic_transport|cluster_block_exception|:9200\b|\bTransportError\(/,
    what: "NOMAD's search did not answer",
    admin: 'check Elasticsearch, and that workers reach it',
  },
  workflows: {
    isNomads: true,
    says: /\bRPCError\b|failed to connect to all addresses|temporal workflow: .*(?:connect|unavailable|deadline|timeout)/i,
    what: "NOMAD's workflow service (Temporal) did not answer",
    admin: 'check the Temporal server and the workers',
  },
  broker: {
    isNomads: true,
    says: /^OperationalError: \[Errno|\bkombu\b|\bamqp\b|:5672\b/,
    what: "NOMAD's message broker (RabbitMQ) did not answer",
    admin: 'check RabbitMQ, and that NOMAD reaches it',
  },
  connection: {
    isNomads: true,
    says: /Connection (?:refused|reset|aborted|timed out)|\[Errno 1(?:04|10|11|13)\]|Name or service not known|Temporary failure in name resolution|Max retries exceeded/i,
    what: 'NOMAD could not reach a service that it needs',
    admin: 'the log of the worker names the service',
  },
  busy: {
    isNomads: false,
    says: /currently being processed by another workflow/,
    author: {
      one: 'Another process of this upload was still running. Wait until that has ended, then try again.',
      many: 'Other processes of these uploads were still running. Wait until those have ended, then try again.',
    },
  },
  archive: {
    isNomads: false,
    says: /Bad archive|Cannot extract file|BadZipFile|not a zip file|zlib\.error|\btarfile\.|\bBad CRC|^EOFError\b|end-of-stream marker|Bad magic number|^AssertionError: \S.* does not exist$|must define a folder or a zipfile/,
    author: {
      one: 'NOMAD could not unpack the archive that was uploaded: it is probably damaged or incomplete. Upload it again. Processing it again does not help: NOMAD then reports a success with nothing in it.',
      many: 'NOMAD could not unpack the archives that were uploaded: they are probably damaged or incomplete. Upload them again. Processing them again does not help: NOMAD then reports a success with nothing in them.',
    },
  },
} as const satisfies Readonly<Record<string, OwnCause | NomadsCause>>;
export type Cause = keyof typeof CAUSES;

const ALL: Readonly<Record<Cause, OwnCause | NomadsCause>> = CAUSES;

/** By the last reason of a failure; null: its words show no cause that we know. */
export function causeOf(reason: string | null): Cause | null {
  if (reason === null) return null;
  const names = Object.keys(CAUSES) as Cause[];
  return names.find((name) => CAUSES[name].says.test(reason.slice(0, 2000))) ?? null;
}

/** null: the cause is not NOMAD's, or not known. */
export function nomadsCause(reason: string | null): NomadsCause | null {
  const cause = causeOf(reason);
  const found = cause === null ? null : ALL[cause];
  return found?.isNomads === true ? found : null;
}

/** What its author is to do, where the cause is known and not NOMAD's. */
export function ownCause(reason: string | null): Wording | null {
  const cause = causeOf(reason);
  const found = cause === null ? null : ALL[cause];
  return found?.isNomads === false ? found.author : null;
}

/** What to do about processing that failed because of NOMAD. */
export function nomadsAdvice({ what, admin, isOfSize }: NomadsCause): Wording {
  const smaller = isOfSize === true ? ' split it into smaller uploads or' : '';
  return {
    one: `${what}. Leave the files as they are, and process the upload again later. If it fails again,${smaller} contact the administrators of NOMAD. For administrators: ${admin}.`,
    many: `${what}. Leave the files as they are, and process the uploads again later. If they fail again, contact the administrators of NOMAD. For administrators: ${admin}.`,
  };
}

// The table of docs/causes.md: each cause with NOMAD's words for it, and what a message says then.
import { uploadAdvice } from '../../src/domain/message/advice.ts';
import { type Cause, CAUSES } from '../../src/domain/message/causes.ts';
import { tableOf } from './table.ts';

/** What NOMAD says, by cause. */
export const EXAMPLES: Readonly<Record<Cause, string>> = {
  disk_full: 'OSError: [Errno 28] No space left on device',
  read_only: 'OSError: [Errno 30] Read-only file system',
  memory: 'MemoryError',
  worker_lost: 'process failed due to worker lost: Worker exited prematurely: signal 9 (SIGKILL)',
  time_limit: 'SoftTimeLimitExceeded: SoftTimeLimitExceeded()',
  database: 'ServerSelectionTimeoutError: mongo:27017: timed out',
  search:
    'ConnectionError: ConnectionError(<urllib3.connection.HTTPConnection object>: Failed to establish a new connection)',
  workflows: 'ProcessFailure: Failed to start temporal workflow: Failed client connect',
  broker: 'OperationalError: [Errno 111] Connection refused',
  connection: 'ConnectionRefusedError: [Errno 111] Connection refused',
  busy: 'AssertionError: Upload is currently being processed by another workflow',
  archive: 'ValueError: Bad archive.',
};

export function causesTable(): string {
  const names = Object.keys(CAUSES) as Cause[];
  const rows = names.map((name) => {
    const example = EXAMPLES[name];
    const situation = { uploadId: '', engine: null, isQueued: false, afterFailure: false };
    const advice = uploadAdvice({ kind: 'upload.failed', process: 'process_upload', reason: example, ...situation });
    return [name.replace('_', ' '), `\`${example}\``, CAUSES[name].isNomads ? 'NOMAD' : 'the author', advice ?? ''];
  });
  return tableOf(['cause', 'NOMAD says, for example', 'who can act', 'the message says'], rows);
}

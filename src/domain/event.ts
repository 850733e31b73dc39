// Events: what has changed, in domain words, past tense. The closed set of kinds, and the shape all of them share.
import type { ProcessStatus, Role, Upload } from './upload.ts';

export const EVENT_KINDS = [
  'monitor.baseline',
  'upload.created',
  'upload.started',
  'upload.succeeded',
  'upload.failed',
  'upload.recovered',
  'upload.entries_failed',
  'upload.empty',
  'upload.errors_changed',
  'upload.warnings_changed',
  'upload.stuck',
  'upload.unstuck',
  'upload.edited',
  'upload.stopped',
  'upload.reset',
  'upload.published',
  'upload.deleted',
  'upload.unshared',
  'nomad.unreachable',
  'nomad.reachable',
  'nomad.processing_stalled',
  'nomad.processing_resumed',
  'nomad.login_refused',
  'nomad.login_restored',
  'nomad.token_expiring',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The default of `NOTIFY_ON`: what somebody has to know or to do something about. */
export const NOTIFIED_BY_DEFAULT: readonly EventKind[] = [
  'monitor.baseline',
  'upload.failed',
  'upload.recovered',
  'upload.entries_failed',
  'upload.empty',
  'upload.errors_changed',
  'upload.stuck',
  'upload.unstuck',
  'upload.deleted',
  'upload.unshared',
  'nomad.unreachable',
  'nomad.reachable',
  'nomad.processing_stalled',
  'nomad.processing_resumed',
  'nomad.login_refused',
  'nomad.login_restored',
  'nomad.token_expiring',
];

/** The state of an upload on one side of a change. */
export interface UploadState {
  readonly status: ProcessStatus;
  readonly process: string | null;
  readonly message: string | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly entries: number;
}

export interface EventUpload {
  readonly id: string;
  readonly name: string | null;
  readonly link: string;
  /** The main author's name, or the id where NOMAD does not give it. */
  readonly author: string;
  /** What the account is to it; null: not known, or none (it is seen because it is visible to all). */
  readonly role: Role | null;
}

type Scalar = string | number | boolean | null;
export type Details = Readonly<Record<string, Scalar | readonly Readonly<Record<string, Scalar>>[]>>;

/** A change as the diff finds it. `key` names the change within the account: the same change has the same key. */
export interface DetectedChange {
  readonly key: string;
  readonly kind: EventKind;
  /** When it was found, ms since the epoch. */
  readonly time: number;
  readonly upload: EventUpload | null;
  readonly before: UploadState | null;
  readonly after: UploadState | null;
  readonly details: Details;
}

export interface Event extends Omit<DetectedChange, 'key'> {
  /** Made from account and key, hence the same when the same change is found again after a crash. */
  readonly id: string;
}

export function factsOf(upload: Upload): UploadState {
  const { status, process, message, errors, warnings, entries } = upload;
  return { status, process, message, errors, warnings, entries };
}

// What each kind of event is called, and why it happened: the sentences of a message. Pure; no markup.
import type { Event, EventKind, UploadState } from '../event.ts';
import { baselineHeadline, baselineLines } from './baseline-text.ts';
import { failedEntriesLines, failedEntriesReason, failedEntriesSummary } from './failed-entries-text.ts';
import { failedWords } from '../failure.ts';
import { ownLimit } from '../process/time-limits.ts';
import { type Work, engineOf, workOf } from '../process/names.ts';
import { counted, oneLine, spanText } from '../text/one-line.ts';
import { phaseOf, titleOf } from '../upload.ts';

const MAX_LINES = 5;
const UNCLEAR =
  'NOMAD shows only a new end time: either it was processed again with the same result, or a folder was created in it.';

/** What each kind is called: of one upload, and of many at once. Worst first: that is also the order in a message. */
export const WORDS: Readonly<
  Record<EventKind, { readonly one: string; readonly many: string; readonly tone: 'bad' | 'good' | 'plain' }>
> = {
  'nomad.login_refused': { one: 'NOMAD refuses the login', many: 'NOMAD refuses the login', tone: 'bad' },
  'nomad.unreachable': { one: 'NOMAD cannot be reached', many: 'NOMAD cannot be reached', tone: 'bad' },
  'nomad.token_expiring': { one: 'NOMAD_TOKEN expires soon', many: 'NOMAD_TOKEN expires soon', tone: 'bad' },
  'nomad.processing_stalled': {
    one: 'NOMAD is not processing uploads',
    many: 'NOMAD is not processing uploads',
    tone: 'bad',
  },
  'upload.failed': { one: 'failed', many: 'failed', tone: 'bad' },
  'upload.entries_failed': { one: 'has failed entries', many: 'with failed entries', tone: 'bad' },
  'upload.empty': { one: 'is empty', many: 'empty', tone: 'bad' },
  'upload.stuck': { one: 'is stuck', many: 'stuck', tone: 'bad' },
  'upload.errors_changed': { one: 'has changed errors', many: 'with changed errors', tone: 'bad' },
  'upload.deleted': { one: 'was deleted', many: 'deleted', tone: 'bad' },
  'upload.unshared': { one: 'is no longer shared with you', many: 'no longer shared', tone: 'bad' },
  'upload.recovered': { one: 'recovered', many: 'recovered', tone: 'good' },
  'upload.unstuck': { one: 'is no longer stuck', many: 'no longer stuck', tone: 'good' },
  'upload.succeeded': { one: 'succeeded', many: 'succeeded', tone: 'good' },
  'upload.published': { one: 'was published', many: 'published', tone: 'good' },
  'nomad.processing_resumed': {
    one: 'NOMAD is processing uploads again',
    many: 'NOMAD is processing uploads again',
    tone: 'good',
  },
  'nomad.reachable': { one: 'NOMAD answers again', many: 'NOMAD answers again', tone: 'good' },
  'nomad.login_restored': { one: 'NOMAD accepts the login again', many: 'NOMAD accepts the login again', tone: 'good' },
  'upload.stopped': { one: 'was stopped', many: 'stopped', tone: 'plain' },
  'upload.edited': { one: 'was edited', many: 'edited', tone: 'plain' },
  'upload.reset': { one: 'was reset', many: 'reset', tone: 'plain' },
  'upload.created': { one: 'is new', many: 'new', tone: 'plain' },
  'upload.started': { one: 'is being processed', many: 'started', tone: 'plain' },
  'upload.warnings_changed': { one: 'has changed warnings', many: 'with changed warnings', tone: 'plain' },
  'monitor.baseline': { one: 'is being watched', many: 'watched', tone: 'plain' },
};
export const ORDER = Object.keys(WORDS);

/** What happened to NOMAD itself. */
export function nomadHeadline(event: Event): string {
  const { one } = WORDS[event.kind];
  const reason = eventReason(event);
  switch (event.kind) {
    case 'nomad.token_expiring':
      return `NOMAD_TOKEN expires in ${spanText(sinceOf(event, 'expires'))}`;
    case 'nomad.unreachable':
      return `NOMAD has been unreachable for ${spanText(sinceOf(event))}${reason === null ? '' : `: ${reason}`}`;
    case 'nomad.reachable':
      return `${one} after ${spanText(sinceOf(event))}`;
    case 'nomad.processing_stalled':
      return `NOMAD has processed no uploads for ${spanText(sinceText(event))}: ${waitingText(event)}`;
    case 'nomad.processing_resumed':
      return `${one} after ${spanText(sinceText(event))}`;
    case 'monitor.baseline':
      return baselineHeadline(event.details);
    default:
      return one;
  }
}

/** What happened, to whom, in one line: what the log, the terminal and the feed say. The page of an upload says the same below its title. */
export function eventSentence(event: Event): string {
  if (event.upload === null) return oneLine(nomadHeadline(event), 200);
  return `${titleOf(event.upload, 150)} ${eventPhrase(event)}${againSuffix(event)}`;
}

export function eventPhrase(event: Event): string {
  const { kind, details } = event;
  if (kind === 'upload.failed') return failedWords(processOf(event));
  if (details['handed_over'] === 'to you') return 'was handed over to you';
  if (details['handed_over'] === 'by you') return 'was handed over to someone else';
  if (kind === 'upload.succeeded') return SUCCEEDED[workOf(processOf(event))];
  if (kind !== 'upload.entries_failed') return WORDS[kind].one;
  return `has ${counted(Number(event.details['failed']), 'failed entry')} of ${detail(event, 'entries')}`;
}

/** What is said of one upload, said of several: `are stuck`. */
export function ofSeveral(phrase: string): string {
  return phrase.replace(/^is /, 'are ').replace(/^has /, 'have ').replace(/^was /, 'were ');
}

/** What a run that ended well did. */
const SUCCEEDED: Readonly<Record<Work, string>> = {
  processing: WORDS['upload.succeeded'].one,
  edit: 'was edited',
  publish: 'was published again',
  import: 'was imported',
  transfer: 'was handed over',
  delete: 'was deleted',
};

/** Of the run that an event is about. */
export function processOf({ details, after }: Event): string | null {
  const process = details['process'];
  return typeof process === 'string' ? process : (after?.process ?? null);
}

function waitingText(event: Event): string {
  const waiting = Number(event.details['waiting']);
  return `${counted(waiting, 'upload')} ${waiting === 1 ? 'waits' : 'wait'}`;
}

/** By the server's clock, ms. */
function sinceText(event: Event): number {
  return Number(event.details['still_ms']);
}

export function againSuffix(event: Event): string {
  if (event.kind !== 'upload.failed') return '';
  if (event.details['unclear'] === true) return ' again, or got a new folder';
  return event.details['again'] === true ? ' again' : '';
}

/** How long before (or, of an end to come, after) the event a time in its details lies, ms. */
function sinceOf(event: Event, name = 'since'): number {
  return Math.abs(event.time - Number(event.details[name]));
}

/** A single value of the details, as text. */
function detail(event: Event, name: string): string {
  const value = event.details[name];
  return typeof value === 'object' || value === undefined ? '' : String(value);
}

/** Why, in one line: NOMAD's last error is the one that ended the run. */
export function eventReason(event: Event): string | null {
  switch (event.kind) {
    case 'upload.failed':
      return oneLine(failedBecause(event) ?? 'NOMAD gives no reason', 120);
    case 'upload.errors_changed':
      return oneLine(event.after?.errors.at(-1) ?? 'none left', 120);
    case 'upload.entries_failed':
      return failedEntriesSummary(event.details);
    case 'upload.empty':
      return event.details['after_failure'] === true
        ? 'it was processed again, and its files are gone'
        : 'no file matched a parser';
    case 'upload.stuck':
      return `no change for ${spanText(Number(event.details['still_ms']))}`;
    case 'nomad.unreachable':
      return typeof event.details['problem'] === 'string' ? oneLine(event.details['problem'], 120) : null;
    default:
      return null;
  }
}

/** Why it failed, or most of its entries, not yet made fit to be shown; null: not known. */
export function fullReason(event: Event): string | null {
  if (event.kind === 'upload.entries_failed') return failedEntriesReason(event.details);
  return event.kind === 'upload.failed' ? failedBecause(event) : null;
}

/** In NOMAD's words; what was found with the event, or (of an earlier version) what the upload says. */
function failedBecause({ details, after }: Event): string | null {
  if (typeof details['reason'] === 'string') return details['reason'];
  return after?.errors.at(-1) ?? after?.message ?? null;
}

export function linesOf(event: Event): readonly { readonly text: string; readonly link: string | null }[] {
  if (event.kind === 'upload.entries_failed') return failedEntriesLines(event.details);
  if (event.kind === 'monitor.baseline') return baselineLines(event.details);
  return textsOf(event).map((text) => ({ text, link: null }));
}

function textsOf(event: Event): readonly string[] {
  const { after } = event;
  switch (event.kind) {
    case 'upload.failed':
      return [
        ...listed(errorsOf(event), 'NOMAD gives no reason.'),
        ...(event.details['unclear'] === true ? [UNCLEAR] : []),
      ];
    case 'upload.errors_changed':
      return listed(after?.errors ?? [], 'No errors are left.');
    case 'upload.warnings_changed':
      return listed(after?.warnings ?? [], 'No warnings are left.');
    case 'upload.recovered':
    case 'upload.succeeded':
      return [counted(after?.entries ?? 0, 'entry')];
    case 'upload.stuck':
      return [
        `No change for ${spanText(Number(event.details['still_ms']))}:`,
        oneLine(`${after?.status ?? ''} ${after?.process ?? ''}`, 100),
        ...[after?.message ?? ''].filter((text) => text !== '').map((text) => oneLine(text, 300)),
        ...limitsOf(after, Number(event.details['still_ms'])),
      ];
    case 'nomad.processing_stalled':
      return [
        `Uploads waiting for a worker: ${detail(event, 'waiting')}`,
        'No worker has picked up any of them, and no other upload of this account has made progress.',
      ];
    case 'nomad.unreachable':
    case 'nomad.login_refused':
      return [oneLine(detail(event, 'problem'), 300)];
    default:
      return [];
  }
}

/** Whether NOMAD may still end it by itself. `still`: for how long it has not moved, ms. */
function limitsOf(after: UploadState | null, still: number): readonly string[] {
  const engine = after === null ? null : engineOf(after);
  if (after === null || engine === null) return [];
  if (phaseOf(after) === 'queued') return ['It waits for a worker, and NOMAD has no time limit for that.'];
  const { limit, countsWaiting } = ownLimit(engine, after.message);
  const within = `NOMAD's own time limit for this is ${spanText(limit)}, unless its administrators changed it`;
  if (still < limit) return [`${within}: it may still end by itself.`];
  if (countsWaiting) return [`${within}: its workers are down, or Temporal has lost it.`];
  return [`${within}: it waits behind others, or its worker is lost and nothing will end it.`];
}

/** Those of the run that failed: by now NOMAD may show the next one, without any. */
function errorsOf(event: Event): readonly string[] {
  const errors = event.after?.errors ?? [];
  const reason = event.details['reason'];
  return typeof reason === 'string' && !errors.includes(reason) ? [...errors, reason] : errors;
}

function listed(texts: readonly string[], none: string): readonly string[] {
  if (texts.length === 0) return [none];
  const shown = texts.slice(-MAX_LINES).map((text) => oneLine(text, 300));
  return texts.length > MAX_LINES ? [...shown, `… and ${texts.length - MAX_LINES} more`] : shown;
}

// A text for NOMAD's administrators, ready to send: which NOMAD, which uploads, since when, the last message, entries that are not done, what
// was tried. Everything that people are asked for who ask for help. Pure; no markup. Times are in UTC: who reads it is elsewhere.
import { type Engine, workOf } from '../process/names.ts';
import { counted, oneLine, spanText } from '../text/one-line.ts';
import { timeText } from '../text/time-format.ts';
import { titleOf } from '../upload.ts';
import type { SupportEntries, SupportEntry } from './support-entries.ts';

export interface SupportCase {
  /** The address of the API, or where only that is known of the GUI. */
  readonly deployment: string;
  /** As NOMAD gives it; null: not known. */
  readonly version: string | null;
  /** null: nothing shows it. */
  readonly engine: Engine | null;
  /** Of the monitor; null: not known here. */
  readonly monitor: string | null;
  /** When what is said was so, ms. */
  readonly asOf: number;
  /** Why NOMAD could not be asked for more; null: it was, or is not to be asked. */
  readonly unasked: string | null;
  /** Not empty. */
  readonly uploads: readonly SupportUpload[];
}

/** Texts are in NOMAD's words, not yet made fit to be shown. */
export interface SupportUpload {
  readonly id: string;
  readonly name: string | null;
  readonly link: string;
  readonly author: string;
  /** `failed`, `stuck`; null: nothing is wrong with it, as far as known. */
  readonly trouble: string | null;
  readonly status: string;
  readonly process: string | null;
  readonly message: string | null;
  /** The last is the newest. */
  readonly errors: readonly string[];
  /** ms; null: not known. */
  readonly since: number | null;
  readonly entries: SupportEntries;
  /** What was seen of it; null: not known here. */
  readonly attempts: readonly string[] | null;
}

const MAX_ERRORS = 3;
const WORDS_LENGTH = 200;
const LABEL_WIDTH = 15;

/** Lines, without one that is empty at the end. */
export function supportText(support: SupportCase): string {
  const { deployment, monitor, asOf, unasked, uploads } = support;
  const by = `nomad-upload-monitor${monitor === null ? '' : ` ${oneLine(monitor, 40)}`}`;
  return [
    titleText(uploads),
    '',
    line('Deployment', oneLine(deployment, WORDS_LENGTH)),
    line('NOMAD', nomadText(support)),
    line('Seen by', `${by}, as of ${timeText(asOf, 'UTC')}`),
    ...(unasked === null
      ? []
      : [line('Not asked', `NOMAD could not be asked for more: ${oneLine(unasked, WORDS_LENGTH)}`)]),
    ...uploads.flatMap((upload) => ['', ...uploadLines(upload, asOf)]),
  ].join('\n');
}

function titleText(uploads: readonly SupportUpload[]): string {
  const [first] = uploads;
  if (first === undefined) throw new Error('a report is about an upload');
  if (uploads.length > 1) return `About ${counted(uploads.length, 'upload')} to NOMAD`;
  return `About the upload ${titleOf(first, 60)} to NOMAD${first.trouble === null ? '' : `: ${first.trouble}`}`;
}

const ENGINES: Readonly<Record<Engine, { readonly name: string; readonly versions: string }>> = {
  celery: { name: 'Celery', versions: '1.3 or older' },
  temporal: { name: 'Temporal', versions: '1.4 or later' },
};

function nomadText({ version, engine }: SupportCase): string {
  const processes = engine === null ? '' : `, processes with ${ENGINES[engine].name}`;
  if (version !== null) return `version ${oneLine(version, 60)}${processes}`;
  return engine === null ? 'version not known' : `${ENGINES[engine].versions} (version not known)${processes}`;
}

function uploadLines(upload: SupportUpload, asOf: number): readonly string[] {
  const { id, name, link, author, trouble, status, process, message, errors, since, attempts } = upload;
  const state = `${oneLine(status, 40)}${process === null ? '' : `, ${oneLine(process, 60)}`}`;
  const shown = errors.slice(-MAX_ERRORS).map((error) => oneLine(error, WORDS_LENGTH));
  const more = errors.length - shown.length;
  return [
    line('Upload', titleOf({ id, name }, 100)),
    line('Upload id', oneLine(id, 100)),
    line('Address', oneLine(link, 300)),
    line('Main author', oneLine(author, 80)),
    line('State', `${state}${trouble === null ? '' : ` (${trouble})`}`),
    ...(since === null ? [] : [line('Since', `${timeText(since, 'UTC')} (${spanText(asOf - since)})`)]),
    line('Last message', oneLine(message ?? '', WORDS_LENGTH) || 'none'),
    ...listed('Errors', [...shown, ...(more > 0 ? [`… and ${more} earlier`] : [])]),
    ...entryLines(upload),
    ...(attempts === null
      ? []
      : listed('What was tried', attempts.length === 0 ? ['not known: nothing was seen of it'] : attempts)),
  ];
}

function entryLines({ entries, process }: SupportUpload): readonly string[] {
  const { total, successful, failed, failing, unfinished } = entries;
  const open = successful === null || failed === null ? null : Math.max(0, total - successful - failed);
  const parts = [
    String(total),
    ...(open === null ? [] : [`${open} not done`]),
    ...(failed === null ? [] : [`${failed} failed`]),
  ];
  // In the middle of an edit nothing happens to them.
  const isOpen = workOf(process) === 'processing';
  return [
    line('Entries', parts.join(', ')),
    ...listed('Not done', isOpen ? named(unfinished, open ?? 0) : []),
    ...listed('Failed', named(failing, failed ?? 0)),
  ];
}

/** `all`: how many there are. */
function named(entries: readonly SupportEntry[], all: number): readonly string[] {
  const lines = entries.map(({ id, mainfile, parser, words }) => {
    const file = oneLine(`${mainfile} (${parser}, entry id ${id})`, WORDS_LENGTH);
    return words === null || words === '' ? file : `${file}: ${oneLine(words, WORDS_LENGTH)}`;
  });
  return all > lines.length && lines.length > 0 ? [...lines, `… and ${all - lines.length} more`] : lines;
}

function line(label: string, text: string): string {
  return `${`${label}:`.padEnd(LABEL_WIDTH)} ${text}`;
}

/** The label before the first, the others below it. */
function listed(label: string, texts: readonly string[]): readonly string[] {
  return texts.map((text, index) => (index === 0 ? line(label, text) : `${' '.repeat(LABEL_WIDTH)} ${text}`));
}

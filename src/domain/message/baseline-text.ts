// The first message of all: what is watched, what of it is broken already, and what will be reported from now on. Pure; no markup.
import { type Details, EVENT_KINDS, type EventKind } from '../event.ts';
import { webLink } from '../text/links.ts';
import { counted, grouped, oneLine } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';

/** `Now watching 40 uploads: 4 failed, 1 with failed entries`. */
export function baselineHeadline(details: Details): string {
  const broken = BROKEN.map(([name, words]) => [Number(details[name] ?? 0), words] as const)
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${grouped(count)} ${words}`);
  const watched = `Now watching ${counted(Number(details['uploads']), 'upload')}`;
  return broken.length === 0 ? watched : `${watched}: ${broken.join(', ')}`;
}

const BROKEN = [
  ['failed', 'failed'],
  ['entries_failed', 'with failed entries'],
  ['empty', 'empty'],
] as const;

/** Each upload that is broken, then the others in numbers. */
export function baselineLines(details: Details): readonly { readonly text: string; readonly link: string | null }[] {
  const named = brokenIn(details);
  const all = BROKEN.reduce((sum, [name]) => sum + Number(details[name] ?? 0), 0);
  const more = named.length === 0 ? 0 : all - named.length;
  const pending = Number(details['entries_pending'] ?? 0);
  const texts = [
    ...(more > 0 ? [`… and ${grouped(more)} more`] : []),
    COUNTED.map(([name, words]) => `${words}: ${grouped(Number(details[name]))}`).join(', '),
    ...(pending > 0 ? [`Whether entries failed is still being checked for ${counted(pending, 'older upload')}.`] : []),
  ];
  return [...named, ...texts.map((text) => ({ text, link: null }))];
}

const COUNTED = [
  ['succeeded', 'Succeeded'],
  ['processing', 'being processed'],
  ['published', 'published'],
] as const;

function brokenIn({ broken }: Details): readonly { readonly text: string; readonly link: string | null }[] {
  if (!Array.isArray(broken)) return [];
  return (broken as readonly Readonly<Record<string, unknown>>[]).map((each) => {
    const { upload_id, upload_name, condition, reason, author, role, link } = each;
    const name = titleOf({ id: String(upload_id), name: typeof upload_name === 'string' ? upload_name : null }, 60);
    const what = condition === 'failed' ? 'failed' : condition === 'empty' ? 'empty' : '';
    const why = typeof reason === 'string' ? oneLine(reason, 150) : '';
    const isOthers = role === 'coauthor' || role === 'reviewer';
    const said = [name, what, why].filter((text) => text !== '').join(': ');
    return { text: `${said}${isOthers ? ` (by ${oneLine(String(author), 40)})` : ''}`, link: webLink(link) };
  });
}

/** Whether anything is broken, and that this is not reported again. */
export function baselineLead(details: Details): string {
  const isBroken = BROKEN.some(([name]) => Number(details[name] ?? 0) > 0);
  return isBroken
    ? 'These uploads were broken before watching started. They are not reported again until they change.'
    : 'None of them is broken, as far as is known.';
}

/** What is reported from now on. With rules, or of an earlier version, the kinds are not known here. */
export function baselineNote({ notify_on: kinds }: Details): string {
  // No line of a mail begins with "From ": mailboxes of many mails in one file make ">From " of it.
  if (typeof kinds !== 'string') return 'You will be notified of changes.';
  const known = kinds.split(' ');
  const said = (words: readonly (readonly [EventKind, string])[]) =>
    listed(words.filter(([kind]) => known.includes(kind)).map(([, text]) => text));
  const [uploads, nomad] = [said(OF_UPLOADS), said(OF_NOMAD)];
  const parts = [...(uploads === '' ? [] : [`an upload ${uploads}`]), ...(nomad === '' ? [] : [`NOMAD ${nomad}`])];
  return parts.length === 0
    ? 'Nothing else will be reported.'
    : `You will be notified when ${parts.join('; and when ')}.`;
}

function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1) ?? ''}`;
}

const WORDS: Readonly<Record<Exclude<EventKind, 'monitor.baseline' | 'nomad.token_expiring'>, string>> = {
  'upload.created': 'is new',
  'upload.started': 'starts being processed',
  'upload.succeeded': 'succeeds',
  'upload.failed': 'fails',
  'upload.recovered': 'recovers',
  'upload.entries_failed': 'has failed entries',
  'upload.empty': 'is empty',
  'upload.errors_changed': 'has other errors',
  'upload.warnings_changed': 'has other warnings',
  'upload.stuck': 'gets stuck',
  'upload.unstuck': 'moves again',
  'upload.edited': 'is edited',
  'upload.stopped': 'is stopped',
  'upload.reset': 'is reset',
  'upload.published': 'is published',
  'upload.deleted': 'is deleted',
  'upload.unshared': 'is no longer shared with you',
  'nomad.unreachable': 'cannot be reached',
  'nomad.reachable': 'answers again',
  'nomad.processing_stalled': 'stops processing',
  'nomad.processing_resumed': 'resumes processing',
  'nomad.login_refused': 'refuses the login',
  'nomad.login_restored': 'accepts the login again',
};
const PHRASES = EVENT_KINDS.flatMap((kind) =>
  kind === 'monitor.baseline' || kind === 'nomad.token_expiring' ? [] : [[kind, WORDS[kind]] as const],
);
const OF_UPLOADS = PHRASES.filter(([kind]) => kind.startsWith('upload.'));
const OF_NOMAD = PHRASES.filter(([kind]) => kind.startsWith('nomad.'));

// What a summary says: how many uploads need attention and which, what went well, whose they are. Pure; no markup.
import type { AuthorTally, Summary, Tally } from '../notify/delivery-content.ts';
import type { EventKind } from '../event.ts';
import { WRONG } from '../report/conditions.ts';
import { troubleText } from '../report/report.ts';
import { counted, oneLine, spanText } from '../text/one-line.ts';
import { WORDS } from './event-text.ts';
import type { Group, Said } from './said.ts';
import { standingItem } from './standing-item.ts';

/** Those that a reader wants to know of beside what went well. Worst first. */
const HAPPENED: readonly EventKind[] = [
  'upload.failed',
  'upload.entries_failed',
  'upload.empty',
  'upload.stuck',
  'upload.deleted',
  'upload.unshared',
  'upload.published',
  'upload.created',
];
export function summarySaid(summary: Summary): Said {
  const { standing, more, to, authors, groups } = summary;
  const said = { headline: headlineOf(summary), lead: leadOf(summary) };
  if (groups === null) {
    const items = standing.map((each) => standingItem(each, to, authors > 1 ? 'always' : 'others'));
    return { ...said, items, more, groups: [], note: null };
  }
  const shown = groups.filter((group) => !isQuiet(group)).map((group) => groupOf(group, summary));
  const note = [...quietText(groups.filter(isQuiet)), ...othersText(summary, groups)].join(' ');
  return { ...said, items: [], more: 0, groups: shown, note: note === '' ? null : note };
}

function headlineOf(summary: Tally): string {
  const { uploads, counts } = summary;
  const wrong = wrongIn(summary);
  const some = uploads === wrong ? counted(uploads, 'upload') : `${wrong} of ${counted(uploads, 'upload')}`;
  if (wrong > 0) return `Summary: ${some} ${wrong === 1 ? 'needs' : 'need'} attention: ${wrongText(summary)}`;
  if (uploads === 0) return 'Summary: no uploads';
  const fine = uploads === 1 ? '1 upload is fine' : `all ${uploads} uploads are fine`;
  return `Summary: ${fine}${counts.processing > 0 ? `, ${counts.processing} being processed` : ''}`;
}

/** What the subject does not say. */
function leadOf({ from, to, well, events, counts, unchecked }: Summary): string {
  const happened = HAPPENED.flatMap((kind) => {
    const count = events[kind] ?? 0;
    return count > 0 ? [`${count} ${WORDS[kind].many}`] : [];
  });
  const parts = [...(well > 0 ? [`${well} went well`] : []), ...happened];
  const span = `the last ${spanText(to - from).replace(/^1 (?=day$)/, '')}`;
  const isAre = counts.processing === 1 ? 'is' : 'are';
  return [
    parts.length === 0 ? `Nothing happened in ${span}.` : `In ${span}: ${parts.join(', ')}.`,
    ...(counts.processing > 0 ? [`${counts.processing} ${isAre} being processed.`] : []),
    ...(unchecked > 0 ? [`The entries of ${counted(unchecked, 'upload')} are not checked yet.`] : []),
  ].join(' ');
}

function groupOf(group: AuthorTally, { standing, to }: Summary): Group {
  const { author, uploads, well, names, counts } = group;
  const wrong = wrongIn(group);
  const own = standing.filter(({ upload }) => upload.author === author);
  const items = own.map((each) => standingItem(each, to, 'never'));
  const good = names.length === 0 ? '' : `: ${names.map((name) => oneLine(name, 40)).join(', ')}`;
  return {
    title: oneLine(author, 60),
    headline: `${counted(uploads, 'upload')}, ${wrong > 0 ? wrongText(group) : uploads === 1 ? 'fine' : 'all fine'}`,
    tone: wrong > 0 ? 'bad' : 'good',
    lines: [
      ...(well > 0 ? [`${well} went well${good}`] : []),
      ...(counts.processing > 0 ? [`${counts.processing} being processed`] : []),
    ],
    items,
    more: wrong - items.length,
  };
}

/** There is nothing to say of the author's uploads but that they are there. */
function isQuiet(group: AuthorTally): boolean {
  return wrongIn(group) === 0 && group.well === 0 && group.counts.processing === 0;
}

function quietText(quiet: readonly AuthorTally[]): readonly string[] {
  const named = quiet.map(({ author, uploads }) => `${oneLine(author, 60)} (${counted(uploads, 'upload')})`);
  return named.length === 0 ? [] : [`Nothing new, all fine: ${named.join(', ')}.`];
}

/** Authors for whom there was no room. */
function othersText(summary: Summary, groups: readonly AuthorTally[]): readonly string[] {
  const others = summary.authors - groups.length;
  const wrong = wrongIn(summary) - groups.reduce((sum, group) => sum + wrongIn(group), 0);
  if (others <= 0) return [];
  return [`And ${counted(others, 'more author')}${wrong > 0 ? `, with ${counted(wrong, 'upload')} to look at` : ''}.`];
}

function wrongIn({ counts }: Tally): number {
  return WRONG.reduce((sum, condition) => sum + counts[condition], 0);
}

function wrongText({ counts }: Tally): string {
  return troubleText(counts) ?? '';
}

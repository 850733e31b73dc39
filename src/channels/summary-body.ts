// A summary as data, for a webhook. Every text that comes from outside is one line of limited length, so that 50 uploads stay below 100 kB.
import type { AuthorTally, Standing, Summary, Tally } from '../domain/notify/delivery-content.ts';
import { oneLine } from '../domain/text/one-line.ts';

const SHORT = 90;
const LONG = 200;

export function summaryData({ from, to, events, standing, more, unchecked, groups, ...tally }: Summary) {
  return {
    kind: 'summary',
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...tallyData(tally),
    events,
    wrong: standing.map(wrongData),
    wrong_not_listed: more,
    entries_pending: unchecked,
    author_count: tally.authors,
    authors: groups?.map(authorData) ?? null,
  };
}

function tallyData({ uploads, counts, well }: Tally) {
  const { failed, stuck, entries_failed, empty, processing } = counts;
  return { uploads, counts: { failed, stuck, entries_failed, empty, processing }, went_well: well };
}

function authorData({ author, names, ...tally }: AuthorTally) {
  return { author: oneLine(author, SHORT), ...tallyData(tally), went_well_names: names };
}

function wrongData({ upload: { id, name, link, author, role }, condition, since, reason }: Standing) {
  return {
    upload: {
      id: oneLine(id, SHORT),
      name: name === null ? null : oneLine(name, SHORT),
      link: oneLine(link, LONG),
      author: oneLine(author, SHORT),
      role,
    },
    condition,
    since: new Date(since).toISOString(),
    reason: reason === null ? null : oneLine(reason, LONG),
  };
}

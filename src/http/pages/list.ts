// The list of uploads: search, filter, order, a row each, and the way through many pages. Links and forms: it needs no script.
import { html } from 'hono/html';
import { usualLength } from '../../domain/report/run-history.ts';
import { SORTS, type Sort } from '../../domain/report/sort.ts';
import { CONDITIONS, type Condition } from '../../domain/report/conditions.ts';
import { counted, oneLine, spanText, grouped } from '../../domain/text/one-line.ts';
import { titleOf } from '../../domain/upload.ts';
import { MAX_AUTHOR } from '../../views/authors.ts';
import type { ListView, ListedUpload, StatusView, ListQuery } from '../../views/views.ts';
import { CONDITION_WORDS, type Html, NO_HTML, ago, badge } from './components.ts';
import { legend, runStrip } from './charts.ts';

/** With fewer pages the next one is as near as any. */
const MANY_PAGES = 4;

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  worst: 'worst first',
  newest: 'last change',
  name: 'name',
  author: 'author',
  entries: 'entries',
};

export function uploadsSection(status: StatusView, list: ListView, wanted: ListQuery): Html {
  return html`<section aria-labelledby="uploads">
    <div class="bar">
      <h2 id="uploads">Uploads</h2>
      ${status.uploads === 0 ? NO_HTML : html`${filters(status, wanted)} ${search(status, wanted)}`}
    </div>
    ${status.uploads === 0 ? NO_HTML : orders(list, wanted)} ${matching(status, list, wanted)}
    ${list.rows.length === 0 ? none(status, wanted) : rows(status, list, wanted)}
    ${list.pages > 1 ? pager(list, wanted) : NO_HTML}
  </section>`;
}

function search({ authors }: StatusView, wanted: ListQuery): Html {
  return html`<form role="search" action="./" method="get">
    ${kept({ ...wanted, author: '', text: '', page: 1 })} ${authorChoice(authors, wanted)}
    <label class="hidden" for="q">Name, id, author or error</label>
    <input id="q" type="search" name="q" value="${wanted.text}" placeholder="name, id, author, error" maxlength="200" />
    <button type="submit">Find</button>
  </form>`;
}

/** Where there is a choice. */
function authorChoice(authors: StatusView['authors'], { author }: ListQuery): Html {
  if (authors.length < 2 && author === '') return NO_HTML;
  const isKnown = author === '' || authors.some(({ name }) => name === author);
  const shown = isKnown ? authors : [...authors, { name: author, uploads: 0 }];
  return html`<label class="hidden" for="author">Author</label>
    <select id="author" name="author">
      <option value="">all authors</option>
      ${shown.map(
        ({ name, uploads }) =>
          html`<option value="${name}" ${name === author ? html`selected` : NO_HTML}>
            ${oneLine(name, 60)} (${grouped(uploads)})
          </option>`,
      )}
    </select>`;
}

/** What a form must say as well, so that it changes only what it is there for. */
function kept(wanted: ListQuery): Html {
  return html`${Object.entries(queryOf(wanted)).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )}`;
}

function filters(status: StatusView, wanted: ListQuery): Html {
  const all: readonly (readonly [Condition | null, string, number])[] = [
    [null, 'all', status.uploads],
    ...CONDITIONS.map((each) => [each, CONDITION_WORDS[each], status.counts[each]] as const),
  ];
  const shown = all.filter(([condition, , count]) => count > 0 || condition === wanted.condition);
  return html`<nav class="chips" aria-label="Filter">
    ${shown.map(
      ([condition, word, count]) =>
        html`<a href="${linkTo({ ...wanted, condition, page: 1 })}" ${current(condition === wanted.condition)}
          >${word} <b>${grouped(count)}</b>${overlap(condition, status)}</a
        >`,
    )}
  </nav>`;
}

/** What is stuck is being processed, too: whoever adds up the numbers is told. */
function overlap(condition: Condition | null, { counts: { stuck } }: StatusView): Html {
  return condition === 'processing' && stuck > 0 ? html` <small>(${grouped(stuck)} stuck)</small>` : NO_HTML;
}

function orders({ rows: shown }: ListView, wanted: ListQuery): Html {
  return html`<div class="bar orders">
    <nav class="sorts" aria-label="Sort by">
      <span aria-hidden="true">Sort by:</span>
      ${SORTS.map(
        (sort) =>
          html`<a href="${linkTo({ ...wanted, sort, page: 1 })}" ${current(sort === wanted.sort)}
            >${SORT_WORDS[sort]}</a
          >`,
      )}
    </nav>
    ${shown.some(({ runs }) => runs.length > 0) ? legend('Last runs, newest on the right:') : NO_HTML}
  </div>`;
}

function matching(
  { uploads: all }: StatusView,
  { matching: found }: ListView,
  { condition, author, text }: ListQuery,
): Html {
  if (found === 0 || (condition === null && author === '' && text === '')) return NO_HTML;
  return html`<p class="matching about">${grouped(found)} of ${grouped(all)} uploads</p>`;
}

function current(isCurrent: boolean): Html {
  return isCurrent ? html`aria-current="true"` : NO_HTML;
}

function queryOf({ condition, author, text, sort, page }: ListQuery): Readonly<Record<string, string>> {
  return {
    ...(condition !== null && { show: condition }),
    ...(author !== '' && { author }),
    ...(text !== '' && { q: text }),
    ...(sort !== 'worst' && { sort }),
    ...(page > 1 && { page: String(page) }),
  };
}

function linkTo(wanted: ListQuery): string {
  const query = new URLSearchParams(queryOf(wanted)).toString();
  return query === '' ? './' : `./?${query}`;
}

function rows(status: StatusView, { rows: shown }: ListView, wanted: ListQuery): Html {
  return html`<ol class="uploads">
    ${shown.map((row) => item(row, status, wanted))}
  </ol>`;
}

function item(row: ListedUpload, status: StatusView, wanted: ListQuery): Html {
  const { upload_id, upload_name, conditions, reason, main_author, entries } = row;
  const [worst = null] = conditions;
  const title = titleOf({ id: upload_id, name: upload_name }, 120);
  const why = reason === null ? null : oneLine(reason, 200);
  return html`<li class="${worst ?? 'fine'}">
    <div class="what">${badge(worst)}</div>
    <div class="name">
      <a href="./uploads/${encodeURIComponent(upload_id)}"><bdi>${title}</bdi></a>
    </div>
    ${why === null ? NO_HTML : html`<p class="reason" dir="auto" title="${why}">${why}</p>`}
    <p class="about">${state(row, status)} · ${counted(entries, 'entry')}</p>
    <p class="who">${who(main_author, status, wanted)}</p>
    <div class="past">${runStrip(row.runs, status)}</div>
  </li>`;
}

/** Of several authors each leads to their uploads. */
function who(name: string, { authors }: StatusView, wanted: ListQuery): Html {
  const shown = html`<bdi>${oneLine(name, 60)}</bdi>`;
  if (authors.length < 2) return shown;
  const theirs = { ...wanted, author: oneLine(name, MAX_AUTHOR), page: 1 };
  return html`<a href="${linkTo(theirs)}">${shown}</a>`;
}

/** Its status and since when; how long the run took, or takes as a rule. */
function state({ conditions, process_status, since, runs, took_ms }: ListedUpload, status: StatusView): Html {
  if (conditions.includes('processing')) {
    const usual = usualLength(runs);
    const takes = usual === null ? '' : `, usually takes ${spanText(usual)}`;
    return html`${process_status}, unchanged for ${spanText(status.now - since)}${takes}`;
  }
  return html`${process_status} ${ago(since, status)}${took_ms === null ? '' : `, took ${spanText(took_ms)}`}`;
}

function none({ gui, uploads: count }: StatusView, wanted: ListQuery): Html {
  if (count > 0) {
    const all = linkTo({ ...wanted, condition: null, author: '', text: '', page: 1 });
    return html`<p class="nothing">No upload matches. <a href="${all}">Show all ${grouped(count)}</a></p>`;
  }
  return html`<p class="nothing">
    This account has no uploads yet. What is <a href="${gui}/user/uploads">uploaded to NOMAD</a> is shown here with the
    next poll. If there should be some, <code>nomad-upload-monitor doctor</code> shows whose account this is.
  </p>`;
}

function pager({ page, pages, matching }: ListView, wanted: ListQuery): Html {
  const link = (to: number, word: string, rel: string) =>
    to < 1 || to > pages ? NO_HTML : html`<a rel="${rel}" href="${linkTo({ ...wanted, page: to })}">${word}</a>`;
  const jump = html`<form action="./" method="get">
    ${kept({ ...wanted, page: 1 })}
    <label for="page">Go to page</label>
    <input id="page" type="number" name="page" min="1" max="${pages}" value="${page}" required />
    <button type="submit">Go</button>
  </form>`;
  return html`<nav class="pager" aria-label="Pages of the list">
    ${link(page - 1, '← previous', 'prev')}
    <span class="place">page ${grouped(page)} of ${grouped(pages)}, ${grouped(matching)} uploads</span>
    ${link(page + 1, 'next →', 'next')} ${pages >= MANY_PAGES ? jump : NO_HTML}
  </nav>`;
}

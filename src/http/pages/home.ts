// The status page: is everything right, and if not, what? Every upload, worst first.
import { html } from 'hono/html';
import { troubleText } from '../../domain/check.ts';
import { CONDITIONS, type Condition } from '../../domain/overview.ts';
import { counted, oneLine, spanText } from '../../domain/text.ts';
import { titleOf } from '../../domain/upload.ts';
import type { ListView, ListedUpload, StatusView, Wanted } from '../view.ts';
import { layout } from './layout.ts';
import { outbox } from './outbox.ts';
import { CONDITION_WORDS, type Html, NOTHING, ago, badge, dayStrip, runStrip } from './parts.ts';

export function homePage(status: StatusView, list: ListView, wanted: Wanted): Html {
  const { headline, tone, lines } = verdict(status);
  return layout({
    title: `${headline} – NOMAD uploads`,
    version: status.version,
    isHome: true,
    body: html`<section class="verdict ${tone}">
        <h1>${headline}</h1>
        ${lines.map((line) => html`<p>${line}</p>`)}
      </section>
      ${facts(status)} ${status.asOf === null ? NOTHING : uploads(status, list, wanted)} ${outbox(status)}`,
  });
}

interface Verdict {
  readonly headline: string;
  readonly tone: 'bad' | 'warn' | 'good' | 'unknown';
  readonly lines: readonly (string | Html)[];
}

export function verdict(status: StatusView): Verdict {
  const { counts, failing, refusedSince, asOf, now } = status;
  const trouble = troubleText(counts);
  const doctor = html`What is wrong and what to do about it: <code>nomad-upload-monitor doctor</code>`;
  const old =
    asOf === null ? 'Nothing is known of the uploads yet.' : html`What is shown below was so ${ago(asOf, status)}.`;
  if (refusedSince !== null) {
    return {
      headline: 'NOMAD refuses the login',
      tone: 'bad',
      lines: [html`Since ${ago(refusedSince, status)}.`, old, doctor],
    };
  }
  const reason = failing === null ? '' : oneLine(failing.problem, 300);
  if (failing?.isLong === true) {
    return {
      headline: `NOMAD has been unreachable for ${spanText(now - failing.since)}`,
      tone: 'bad',
      lines: [reason, old, doctor],
    };
  }
  if (asOf === null) {
    return {
      headline: 'Waiting for the first poll',
      tone: 'unknown',
      lines: [failing === null ? 'The uploads are shown as soon as NOMAD has listed them.' : reason, doctor],
    };
  }
  // A poll or two without an answer are no news.
  const blip = failing === null ? [] : [html`The last poll got no list: ${reason}`, old];
  if (trouble !== null)
    return { headline: trouble, tone: counts.failed + counts.stuck > 0 ? 'bad' : 'warn', lines: blip };
  if (status.dead > 0)
    return { headline: 'Messages were not delivered', tone: 'warn', lines: [html`See <a href="#outbox">below</a>.`] };
  return { headline: 'All is well', tone: 'good', lines: blip };
}

function facts(status: StatusView): Html {
  const { polledAt, nextPollAt, tokenExpiresAt, pending, dead, held, days } = status;
  const poll = polledAt === null ? html`none yet` : ago(polledAt, status);
  const next = nextPollAt === null ? NOTHING : html`<small>next ${ago(nextPollAt, status)}</small>`;
  const waiting = [
    pending > 0 ? `${pending} on their way` : '',
    held > 0 ? `${counted(held, 'event')} held` : '',
    dead > 0 ? `${dead} given up` : '',
  ].filter((each) => each !== '');
  return html`<dl class="facts">
    <div>
      <dt>Last poll</dt>
      <dd>${poll} ${next}</dd>
    </div>
    <div>
      <dt>NOMAD, 30 days</dt>
      <dd>${dayStrip(days, status)}</dd>
    </div>
    <div>
      <dt>Token ends</dt>
      <dd>${tokenExpiresAt === null ? 'not known' : ago(tokenExpiresAt, status)}</dd>
    </div>
    <div>
      <dt>Messages</dt>
      <dd>${waiting.length === 0 ? 'all delivered' : html`<a href="#outbox">${waiting.join(', ')}</a>`}</dd>
    </div>
  </dl>`;
}

function uploads(status: StatusView, list: ListView, wanted: Wanted): Html {
  return html`<section aria-labelledby="uploads">
    <div class="bar">
      <h2 id="uploads">Uploads</h2>
      <form role="search" action="/" method="get">
        ${wanted.condition === null ? NOTHING : html`<input type="hidden" name="show" value="${wanted.condition}" />`}
        <label class="hidden" for="q">Name, id, author or error</label>
        <input
          id="q"
          type="search"
          name="q"
          value="${wanted.text}"
          placeholder="name, id, author, error"
          maxlength="200"
        />
        <button type="submit">Find</button>
      </form>
    </div>
    ${chips(status, wanted)} ${list.rows.length === 0 ? none(status, wanted) : rows(status, list)}
    ${list.pages > 1 ? pager(list, wanted) : NOTHING}
  </section>`;
}

function chips(status: StatusView, wanted: Wanted): Html {
  const all: readonly (readonly [Condition | null, string, number])[] = [
    [null, 'all', status.uploads],
    ...CONDITIONS.map((each) => [each, CONDITION_WORDS[each], status.counts[each]] as const),
  ];
  return html`<nav class="chips" aria-label="Filter">
    ${all
      .filter(([condition, , count]) => count > 0 || condition === wanted.condition)
      .map(
        ([condition, word, count]) =>
          html`<a href="${linkTo({ ...wanted, condition, page: 1 })}" ${current(condition === wanted.condition)}
            >${word} <b>${count}</b></a
          >`,
      )}
  </nav>`;
}

function current(isCurrent: boolean): Html {
  return isCurrent ? html`aria-current="true"` : NOTHING;
}

function linkTo({ condition, text, page }: Wanted): string {
  const query = new URLSearchParams({
    ...(condition !== null && { show: condition }),
    ...(text !== '' && { q: text }),
    ...(page > 1 && { page: String(page) }),
  }).toString();
  return query === '' ? '/' : `/?${query}`;
}

function rows(status: StatusView, { rows: shown }: ListView): Html {
  return html`<ol class="uploads">
    ${shown.map((row) => item(row, status))}
  </ol>`;
}

function item(row: ListedUpload, status: StatusView): Html {
  const { upload_id, upload_name, conditions, reason, since, main_author, runs, process_status, entries } = row;
  const [worst = null] = conditions;
  const title = titleOf({ id: upload_id, name: upload_name }, 120);
  return html`<li class="${worst ?? 'fine'}">
    <div class="what">${badge(worst)}</div>
    <div class="name">
      <a href="/uploads/${encodeURIComponent(upload_id)}"><bdi>${title}</bdi></a>
      ${reason === null ? NOTHING : html`<p class="reason" dir="auto">${oneLine(reason, 200)}</p>`}
      <p class="about">
        ${process_status} · ${ago(since, status)} · ${counted(entries, 'entry')} ·
        <bdi>${oneLine(main_author, 60)}</bdi>
      </p>
    </div>
    <div class="past">${runStrip(runs, status)}</div>
  </li>`;
}

function none({ gui, uploads: count }: StatusView, wanted: Wanted): Html {
  if (count > 0) {
    return html`<p class="empty">
      No upload matches. <a href="${linkTo({ ...wanted, condition: null, text: '', page: 1 })}">Show all ${count}</a>
    </p>`;
  }
  return html`<p class="empty">
    This account has no uploads yet. What is <a href="${gui}/user/uploads">uploaded to NOMAD</a> is shown here with the
    next poll.
  </p>`;
}

function pager({ page, pages, matching }: ListView, wanted: Wanted): Html {
  const link = (to: number, word: string, rel: string) =>
    to < 1 || to > pages
      ? html`<span></span>`
      : html`<a rel="${rel}" href="${linkTo({ ...wanted, page: to })}">${word}</a>`;
  return html`<nav class="pager" aria-label="Pages of the list">
    ${link(page - 1, '← worse', 'prev')} <span>page ${page} of ${pages}, ${counted(matching, 'upload')}</span>
    ${link(page + 1, 'better →', 'next')}
  </nav>`;
}

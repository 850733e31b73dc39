// The page before the accounts: what needs attention, then each account, worst first, then each author of something that is not right.
import { html } from 'hono/html';
import { counted, grouped, oneLine } from '../../domain/text/one-line.ts';
import { MAX_AUTHOR } from '../../views/authors.ts';
import {
  type AccountLine,
  type AuthorLine,
  type BadCondition,
  BAD_CONDITIONS,
  type OverviewView,
} from '../../views/overview.ts';
import { CONDITION_WORDS, type Html, NO_HTML, type When, ago } from './components.ts';
import { layout } from './layout.ts';

export interface OverviewPage extends OverviewView, When {
  readonly version: string;
}

export function overviewPage(view: OverviewPage): Html {
  const { headline, tone, lines } = verdict(view);
  return layout({
    title: `${headline} – NOMAD uploads`,
    version: view.version,
    isHome: true,
    hasFeed: false,
    body: html`<section class="verdict ${tone}">
        <h1>${headline}</h1>
        ${lines.map((line) => html`<p>${line}</p>`)}
      </section>
      <section aria-labelledby="accounts">
        <h2 id="accounts">Accounts</h2>
        <ul class="accounts">
          ${view.accounts.map((line) => accountItem(line, view))}
        </ul>
      </section>
      ${authors(view.authors)}`,
  });
}

function verdict({ accounts, counts }: OverviewPage) {
  const away = accounts.filter(({ trouble }) => trouble === 'login refused' || trouble === 'unreachable');
  const stalled = accounts.filter(({ trouble }) => trouble === 'not processing');
  const waiting = accounts.filter(({ asOf, trouble }) => asOf === null && trouble === null).length;
  const bad = BAD_CONDITIONS.filter((condition) => counts[condition] > 0);
  const uploads = accounts.reduce((sum, each) => sum + each.uploads, 0);
  const lines = [
    `${counted(accounts.length, 'account')} watched, with ${grouped(uploads)} ${uploads === 1 ? 'upload' : 'uploads'} in their lists.`,
    ...(waiting === 0 ? [] : [`${counted(waiting, 'account')} not polled yet.`]),
    ...(away.length === 0
      ? []
      : [`Not seen: ${listed(away.map(({ name, trouble }) => `${name} (${trouble ?? ''})`))}.`]),
    ...(stalled.length === 0 ? [] : [`NOMAD is not processing uploads of ${listed(stalled.map(({ name }) => name))}.`]),
  ];
  const isBad = away.length + stalled.length > 0 || counts.failed + counts.stuck > 0;
  if (bad.length === 0 && away.length > 0)
    return { headline: `${counted(away.length, 'account')} cannot be watched`, tone: 'bad', lines };
  if (bad.length === 0 && stalled.length > 0)
    return { headline: 'NOMAD is not processing uploads', tone: 'bad', lines };
  // Of those nothing is known yet.
  if (bad.length === 0 && waiting > 0)
    return { headline: `${counted(waiting, 'account')} not polled yet`, tone: 'unknown', lines };
  if (bad.length === 0) return { headline: 'All is well', tone: 'good', lines };
  return { headline: bad.map((each) => words(each, counts[each])).join(', '), tone: isBad ? 'bad' : 'warn', lines };
}

const MAX_LISTED = 5;

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function words(condition: BadCondition, count: number): string {
  return condition === 'entries_failed'
    ? `${grouped(count)} with failed entries`
    : `${grouped(count)} ${CONDITION_WORDS[condition]}`;
}

function accountItem(line: AccountLine, when: When): Html {
  const { name, deployment, uploads, counts, asOf, trouble } = line;
  const address = `./accounts/${encodeURIComponent(name)}/`;
  const worst = BAD_CONDITIONS.find((condition) => counts[condition] > 0) ?? 'fine';
  return html`<li class="${trouble === null ? worst : 'failed'}">
    <a href="${address}"><bdi>${oneLine(name, 60)}</bdi></a>
    <span class="counts">
      ${trouble === null ? NO_HTML : html`<b class="trouble">${trouble}</b>`}
      ${BAD_CONDITIONS.filter((condition) => counts[condition] > 0).map(
        (condition) =>
          html`<a class="${condition}" href="${address}?show=${condition}">${words(condition, counts[condition])}</a>`,
      )}
      ${counts.processing === 0 ? NO_HTML : html`<span>${grouped(counts.processing)} processing</span>`}
    </span>
    <span class="about">
      ${counted(uploads, 'upload')} · ${asOf === null ? 'not polled yet' : ago(asOf, when)} · <bdi>${deployment}</bdi>
    </span>
  </li>`;
}

/** Of more nobody reads. */
const MAX_AUTHORS = 50;

function authors(lines: readonly AuthorLine[]): Html {
  if (lines.length === 0) return NO_HTML;
  const rest = lines.length - MAX_AUTHORS;
  return html`<section aria-labelledby="authors">
    <h2 id="authors">Authors</h2>
    <ul class="accounts">
      ${lines.slice(0, MAX_AUTHORS).map(({ author, counts, account }) => {
        const query = new URLSearchParams({ author: oneLine(author, MAX_AUTHOR) }).toString();
        return html`<li class="${BAD_CONDITIONS.find((condition) => counts[condition] > 0) ?? 'fine'}">
          <a href="./accounts/${encodeURIComponent(account)}/?${query}"><bdi>${oneLine(author, 60)}</bdi></a>
          <span class="counts">
            ${BAD_CONDITIONS.filter((condition) => counts[condition] > 0).map(
              (condition) => html`<span class="${condition}">${words(condition, counts[condition])}</span>`,
            )}
          </span>
        </li>`;
      })}
    </ul>
    ${rest > 0 ? html`<p class="about">… and ${counted(rest, 'more author')}.</p>` : NO_HTML}
  </section>`;
}

// The status page: is everything right, and if not, what? Then the uploads, and what was not delivered.
import { html } from 'hono/html';
import { troubleText } from '../../domain/report/report.ts';
import { counted, oneLine, spanText, grouped } from '../../domain/text/one-line.ts';
import type { ListView, StatusView, ListQuery } from '../../views/views.ts';
import { layout } from './layout.ts';
import { uploadsSection } from './list.ts';
import { outboxSection } from './outbox.ts';
import { type Html, NO_HTML, ago } from './components.ts';
import { dayStrip } from './charts.ts';

export function homePage(status: StatusView, list: ListView, wanted: ListQuery): Html {
  const { headline, tone, lines } = verdict(status);
  return layout({
    title: `${headline} – NOMAD uploads`,
    version: status.version,
    gui: status.gui,
    account: status.account,
    isHome: true,
    body: html`<section class="verdict ${tone}">
        <h1>${headline}</h1>
        ${lines.map((line) => html`<p>${line}</p>`)}
      </section>
      ${facts(status)} ${status.asOf === null ? NO_HTML : uploadsSection(status, list, wanted)} ${outboxSection(status)}`,
  });
}

interface Verdict {
  readonly headline: string;
  readonly tone: 'bad' | 'warn' | 'good' | 'unknown';
  readonly lines: readonly (string | Html)[];
}

export function verdict(status: StatusView): Verdict {
  const { counts, failing, refusedSince, asOf, now } = status;
  const untold = noRecipientLines(status);
  const trouble = troubleText(counts);
  const doctor = html`What is wrong and what to do about it: <code>nomad-upload-monitor doctor</code>`;
  const old = asOf === null ? 'Nothing is known about the uploads yet.' : html`Data from ${ago(asOf, status)}.`;
  if (refusedSince !== null) {
    return {
      headline: 'NOMAD refuses the login',
      tone: 'bad',
      lines: [html`Since ${ago(refusedSince, status)}.`, old, ...untold, doctor],
    };
  }
  const reason = failing === null ? '' : oneLine(failing.problem, 300);
  if (failing?.isLong === true) {
    return {
      headline: `NOMAD has been unreachable for ${spanText(now - failing.since)}`,
      tone: 'bad',
      lines: [reason, old, ...untold, doctor],
    };
  }
  if (asOf === null) {
    return {
      headline: 'Waiting for the first poll',
      tone: 'unknown',
      lines: [failing === null ? 'The uploads are shown as soon as NOMAD has listed them.' : reason, ...untold, doctor],
    };
  }
  if (status.stalledSince !== null) {
    return {
      headline: 'NOMAD is not processing uploads',
      tone: 'bad',
      lines: [
        html`Uploads have been waiting for a worker since ${ago(status.stalledSince, status)} without progress. You need
        not do anything, but NOMAD's administrators may not know.`,
        ...(trouble === null ? [] : [trouble]),
        watched(status),
        ...untold,
      ],
    };
  }
  // A poll or two without an answer are no news.
  const blip = failing === null ? [] : [html`The last poll failed: ${reason}`, old];
  const lines = [...untold, watched(status), ...lookedAt(status), ...blip];
  if (trouble !== null) return { headline: trouble, tone: counts.failed + counts.stuck > 0 ? 'bad' : 'warn', lines };
  if (status.dead > 0) {
    const where = html`See <a href="#outbox">below</a>.`;
    return { headline: 'Messages were not delivered', tone: 'warn', lines: [where, ...lines] };
  }
  if (status.noRecipient !== null) return { headline: 'Mail has no recipient', tone: 'warn', lines };
  if (status.uploads === 0) return { headline: 'No uploads yet', tone: 'unknown', lines: blip };
  return { headline: 'All is well', tone: 'good', lines };
}

function noRecipientLines({ noRecipient }: StatusView): readonly string[] {
  return noRecipient === null ? [] : [`${noRecipient.slice(0, 1).toUpperCase()}${noRecipient.slice(1)}.`];
}

function watched({ uploads: all, counts: { processing, stuck } }: StatusView): string {
  const busy =
    processing === 0
      ? 'none is being processed'
      : `${grouped(processing)} being processed${stuck === 0 ? '' : ` (${grouped(stuck)} of them stuck)`}`;
  return `${grouped(all)} ${all === 1 ? 'upload' : 'uploads'} watched, ${busy}.`;
}

/** After the first poll NOMAD is asked about older uploads little by little. */
function lookedAt({ notLookedAt: left }: StatusView): readonly string[] {
  if (left === 0) return [];
  return [`Entries of ${counted(left, 'older upload')} have not been checked yet; this happens gradually.`];
}

function facts(status: StatusView): Html {
  const { polledAt, nextPollAt, tokenExpiresAt, days } = status;
  const poll = polledAt === null ? html`none yet` : ago(polledAt, status);
  const next = nextPollAt === null ? NO_HTML : html`<small>next ${ago(nextPollAt, status)}</small>`;
  return html`<dl class="facts brief">
    <div>
      <dt>Last poll</dt>
      <dd>${poll} ${next}</dd>
    </div>
    <div>
      <dt>NOMAD</dt>
      <dd>${dayStrip(days, status)} <small>${awayWords(status)}</small></dd>
    </div>
    ${
      status.standsBy
        ? html`<div>
            <dt>This instance</dt>
            <dd>on standby <small>it does not poll</small></dd>
          </div>`
        : NO_HTML
    }
    <div>
      <dt>Token expires</dt>
      <dd>${tokenExpiresAt === null ? 'not known' : ago(tokenExpiresAt, status)}</dd>
    </div>
    <div>
      <dt>Messages</dt>
      <dd>${messages(status)}</dd>
    </div>
  </dl>`;
}

function messages({ pending, dead, held, noRecipient }: StatusView): Html {
  const waiting = [
    pending > 0 ? `${pending} on their way` : '',
    held > 0 ? `${counted(held, 'event')} held` : '',
    dead > 0 ? `${dead} given up` : '',
  ].filter((each) => each !== '');
  const missing = noRecipient === null ? NO_HTML : html` <small>mail has no recipient</small>`;
  if (waiting.length > 0) return html`<a href="#outbox">${waiting.join(', ')}</a>${missing}`;
  return noRecipient === null ? html`all delivered` : html`mail has no recipient`;
}

/** Only of what was watched: since when, where that is less than the days shown. */
function awayWords(status: StatusView): Html {
  const { days, watchedSince, refusedSince } = status;
  if (watchedSince === null) return html`not watched yet`;
  if (refusedSince !== null) return html`not watched since ${ago(refusedSince, status)}`;
  const away = days.reduce((sum, day) => sum + day.away, 0);
  const what = away === 0 ? 'no outage seen' : `unreachable for ${spanText(away)}`;
  const isAll = days.every(({ isBefore }) => !isBefore);
  return isAll
    ? html`${what} in ${counted(days.length, 'day')}`
    : html`${what} since watching began ${ago(watchedSince, status)}`;
}

// One upload: how it is, its timeline, its errors and failed entries, and who was notified of what.
import { html } from 'hono/html';
import type { Event } from '../../domain/event.ts';
import { usualLength } from '../../domain/report/run-history.ts';
import { webLink } from '../../domain/text/links.ts';
import { counted, oneLine, spanText, grouped } from '../../domain/text/one-line.ts';
import { titleOf } from '../../domain/upload.ts';
import { WORDS, againSuffix, eventPhrase, linesOf } from '../../domain/message/event-text.ts';
import type { Receipt } from '../../store/reader.ts';
import type { FrameView, ListedUpload, UploadView } from '../../views/views.ts';
import { layout } from './layout.ts';
import { type Html, NO_HTML, ago, timeHtml, badge } from './components.ts';
import { legend, runStrip } from './charts.ts';

const MAX_SHOWN = 20;

export function uploadPage(view: UploadView, frame: FrameView): Html {
  const { row, events, id } = view;
  const name = row?.upload_name ?? events[0]?.upload?.name ?? null;
  const title = titleOf({ id, name }, 150);
  return layout({
    title: `${title} – NOMAD uploads`,
    version: frame.version,
    gui: frame.gui,
    account: frame.account,
    body: html`<h1 dir="auto"><bdi>${title}</bdi></h1>
      ${row === null ? gone(view) : present(view, frame)} ${supportReport(view)} ${timeline(view, frame)}`,
  });
}

function gone(view: UploadView): Html {
  const { events, id } = view;
  const last = events.find(({ kind }) => kind === 'upload.deleted' || kind === 'upload.unshared');
  const why =
    last?.kind === 'upload.unshared'
      ? 'It is no longer shared with this account.'
      : 'It is no longer in the list of this account.';
  return html`<p>${why}</p>
    <p class="about">${oneLine(id, 80)}</p>
    ${advice(view)}`;
}

function present(view: UploadView, frame: FrameView): Html {
  const { row, warnings } = view;
  if (row === null) return NO_HTML;
  const { conditions, reason, errors } = row;
  // A single error that is the reason already need not be said twice.
  const listed = errors.length === 1 && oneLine(errors[0] ?? '', 300) === reason ? [] : errors;
  const link = webLink(row.link);
  return html`<p>${conditions.length === 0 ? badge(null) : conditions.map((each) => badge(each))}</p>
    ${reason === null ? NO_HTML : html`<p class="reason" dir="auto">${oneLine(reason, 300)}</p>`}
    ${link === null ? NO_HTML : html`<p><a class="out" href="${link}">Open it in NOMAD</a> <small class="about">${oneLine(row.upload_id, 80)}</small></p>`}
    ${facts(row, frame)} ${texts('Errors', listed)} ${failedEntries(view)} ${advice(view)}
    ${texts('Warnings', warnings)}`;
}

/** What NOMAD's words for processing mean. */
const STATUS_WORDS: Readonly<Record<string, string>> = {
  PENDING: 'waits for a worker',
  RUNNING: 'is being processed',
  WAITING_FOR_RESULT: 'its entries are being processed',
};

/** From NOMAD 1.4 on an upload is PENDING while a worker has it, too: then its step says more. */
function statusWords({ process_status, process, step }: ListedUpload): string {
  return step === null ? (STATUS_WORDS[process_status] ?? oneLine(process ?? '', 60)) : oneLine(step, 60);
}

function facts(row: ListedUpload, frame: FrameView): Html {
  const { process_status, since, entries, failed_entries, main_author, runs, took_ms, conditions } = row;
  const usual = usualLength(runs);
  return html`<dl class="facts">
    <div>
      <dt>Status</dt>
      <dd>${process_status} <small>${statusWords(row)}</small></dd>
    </div>
    <div>
      <dt>${conditions.includes('processing') ? 'Unchanged since' : 'Since'}</dt>
      <dd>${ago(since, frame)}</dd>
    </div>
    <div>
      <dt>Entries</dt>
      <dd>
        ${grouped(entries)}${failed_entries === null || failed_entries === 0 ? NO_HTML : html` <small>${grouped(failed_entries)} failed</small>`}
      </dd>
    </div>
    <div>
      <dt>Main author</dt>
      <dd><bdi>${oneLine(main_author, 80)}</bdi></dd>
    </div>
    <div>
      <dt>Last run took</dt>
      <dd>
        ${took_ms === null ? 'not known' : spanText(took_ms)}
        ${usual === null ? NO_HTML : html`<small>usually ${spanText(usual)}</small>`}
      </dd>
    </div>
    <div>
      <dt>${runs.length === 0 ? 'Runs' : `Last ${counted(runs.length, 'run')}`}</dt>
      <dd>${runs.length === 0 ? 'none seen yet' : html`${runStrip(runs, frame)} ${legend('')}`}</dd>
    </div>
  </dl>`;
}

/** Those of the last run that NOMAD named, each with the way to it. */
function failedEntries({ row, events }: UploadView): Html {
  if (row?.conditions.includes('entries_failed') !== true) return NO_HTML;
  const last = events.find(({ kind }) => kind === 'upload.entries_failed');
  return last === undefined
    ? NO_HTML
    : html`<h2>Failed entries</h2>
        ${lines(last)}`;
}

/** What to do, where what happened last still is so. */
function advice({ advice: text }: UploadView): Html {
  const [first, ...commands] = text?.split('\n') ?? [];
  if (first === undefined) return NO_HTML;
  return html`<h2>What to do</h2>
    <p>${first}</p>
    ${commands.map((command) => html`<p><code>${command}</code></p>`)}`;
}

/** Ready to copy: by a button where there are scripts. */
function supportReport({ report, id }: UploadView): Html {
  if (report === null) return NO_HTML;
  return html`<details id="report" class="report">
    <summary id="report-title">For NOMAD's administrators: what to send them</summary>
    <button id="report-copy" type="button" data-copies="report-text" hidden>Copy</button>
    <pre id="report-text" dir="auto" tabindex="0" aria-labelledby="report-title">${report}</pre>
    <p class="about">
      With its entries as they are now:
      <code>nomad-upload-monitor report -- ${oneLine(id, 80)}</code>
    </p>
  </details>`;
}

/** NOMAD's own words. */
function texts(title: string, all: readonly string[]): Html {
  if (all.length === 0) return NO_HTML;
  const shown = all.slice(-MAX_SHOWN);
  return html`<h2>${title}</h2>
    <ul class="texts">
      ${shown.map((text) => html`<li dir="auto">${oneLine(text, 1000)}</li>`)}
    </ul>
    ${all.length > shown.length ? html`<p>… and ${all.length - shown.length} earlier ones: see NOMAD.</p>` : NO_HTML}`;
}

function timeline({ events, receipts }: UploadView, frame: FrameView): Html {
  if (events.length === 0)
    return html`<h2>Timeline</h2>
      <p class="nothing">Nothing has happened to it since watching started.</p>`;
  const byEvent = Map.groupBy(receipts, ({ eventId }) => eventId);
  return html`<h2>Timeline</h2>
    <ol class="timeline">
      ${events.map((event) => timelineEntry(event, byEvent.get(event.id) ?? [], frame))}
    </ol>`;
}

function timelineEntry(event: Event, receipts: readonly Receipt[], frame: FrameView): Html {
  const took = Number(event.details['took_ms']);
  return html`<li class="${WORDS[event.kind].tone}">
    <p>
      <b>${eventPhrase(event)}${againSuffix(event)}</b>
      <span class="about">${timeHtml(event.time, frame)}${took >= 0 ? `, took ${spanText(took)}` : ''}</span>
    </p>
    ${lines(event)}
    ${receipts.length === 0 ? html`<p class="about">nobody was notified</p>` : html`<p class="about">${receipts.map((each, index) => html`${index > 0 ? '; ' : ''}${receiptText(each)}`)}</p>`}
  </li>`;
}

function lines(event: Event): Html {
  const all = linesOf(event);
  if (all.length === 0) return NO_HTML;
  return html`<ul class="texts">
    ${all.map(({ text, link }) => html`<li dir="auto">${link === null ? text : html`<a href="${link}">${text}</a>`}</li>`)}
  </ul>`;
}

const STATES: Readonly<Record<Receipt['state'], string>> = {
  waiting: 'held for',
  pending: 'on its way to',
  delivered: 'sent to',
  dead: 'given up:',
  dropped: 'dropped:',
};

function receiptText({ state, channel, recipient, ...told }: Receipt): Html {
  const reason = told.reason ?? told.answer;
  return html`${STATES[state]}
    <bdi>${oneLine(recipient, 80)}</bdi> (${channel})${reason === null ? '' : `: ${oneLine(reason, 150)}`}`;
}

export function notFoundPage(what: string, { version, account }: Pick<FrameView, 'version' | 'account'>): Html {
  return layout({
    title: 'Not found – NOMAD uploads',
    version,
    account,
    body: html`<h1>Not found</h1>
      <p>${what}</p>`,
  });
}

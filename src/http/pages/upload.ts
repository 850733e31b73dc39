// One upload: how it is, its timeline, its errors and failed entries, and who was told what.
import { html } from 'hono/html';
import type { Event } from '../../domain/events.ts';
import { webLink } from '../../domain/links.ts';
import { oneLine } from '../../domain/text.ts';
import { titleOf } from '../../domain/upload.ts';
import { WORDS, adviceOf, again, headlineWords, linesOf } from '../../domain/wording.ts';
import type { Told } from '../../store/reader.ts';
import type { StatusView, UploadView } from '../view.ts';
import { layout } from './layout.ts';
import { type Html, NOTHING, ago, at, badge, runStrip } from './parts.ts';

const MOST_SHOWN = 20;

export function uploadPage(view: UploadView, status: StatusView): Html {
  const { row, events, id } = view;
  const name = row?.upload_name ?? events[0]?.upload?.name ?? null;
  const title = titleOf({ id, name }, 150);
  return layout({
    title: `${title} – NOMAD uploads`,
    version: status.version,
    body: html`<h1 dir="auto"><bdi>${title}</bdi></h1>
      ${row === null ? gone(view) : present(view, status)} ${advice(view)} ${timeline(view, status)}`,
  });
}

function gone({ events, id }: UploadView): Html {
  const last = events.find(({ kind }) => kind === 'upload.deleted' || kind === 'upload.unshared');
  const why =
    last?.kind === 'upload.unshared'
      ? 'It is no longer shared with this account.'
      : 'It is not in the list of this account any more.';
  return html`<p>${why}</p>
    <p class="about">${oneLine(id, 80)}</p>`;
}

function present({ row, warnings }: UploadView, status: StatusView): Html {
  if (row === null) return NOTHING;
  const { conditions, reason, process_status, process, since, entries, failed_entries, errors, main_author, runs } =
    row;
  const link = webLink(row.link);
  return html`<p>${conditions.length === 0 ? badge(null) : conditions.map((each) => badge(each))}</p>
    ${reason === null ? NOTHING : html`<p class="reason" dir="auto">${oneLine(reason, 300)}</p>`}
    <dl class="facts">
      <div>
        <dt>Status</dt>
        <dd>${process_status} ${process === null ? NOTHING : html`<small>${oneLine(process, 60)}</small>`}</dd>
      </div>
      <div>
        <dt>Since</dt>
        <dd>${ago(since, status)}</dd>
      </div>
      <div>
        <dt>Entries</dt>
        <dd>
          ${entries}${failed_entries === null || failed_entries === 0 ? NOTHING : html` <small>${failed_entries} failed</small>`}
        </dd>
      </div>
      <div>
        <dt>Main author</dt>
        <dd><bdi>${oneLine(main_author, 80)}</bdi></dd>
      </div>
      <div>
        <dt>Runs</dt>
        <dd>${runs.length === 0 ? 'none seen yet' : runStrip(runs, status)}</dd>
      </div>
    </dl>
    ${link === null ? NOTHING : html`<p><a class="out" href="${link}">Open it in NOMAD</a> <small class="about">${oneLine(row.upload_id, 80)}</small></p>`}
    ${texts('Errors', errors)} ${texts('Warnings', warnings)}`;
}

/** What to do, where what happened last still is so. */
function advice({ row, events }: UploadView): Html {
  const [worst] = row?.conditions ?? [];
  const last = events.find(({ kind }) => worst !== undefined && kind === `upload.${worst}`);
  const [first, ...commands] = (last === undefined ? null : adviceOf(last))?.split('\n') ?? [];
  if (first === undefined) return NOTHING;
  return html`<h2>What to do</h2>
    <p>${first}</p>
    ${commands.map((command) => html`<p><code>${command}</code></p>`)}`;
}

/** NOMAD's own words. */
function texts(title: string, all: readonly string[]): Html {
  if (all.length === 0) return NOTHING;
  const shown = all.slice(-MOST_SHOWN);
  return html`<h2>${title}</h2>
    <ul class="texts">
      ${shown.map((text) => html`<li dir="auto">${oneLine(text, 1000)}</li>`)}
    </ul>
    ${all.length > shown.length ? html`<p>… and ${all.length - shown.length} earlier ones, to be seen in NOMAD.</p>` : NOTHING}`;
}

function timeline({ events, told }: UploadView, status: StatusView): Html {
  if (events.length === 0)
    return html`<h2>Timeline</h2>
      <p class="empty">Nothing has happened to it since it is watched.</p>`;
  const toldOf = Map.groupBy(told, ({ eventId }) => eventId);
  return html`<h2>Timeline</h2>
    <ol class="timeline">
      ${events.map((event) => moment(event, toldOf.get(event.id) ?? [], status))}
    </ol>`;
}

function moment(event: Event, told: readonly Told[], status: StatusView): Html {
  const lines = linesOf(event);
  return html`<li class="${WORDS[event.kind].tone}">
    <p><b>${headlineWords(event)}${again(event)}</b> <span class="about">${at(event.time, status)}</span></p>
    ${
      lines.length === 0
        ? NOTHING
        : html`<ul class="texts">
            ${lines.map(({ text, link }) => html`<li dir="auto">${link === null ? text : html`<a href="${link}">${text}</a>`}</li>`)}
          </ul>`
    }
    ${told.length === 0 ? html`<p class="about">nobody was to be told</p>` : html`<p class="about">${told.map((each, index) => html`${index > 0 ? '; ' : ''}${toldWords(each)}`)}</p>`}
  </li>`;
}

const STATES: Readonly<Record<Told['state'], string>> = {
  waiting: 'held for',
  pending: 'on its way to',
  delivered: 'told to',
  dead: 'given up:',
  dropped: 'dropped:',
};

function toldWords({ state, channel, recipient, reason }: Told): Html {
  return html`${STATES[state]}
    <bdi>${oneLine(recipient, 80)}</bdi> (${channel})${reason === null ? '' : `: ${oneLine(reason, 150)}`}`;
}

export function notFoundPage(what: string, version: string): Html {
  return layout({
    title: 'Not found – NOMAD uploads',
    version,
    body: html`<h1>Not found</h1>
      <p>${what}</p>`,
  });
}

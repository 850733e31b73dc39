// What was not delivered: on its way, or given up, and why.
import { html } from 'hono/html';
import { messageOf } from '../../domain/message/message.ts';
import { counted, oneLine } from '../../domain/text/one-line.ts';
import type { StatusView } from '../../views/views.ts';
import { type Html, NO_HTML, ago } from './components.ts';

export function outboxSection(status: StatusView): Html {
  const { undelivered, pending, dead, held } = status;
  if (pending + dead + held === 0) return NO_HTML;
  const more = pending + dead - undelivered.length;
  return html`<section aria-labelledby="outbox">
    <h2 id="outbox">Messages that were not delivered</h2>
    ${held > 0 ? html`<p>${counted(held, 'event')} held, or behind another message: sent when that is over.</p>` : NO_HTML}
    <ul class="outbox">
      ${undelivered.map(
        ({ id, channel, recipient, state, content, createdAt, dueAt, tries, reason }) =>
          html`<li class="${state}">
            <b dir="auto">${oneLine(messageOf(content).subject, 150)}</b>
            <p class="about">
              ${state === 'dead' ? 'given up' : tries === 0 ? 'not tried yet' : counted(tries, 'attempt')} · ${channel}
              to
              <bdi>${oneLine(recipient, 80)}</bdi> ·
              ${ago(createdAt, status)}${dueAt === null ? NO_HTML : html` · next attempt ${ago(dueAt, status)}`}
            </p>
            ${reason === null ? NO_HTML : html`<p class="reason" dir="auto">${oneLine(reason, 200)}</p>`}
            ${state === 'dead' ? html`<p class="about"><code>nomad-upload-monitor outbox retry ${id}</code></p>` : NO_HTML}
          </li>`,
      )}
    </ul>
    ${more > 0 ? html`<p>… and ${more} more: <code>nomad-upload-monitor outbox</code></p>` : NO_HTML}
  </section>`;
}

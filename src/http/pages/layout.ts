// The frame of every page: head, header, footer. Nothing in it is loaded from elsewhere.
import { html } from 'hono/html';
import { webLink } from '../../domain/text/links.ts';
import { type Html, NO_HTML } from './components.ts';

export interface Frame {
  readonly title: string;
  readonly version: string;
  /** NOMAD's GUI; absent: no way there is shown. */
  readonly gui?: string;
  readonly body: Html;
  /** Shown instead of the way home. */
  readonly isHome?: true;
}

export function layout({ title, version, body, gui, isHome }: Frame): Html {
  const home = html`<nav aria-label="Pages"><a href="/">← All uploads</a></nav>`;
  const nomad = webLink(gui);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/page.css" />
        <link rel="alternate" type="application/atom+xml" title="What happened to the uploads" href="/feed.atom" />
        <script src="/assets/page.js" type="module"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="page">
          ${isHome === true ? html`<span>Uploads to NOMAD</span>` : home}
          ${nomad === null ? NO_HTML : html`<a href="${nomad}">NOMAD at ${new URL(nomad).host}</a>`}
        </header>
        <main id="main">${body}</main>
        <p id="said" class="hidden" role="status"></p>
        <p id="offline" hidden>Not connected: this is the last state that the monitor reported.</p>
        <footer>
          <p>
            nomad-upload-monitor ${version} · <a href="/feed.atom">feed</a> · <a href="/api/v1/openapi.json">API</a> ·
            <a href="/metrics">metrics</a> · <a href="/healthz">health</a> ·
            <a href="/readyz">readiness</a>
          </p>
        </footer>
      </body>
    </html>`;
}

// The frame of every page: head, header, footer. Nothing in it is loaded from elsewhere. The script is no module: browsers ask for modules
// with an Origin, which a proxy that changes Host makes look like another's.
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
  /** false: there is none of what this page shows. */
  readonly hasFeed?: boolean;
  /** Its name where several are watched: there is a way to the others. */
  readonly account?: string | null;
}

export function layout({ title, version, body, gui, isHome, hasFeed = true, account = null }: Frame): Html {
  // Relative to the page: it may be below any path of a proxy.
  const root = isHome === true ? './' : '../';
  const up = account === null ? NO_HTML : html`<a href="${root}../../">← All accounts</a>`;
  const home = isHome === true ? NO_HTML : html`<a href="${root}">← All uploads</a>`;
  const service = account === null ? root : `${root}../../`;
  const nomad = webLink(gui);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="${root}assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${root}assets/page.css" />
        ${hasFeed ? feedLink(root) : NO_HTML}
        <script src="${root}assets/page.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="page">
          ${
            isHome === true && account === null
              ? html`<span>Uploads to NOMAD</span>`
              : html`<nav aria-label="Pages">${up} ${home}</nav>`
          }
          ${account === null ? NO_HTML : html`<b><bdi>${account}</bdi></b>`}
          ${nomad === null ? NO_HTML : html`<a href="${nomad}">NOMAD at ${new URL(nomad).host}</a>`}
        </header>
        <main id="main">${body}</main>
        <p id="said" class="hidden" role="status"></p>
        <p id="offline" hidden>Not connected: this is the last state that the monitor reported.</p>
        <footer>
          <p>
            nomad-upload-monitor ${version} · ${hasFeed ? html`<a href="${root}feed.atom">feed</a> ·` : NO_HTML}
            <a href="${root}api/v1/openapi.json">API</a> · <a href="${service}metrics">metrics</a> ·
            <a href="${service}healthz">health</a> ·
            <a href="${service}readyz">readiness</a>
          </p>
        </footer>
      </body>
    </html>`;
}

function feedLink(root: string): Html {
  return html`<link
    rel="alternate"
    type="application/atom+xml"
    title="What happened to the uploads"
    href="${root}feed.atom"
  />`;
}

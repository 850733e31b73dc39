// The frame of every page: head, header, footer. Nothing in it is loaded from elsewhere.
import { html } from 'hono/html';
import { type Html, NOTHING } from './parts.ts';

export interface Frame {
  readonly title: string;
  readonly version: string;
  readonly body: Html;
  /** Shown instead of the way home. */
  readonly isHome?: true;
}

export function layout({ title, version, body, isHome }: Frame): Html {
  const home = html`<nav aria-label="Pages"><a href="/">← All uploads</a></nav>`;
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
        <a class="skip" href="#main">To the content</a>
        <header class="page">${isHome === true ? NOTHING : home}</header>
        <main id="main">${body}</main>
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

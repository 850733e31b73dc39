// What a browser gets instead of a page: why there is none, and the way on. It says nothing of the uploads.
import { STATUS_CODES } from 'node:http';
import { html } from 'hono/html';
import { type Html, NO_HTML } from './components.ts';

const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  401: [
    'Login needed',
    'Load the page again, and enter the name and password that whoever runs this monitor gave you.',
  ],
  404: ['Not found', 'There is no page at this address.'],
};

/** `path`: as asked for, below that of a proxy. `detail`: one line, for those who run the monitor. */
export function noticePage(status: number, detail: string, path: string): Html {
  const [title, text] = WORDS[status] ?? [STATUS_CODES[status] ?? 'Error', null];
  const root = '../'.repeat(Math.max(0, path.split('/').length - 2)) || './';
  // Who may not see the page does not get its files either, and would be asked for the password once more for each.
  const isOpen = status !== 401 && status !== 429;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – NOMAD uploads</title>
        ${isOpen ? html`<link rel="icon" href="${root}assets/icon.svg" type="image/svg+xml" />` : NO_HTML}
        ${isOpen ? html`<link rel="stylesheet" href="${root}assets/page.css" />` : NO_HTML}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${text === null ? NO_HTML : html`<p>${text}</p>`}
          ${status === 404 ? NO_HTML : html`<p><small>${detail}</small></p>`}
          <p><a href="${root}">All uploads</a></p>
        </main>
      </body>
    </html>`;
}

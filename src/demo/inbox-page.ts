// The demo's inbox as a web page: the mails newest first, and one as it was sent. All of it came from outside and is escaped or framed.
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Inbox } from './inbox.ts';

export interface InboxPage {
  readonly url: string;
  close(): Promise<void>;
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem}
a{color:inherit}ol{list-style:none;padding:0}li{border-bottom:1px solid #8884;padding:.6rem 0;overflow-wrap:anywhere}small{opacity:.7;display:block}
iframe{width:100%;height:26rem;border:1px solid #8884;border-radius:6px}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8884;border-radius:6px;padding:1rem}`;

export async function startInboxPage(inbox: Inbox): Promise<InboxPage> {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'",
    );
  });
  app.get('/', (context) => {
    const items = inbox.mails
      .map(
        (mail, index) =>
          html`<li><a href="/mail/${index}">${mail.subject}</a><small>to ${mail.to.join(', ')}</small></li>`,
      )
      .reverse();
    const empty = html`<p>Nothing yet: the first mail comes with the monitor's first poll.</p>`;
    return context.html(
      page(
        'Inbox',
        html`<h1>Inbox</h1>
          ${
            items.length === 0
              ? empty
              : html`<ol>
                  ${items}
                </ol>`
          }`,
      ),
    );
  });
  app.get('/mail/:index', (context) => {
    const mail = inbox.mails[Number(context.req.param('index'))];
    if (mail === undefined) return context.notFound();
    const body = html`<p><a href="/">← Inbox</a></p>
      <h1>${mail.subject}</h1>
      <p>to ${mail.to.join(', ')}</p>
      <iframe title="HTML part" sandbox src="/mail/${context.req.param('index')}/html"></iframe>
      <h2>As text</h2>
      <pre>${mail.text}</pre>`;
    return context.html(page(mail.subject, body));
  });
  app.get('/mail/:index/html', (context) => {
    const mail = inbox.mails[Number(context.req.param('index'))];
    return mail === undefined ? context.notFound() : context.html(mail.html);
  });

  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function page(title: string, body: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

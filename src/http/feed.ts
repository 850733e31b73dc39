// The newest events as an Atom feed (RFC 4287), for feed readers.
import { html, raw } from 'hono/html';
import type { Hono } from 'hono';
import type { Event } from '../domain/event.ts';
import { DAY } from '../domain/text/durations.ts';
import { webLink } from '../domain/text/links.ts';
import { linesOf, eventSentence } from '../domain/message/event-text.ts';
import type { Views } from '../views/views.ts';

export interface FeedOptions {
  readonly views: Views;
  readonly clock: () => number;
  readonly scrub: (text: string) => string;
}

const PERIOD = 30 * DAY;
const MOST = 100;

export function addFeed(app: Hono, { views, clock, scrub }: FeedOptions): void {
  app.get('/feed.atom', async (context) => {
    const now = clock();
    const { gui } = views.frame(now);
    const text = String(await feed(await views.newest(now - PERIOD, MOST), gui, now));
    return context.body(scrub(text), 200, { 'content-type': 'application/atom+xml; charset=utf-8' });
  });
}

/** `events`: newest first. */
function feed(events: readonly Event[], gui: string, now: number) {
  // The id must never change, and the monitor's own address may.
  return html`${raw('<?xml version="1.0" encoding="utf-8"?>')}
    <feed xmlns="http://www.w3.org/2005/Atom">
      <title>NOMAD uploads</title>
      <id>${gui}#nomad-upload-monitor</id>
      <link rel="alternate" href="${gui}/user/uploads" />
      <updated>${iso(events[0]?.time ?? now)}</updated>
      <author><name>nomad-upload-monitor</name></author>
      ${events.map(entry)}
    </feed>`;
}

function entry(event: Event) {
  const { id, time, upload, kind } = event;
  const link = webLink(upload?.link ?? null);
  return html`<entry>
    <id>urn:nomad-upload-monitor:event:${id}</id>
    <title>${eventSentence(event)}</title>
    <updated>${iso(time)}</updated>
    <category term="${kind}" />
    ${link === null ? '' : html`<link rel="alternate" href="${link}" />`}
    <content type="text">
      ${linesOf(event)
        .map(({ text }) => text)
        .join('\n')}
    </content>
  </entry>`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

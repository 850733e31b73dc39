// The newest events as an Atom feed (RFC 4287), for feed readers. What it says depends on nothing but the events, so that it has the same ETag
// until something happens.
import { html, raw } from 'hono/html';
import type { Hono } from 'hono';
import type { Event } from '../domain/event.ts';
import { DAY } from '../domain/text/durations.ts';
import { publicAddress, webLink } from '../domain/text/links.ts';
import { linesOf, eventSentence } from '../domain/message/event-text.ts';
import type { FeedView, Views } from '../views/views.ts';
import { conditional } from './conditional.ts';

export interface FeedOptions {
  readonly views: Views;
  /** The page as readers reach it, without a slash at the end; null: not known. */
  readonly publicUrl: string | null;
  readonly clock: () => number;
  readonly scrub: (text: string) => string;
}

const PERIOD = 30 * DAY;
const MOST = 100;
const PATH = '/feed.atom';

interface Links {
  /** Of the feed itself, as its reader reaches it. */
  readonly self: string;
  /** What is told of no upload is told of all. */
  readonly all: string;
}

export function addFeed(app: Hono, { views, publicUrl, clock, scrub }: FeedOptions): void {
  app.get(PATH, ...conditional, async (context) => {
    const now = clock();
    const { gui } = views.frame(now);
    const { origin, pathname } = new URL(context.req.url);
    const links = {
      self: publicAddress(publicUrl, PATH) ?? `${origin}${pathname}`,
      all: publicAddress(publicUrl, '/') ?? `${gui}/user/uploads`,
    };
    const text = String(await feed(await views.feed(now - PERIOD, MOST), gui, links));
    return context.body(scrub(text), 200, { 'content-type': 'application/atom+xml; charset=utf-8' });
  });
}

function feed({ account, updatedAt, events }: FeedView, gui: string, { self, all }: Links) {
  // The id must never change, and the monitor's own address may.
  const id = account === null ? `${gui}#nomad-upload-monitor` : `urn:nomad-upload-monitor:feed:${account}`;
  return html`${raw('<?xml version="1.0" encoding="utf-8"?>')}
    <feed xmlns="http://www.w3.org/2005/Atom">
      <title>NOMAD uploads</title>
      <id>${id}</id>
      <link rel="self" type="application/atom+xml" href="${self}" />
      <link rel="alternate" href="${gui}/user/uploads" />
      <updated>${iso(updatedAt)}</updated>
      <author><name>nomad-upload-monitor</name></author>
      ${events.map((event) => entry(event, all))}
    </feed>`;
}

function entry(event: Event, all: string) {
  const { id, time, upload, kind } = event;
  const content = linesOf(event)
    .map(({ text }) => text)
    .join('\n');
  return html`<entry>
    <id>urn:nomad-upload-monitor:event:${id}</id>
    <title>${eventSentence(event)}</title>
    <updated>${iso(time)}</updated>
    <category term="${kind}" />
    <link rel="alternate" href="${webLink(upload?.link ?? null) ?? all}" />
    <content type="text">${content}</content>
  </entry>`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

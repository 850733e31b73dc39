// The webhook: each event or summary as a CloudEvents 1.0 document, signed by Standard Webhooks (standardwebhooks.com). Each try sends the same bytes.
import { createHmac } from 'node:crypto';
import type { Event } from '../domain/event.ts';
import { oneLine } from '../domain/text/one-line.ts';
import type { Channel, Outgoing } from './channel.ts';
import { type HttpChannelOptions, sendHttp } from './http.ts';
import { summaryData } from './summary-body.ts';

export interface WebhookOptions extends HttpChannelOptions {
  /** None: not signed. Several: each signs, so that the other side can change from one to the next. */
  readonly secrets: readonly string[];
  readonly clock?: () => number;
}

const TYPE = 'org.nomad-upload-monitor';
const MAX_LISTED = 5;
const MAX_CHARACTERS = 600;

export function createWebhookChannel(options: WebhookOptions): Channel {
  const { secrets, clock = Date.now } = options;

  return {
    async send(outgoing) {
      const body = bodyOf(outgoing);
      if (body === null)
        return {
          result: 'rejected',
          reason: `a webhook accepts only single events and summaries, not a ${outgoing.content.kind}`,
        };
      const timestamp = String(Math.floor(clock() / 1000));
      const signature = secrets.map((secret) => sign(secret, `${outgoing.id}.${timestamp}.${body}`)).join(' ');
      return sendHttp(options, {
        body,
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'webhook-id': outgoing.id,
          'webhook-timestamp': timestamp,
          ...(signature !== '' && { 'webhook-signature': signature }),
        },
        // Standard Webhooks, "Delivery success and failure": any other answer may be mended on the other side within the days that we try.
        isFinal: (status) => status === 410,
      });
    },
    close: () => undefined,
  };
}

/** `whsec_` and base64 is the key itself; any other text is taken as its bytes. */
function sign(secret: string, content: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

/** The same bytes for the same delivery; null: a webhook does not take it. */
export function bodyOf({ id, content, now, reader }: Outgoing): string | null {
  const about = { specversion: '1.0', source: reader.nomad, datacontenttype: 'application/json' };
  if (content.kind === 'test') {
    const time = new Date(now).toISOString();
    return JSON.stringify({ ...about, id, type: `${TYPE}.test`, time, data: { kind: 'test' } });
  }
  if (content.kind === 'summary') {
    const time = new Date(content.to).toISOString();
    return JSON.stringify({ ...about, id, type: `${TYPE}.summary`, time, data: summaryData(content) });
  }
  const [event, ...others] = content.kind === 'events' ? content.events : [];
  if (event === undefined || others.length > 0) return null;
  const { upload, kind, time } = event;
  return JSON.stringify({
    ...about,
    id: event.id,
    type: `${TYPE}.${kind}`,
    ...(upload !== null && { subject: upload.id }),
    time: new Date(time).toISOString(),
    data: bounded(dataOf(event)),
  });
}

function dataOf({ kind, upload, before, after, details }: Event) {
  return { kind, upload, before, after, details };
}

/** Of NOMAD's texts the newest, which stand last; of what we list, the worst, which stand first. */
function listed(values: readonly unknown[]): readonly unknown[] {
  return typeof values[0] === 'string' ? values.slice(-MAX_LISTED) : values.slice(0, MAX_LISTED);
}

/** Errors can be long and many: a body stays small enough for any receiver. */
function bounded(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length > MAX_CHARACTERS ? `${value.slice(0, MAX_CHARACTERS).toWellFormed()}…` : value.toWellFormed();
  if (Array.isArray(value)) return listed(value).map(bounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [oneLine(name, 100), bounded(each)]));
}

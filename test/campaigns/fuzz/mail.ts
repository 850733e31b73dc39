// Target: messages about whatever can happen, as mails that go through real SMTP and are read by two parsers, as webhook bodies and in chat.
import assert from 'node:assert/strict';
import { CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { createMailChannel } from '../../../src/channels/mail.ts';
import { chatMessage } from '../../../src/channels/templates/chat.ts';
import { mailHtml } from '../../../src/channels/templates/mail-html.ts';
import { bodyOf } from '../../../src/channels/webhook.ts';
import { type ReceivedMail, startInbox } from '../../../src/demo/inbox.ts';
import type { EventUpload } from '../../../src/domain/event.ts';
import type { Content } from '../../../src/domain/notify/delivery-content.ts';
import { type Message, messageOf } from '../../../src/domain/message/message.ts';
import { type Reader, pageLink, whyOf } from '../../../src/domain/message/reader.ts';
import { T0 } from '../../support/builders.ts';
import { contents } from './events.ts';
import { checkHtml } from './html.ts';
import { type Running, running } from './target.ts';
import { UNFIT } from './text.ts';

interface Input {
  readonly content: Content;
  readonly recipient: string;
  readonly timeZone: string;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  content: contents,
  recipient: fc.constantFrom(
    'ada@lab.example',
    'Ada <ada@lab.example>',
    '"Doe, Ada" <ada@lab.example>',
    'Ada Müller <ada@lab.example>',
  ),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
});

const PAGE = 'https://monitor.example/nomad';
const readerOf = (recipient: string, timeZone: string): Reader => ({
  timeZone,
  why: whyOf({ recipient, mailTo: [recipient], email: recipient, username: null }),
  page: PAGE,
  alsoBroken: { text: 'Also broken now: 1 failed.', link: `${PAGE}/` },
  nomad: 'https://nomad.example/prod/v1/api/v1',
});

const MAX_BYTES = 100_000;
const HEADERS = [
  'from',
  'to',
  'subject',
  'message-id',
  'date',
  'mime-version',
  'auto-submitted',
  'x-auto-response-suppress',
  'list-id',
  'content-type',
];
const THREAD = ['in-reply-to', 'references'];

export async function startMail(message: typeof messageOf = messageOf): Promise<Running> {
  const inbox = await startInbox();
  const options = {
    smtpUrl: inbox.url,
    allowPlaintext: true,
    isLoopback: true,
    from: 'monitor@lab.example',
    scrub: String,
  };
  const channel = createMailChannel(options);
  const style = /<style>(.*)<\/style>/.exec(mailHtml(messageOf({ kind: 'test' }), readerOf('ada', 'UTC')))?.[1] ?? '';
  const received: ReceivedMail[] = [];
  inbox.setHooks({
    beforeAccept: async (mail) => {
      received.push(mail);
      // It is read here and need not be kept.
      return { code: 451, message: 'seen' };
    },
  });

  async function check({ content, recipient, timeZone }: Input): Promise<void> {
    const made = message(content);
    checkMessage(made);
    received.length = 0;
    const reader = readerOf(recipient, timeZone);
    const sent = await channel.send({ id: 'd1', recipient, content, message: made, reader, now: T0 });
    assert.deepEqual(sent, { result: 'retry', reason: sent.result === 'retry' ? sent.reason : '' });
    const [last] = received;
    assert.ok(last !== undefined, `no mail: ${JSON.stringify(sent)}`);
    await checkMail(last, made);
    checkHtml(mailHtml(made, reader), linksOf(content), style);
    checkWebhook(content, made);
    checkChat(made, reader);
  }

  return running(inputs, check, async () => {
    channel.close();
    await inbox.close();
  });
}

function checkMessage({ subject }: Message): void {
  assert.ok(subject.length > '[NOMAD] '.length && subject.length <= 140, `a subject of ${subject.length} characters`);
  assert.doesNotMatch(subject, UNFIT);
  assert.ok(subject.isWellFormed());
}

async function checkMail(mail: ReceivedMail, { subject, threadUploadId }: Message): Promise<void> {
  assert.deepEqual(mail.to, ['ada@lab.example']);
  assert.equal(mail.subject, subject);
  const head = mail.raw.slice(0, mail.raw.indexOf('\r\n\r\n'));
  const names = head.split(/\r\n(?![ \t])/).map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  assert.deepEqual(names.toSorted(), [...HEADERS, ...(threadUploadId === null ? [] : THREAD)].toSorted());
  assert.match(head, /^Auto-Submitted: auto-generated\r$/m);
  assert.match(head, /^X-Auto-Response-Suppress: All\r$/m);
  assert.doesNotMatch(mail.raw.replaceAll('\r\n', ''), /[\u0000-\u0008\u000b-\u001f\u007f]/);
  for (const line of mail.raw.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 998, 'a line longer than SMTP takes');
  assert.ok(Buffer.byteLength(mail.text) < MAX_BYTES, `${Buffer.byteLength(mail.text)} bytes of text`);
  assert.ok(Buffer.byteLength(mail.html) < MAX_BYTES, `${Buffer.byteLength(mail.html)} bytes of HTML`);
  assert.doesNotMatch(mail.text.replaceAll('\n', ''), UNFIT);
  const read = await simpleParser(mail.raw, { skipTextToHtml: true, skipHtmlToText: true });
  assert.equal(read.subject, subject);
  const to = [read.to ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address));
  assert.deepEqual(to, ['ada@lab.example']);
}

/** Of what NOMAD says, and of our page. */
function linksOf(content: Content): ReadonlySet<string> {
  const uploads = uploadsIn(content);
  return new Set([
    `${PAGE}/`,
    ...uploads.map(({ link }) => link),
    ...uploads.map(({ id }) => pageLink(PAGE, id)),
    ...entryLinksOf(content),
  ]);
}

function uploadsIn(content: Content): readonly EventUpload[] {
  if (content.kind === 'test') return [];
  if (content.kind === 'reminder') return content.uploads.map(({ upload }) => upload);
  if (content.kind === 'summary') return content.standing.map(({ upload }) => upload);
  return content.events.flatMap(({ upload }) => upload ?? []);
}

function entryLinksOf(content: Content): readonly string[] {
  if (content.kind !== 'events') return [];
  return content.events.flatMap(({ details }) => {
    const named = details['failing'];
    return Array.isArray(named) ? (named as readonly { readonly link: string }[]).map(({ link }) => link) : [];
  });
}

function checkWebhook(content: Content, message: Message): void {
  const single =
    content.kind === 'events'
      ? content.events.slice(0, 5).map((event): Content => ({ kind: 'events', events: [event] }))
      : [content];
  for (const each of single) {
    const body = bodyOf({
      id: 'd1',
      recipient: 'webhook',
      content: each,
      message,
      reader: readerOf('webhook', 'UTC'),
      now: T0,
    });
    if (body === null) continue;
    assert.ok(Buffer.byteLength(body) < MAX_BYTES, `${Buffer.byteLength(body)} bytes for the webhook`);
    assert.ok(body.isWellFormed());
    assert.doesNotMatch(body, /[\u0000-\u001f]/);
    new CloudEvent(JSON.parse(body) as object).validate();
  }
}

/** Our own links are the only ones. */
function checkChat(message: Message, reader: Reader): void {
  const { text, blocks } = chatMessage(message, reader);
  assert.ok(text.length <= 2000 && blocks.length <= 50);
  for (const each of [text, ...blocks.map((block) => block.text.text)]) {
    assert.ok(each.length <= 3000 && each.isWellFormed());
    assert.doesNotMatch(each.replaceAll('\n', ''), UNFIT);
    assert.doesNotMatch(each, /<(?!https?:\/\/[^\s<>|]+\|[^<>]*>)|@(?!\u200b|…)/);
  }
}

// Hostile text from NOMAD against everything that people and programs read: a table, and properties for whatever nobody thought of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chatMessage } from '../../src/channels/templates/chat.ts';
import { mailHtml } from '../../src/channels/templates/mail-html.ts';
import { mailText } from '../../src/channels/templates/mail-text.ts';
import { bodyOf as webhookBody } from '../../src/channels/webhook.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { createOneMetrics } from '../support/metrics.ts';
import { jsonText } from '../../src/cli/output.ts';
import { checkTable } from '../../src/cli/check/table.ts';
import { checkRows } from '../../src/domain/report/report.ts';
import type { Event } from '../../src/domain/event.ts';
import { createLog } from '../../src/log.ts';
import { anyCharacter } from '../support/characters.ts';
import { T0, event, messageAbout, reader, snapshot, watched } from '../support/builders.ts';
import { runs } from '../support/runs.ts';

const hostile = (text: string): Event => {
  const facts = {
    status: 'FAILURE',
    process: text,
    message: text,
    errors: [text],
    warnings: [text],
    entries: 0,
  } as const;
  return event({ upload: { id: 'u1', name: text, link: 'https://n/u', author: text, role: 'coauthor' }, after: facts });
};

/** What it looks like to each reader. */
async function everywhere(text: string) {
  const metrics = createOneMetrics({
    version: '1',
    nodeVersion: '24',
    maxUploads: 9,
    outbox: async () => [],
    configuredAt: T0,
    group: null,
  });
  const upload = watched({ name: text, status: 'FAILURE', errors: [text] });
  metrics.onPoll({
    kind: 'poll',
    result: 'ok',
    startedAt: T0,
    milliseconds: 1,
    snapshot: snapshot([upload]),
    names: new Map([['ada', text]]),
    events: [],
    durations: [],
    malformed: [],
    watching: null,
    health: HEALTHY,
  });
  const told = hostile(text);
  const body = webhookBody({
    id: 'd',
    recipient: 'webhook',
    content: { kind: 'events', events: [told] },
    message: messageAbout([told]),
    reader: reader(),
    now: T0,
  });
  return { ...outputs(text), webhook: body ?? '', metrics: await metrics.render('text') };
}

function outputs(text: string) {
  const told = hostile(text);
  const message = messageAbout([told]);
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    colour: false,
    scrub: String,
    write: (line) => lines.push(line),
  });
  log.warn({ upload_name: text, reason: text }, text);
  const rows = checkRows({
    snapshot: snapshot([watched({ name: text, status: 'FAILURE', errors: [text] })]),
    names: new Map([['ada', text]]),
    linkOf: () => 'https://n/u',
    filter: [],
  });
  return {
    subject: message.subject,
    text: mailText(message, reader()),
    html: mailHtml(message, reader()),
    chat: chatMessage(message, reader()),
    log: lines.join(''),
    terminal: `${checkTable(rows, T0, { width: null, tint: (_, each) => each, scrub: String }).join('\n')}\n${jsonText({ text, told })}`,
  };
}

const table: readonly (readonly [name: string, input: string, title: string])[] = [
  ['header injection', 'x\r\nBcc: all@lab.example', 'x Bcc: all@lab.example'],
  ['NUL', 'a\u0000b', 'a b'],
  ['bidi override', 'gpj.\u202eexe', 'gpj. exe'],
  ['bidi isolates', '\u2066a\u2069', 'a'],
  ['script', '<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['attribute', '"><img src=x onerror=alert(1)>', '"><img src=x onerror=alert(1)>'],
  ['encoded word', '=?utf-8?B?WA==?=', '=?utf-8?B?WA==?='],
  ['templates', '${7*7} {{7*7}} <%= 7 %> %s %n', '${7*7} {{7*7}} <%= 7 %> %s %n'],
  ['ANSI', '\u001b[31mred\u001b[0m\u009b1m', '[31mred [0m 1m'],
  ['terminal title', '\u001b]0;x\u0007', ']0;x'],
  ['emoji', '\u{1f469}\u200d\u{1f52c} \u{1f9ea}', '\u{1f469}\u200d\u{1f52c} \u{1f9ea}'],
  ['right to left', 'مشروع البلورات', 'مشروع البلورات'],
  ['lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ['no character', 'a\ufffeb\u{10ffff}c', 'a\ufffdb\ufffdc'],
  ['piled marks', `a${'\u0301'.repeat(500)}`, 'a\u0301\u0301\u0301'],
  ['entities', '&lt;b&gt;&#0;', '&lt;b&gt;&#0;'],
  ['only invisible', '\u200b\u2060\ufeff', 'u1'],
  ['fillers of Hangul', '\u3164\uffa0\u115f', 'u1'],
  ['a blank of Braille', '\u2800', 'u1'],
];
for (const [name, input, title] of table) {
  test(`hostile: ${name}`, async () => {
    const { subject, text, html, log, terminal, chat, webhook, metrics } = await everywhere(input);
    assert.ok(subject.startsWith(`[NOMAD] ${title} failed`), subject);
    assert.ok(text.replaceAll('\n', ' ').includes(`${title}: failed (by `), text);
    check(html);
    assert.ok(unescape(html).includes(`>${title}</a>`), html);
    assert.equal(log.split('\n').length, 2, 'one line in the log');
    const label =
      /upload_info\{upload_id="u1",upload_name="((?:[^"\\]|\\.)*)",main_author="(?:[^"\\]|\\.)*"\} 1\n/.exec(
        metrics,
      )?.[1];
    assert.equal(label?.replace(/\\(.)/g, '$1'), title);
    const { data } = JSON.parse(webhook) as { data: { upload: { name: string } } };
    assert.equal(data.upload.name, input.slice(0, 600).toWellFormed());
    assert.doesNotMatch(webhook, /[\u0000-\u001f]/);
    // the header is Slack's plain text, where nothing is markup
    for (const each of [chat.text, ...chat.blocks.slice(1).map((block) => block.text.text)]) {
      assert.doesNotMatch(each.replaceAll('\n', ''), CONTROL);
      assert.doesNotMatch(each, /<(?!https:\/\/n\/u\|)/);
    }
    assert.doesNotMatch(`${terminal}${log.trimEnd()}`.replaceAll('\n', ''), CONTROL);
  });
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const BIDI = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/;
const unescape = (html: string) =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

const TAGS = [
  'html',
  'head',
  'meta',
  'title',
  'style',
  'body',
  'table',
  'tr',
  'td',
  'h1',
  'p',
  'div',
  'span',
  'strong',
  'bdi',
  'a',
  'br',
];
const ATTRIBUTES = [
  'lang',
  'charset',
  'name',
  'content',
  'class',
  'style',
  'role',
  'width',
  'cellpadding',
  'cellspacing',
  'dir',
  'href',
];

/** Well-formed, with our tags and attributes alone, and links to the web alone. Stricter than a browser: each < is a tag of ours. */
function check(html: string): void {
  const open: string[] = [];
  const rest = html
    .replace(/<!doctype html>/, '')
    .replace(
      /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)>/g,
      (_, slash: string, tag: string, attributes: string) => {
        assert.ok(TAGS.includes(tag), tag);
        for (const [, name = '', value = ''] of attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
          assert.ok(ATTRIBUTES.includes(name), name);
          if (name === 'href') assert.match(value, /^https?:\/\//);
          if (name === 'style') assert.doesNotMatch(value, /url|expression|@import/i);
        }
        if (slash === '/') assert.equal(open.pop(), tag);
        else if (tag !== 'meta' && tag !== 'br') open.push(tag);
        return '';
      },
    );
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(rest.replaceAll('\n', ''), CONTROL);
}

const anything = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 400 }),
  fc
    .array(fc.constantFrom(...table.map(([, input]) => input), '\n', ' ', '<', '"', "'", '&', '@', '*'), {
      maxLength: 12,
    })
    .map((all) => all.join('')),
);

test('whatever the text: one line of subject, HTML of our tags alone, nothing that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 12 }), (texts) => {
      const events = texts.map((text, index) => ({
        ...hostile(text),
        id: `e${index}`,
        upload: { id: `u${index}`, name: text, link: text, author: text, role: null },
      }));
      const message = messageAbout(events);
      assert.ok(message.subject.length <= 140 && message.subject.isWellFormed());
      assert.doesNotMatch(message.subject, CONTROL);
      assert.doesNotMatch(message.subject, BIDI);
      const text = mailText(message, reader());
      assert.doesNotMatch(text.replaceAll('\n', ''), CONTROL);
      assert.doesNotMatch(text, BIDI);
      const html = mailHtml(message, reader());
      check(html);
      const { terminal, log } = outputs(texts[0] ?? '');
      assert.doesNotMatch(terminal.replaceAll('\n', ''), CONTROL);
      assert.doesNotMatch(log.trimEnd(), CONTROL);
    }),
    { numRuns: runs(150) },
  );
});

test('the worst that NOMAD can hold is a mail of bounded size, quickly made', () => {
  const line = '<"&\u{1f469}\u200d\u{1f52c}'.repeat(200_000);
  const facts = { status: 'FAILURE', process: null, message: line, warnings: [], entries: 0 } as const;
  const events = Array.from({ length: 1000 }, (_, index) => ({
    ...event({ id: `e${index}` }),
    upload: { id: `u${index}`, name: `${index}${line.slice(0, 1000)}`, link: 'https://n/u', author: line, role: null },
    after: { ...facts, errors: Array.from({ length: 9 }, (_each, nth) => `${index} ${nth} ${line.slice(0, 3000)}`) },
  }));
  const message = messageAbout([hostile(line), ...events]);
  const [html, text] = [mailHtml(message, reader()), mailText(message, reader())];
  check(html);
  assert.ok(Buffer.byteLength(html) < 100_000, `${Buffer.byteLength(html)} bytes of HTML`);
  assert.ok(Buffer.byteLength(text) < 100_000, `${Buffer.byteLength(text)} bytes of text`);
});

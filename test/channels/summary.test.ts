// A summary by author as people get it: as text, as HTML and in chat. What is in it is escaped everywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatMessage } from '../../src/channels/templates/chat.ts';
import { mailHtml } from '../../src/channels/templates/mail-html.ts';
import { mailText } from '../../src/channels/templates/mail-text.ts';
import { messageOf } from '../../src/domain/message/message.ts';
import type { AuthorTally, Summary } from '../../src/domain/notify/delivery-content.ts';
import { MINUTE, T0, reader } from '../support/builders.ts';

const HOUR = 60 * MINUTE;
const NONE = { failed: 0, stuck: 0, entries_failed: 0, empty: 0, processing: 0 };

function summary(author = 'Ada Lovelace', name = 'batch-42', more: Partial<Summary> = {}): Summary {
  const upload = { id: 'u1', name, link: 'https://n/u?a=1&b=2', author, role: null };
  const groups: readonly AuthorTally[] = [
    { author, uploads: 4, counts: { ...NONE, failed: 2 }, well: 0, names: [] },
    { author: 'Grace Hopper', uploads: 2, counts: NONE, well: 1, names: [name] },
  ];
  return {
    ...{ kind: 'summary', from: T0 - 24 * HOUR, to: T0, uploads: 9, counts: { ...NONE, failed: 2 }, well: 1 },
    ...{ events: {}, more: 1, unchecked: 0, authors: 3, groups },
    standing: [{ upload, condition: 'failed', since: T0 - 3 * HOUR, reason: name }],
    ...more,
  };
}

test('as text: a heading for each author, and the time of each failure', () => {
  const text = mailText(messageOf(summary('Ada Lovelace', 'batch-42')), reader({ timeZone: 'UTC' }));
  assert.equal(
    text.slice(0, text.indexOf('-- \n')),
    `In the last day: 1 went well.

Ada Lovelace: 4 uploads, 2 failed
---------------------------------

batch-42: failed 3 h ago (20 Nov 2026, 07:00 UTC)
  batch-42
  https://n/u?a=1&b=2

… and 1 more

Grace Hopper: 2 uploads, all fine
---------------------------------

1 went well: batch-42

And 1 more author.

`,
  );
});

test('as HTML: authors are headings, and nothing from outside is markup', () => {
  const html = mailHtml(messageOf(summary('<b>Ada</b>', '<i>x</i>')), reader({ timeZone: 'UTC' }));
  const headings = [...html.matchAll(/<h2 [^>]*>(.*?)<\/h2>/gs)].map(([, inner = '']) => inner.replace(/<[^>]*>/g, ''));
  assert.deepEqual(headings, ['&lt;b&gt;Ada&lt;/b&gt; 4 uploads, 2 failed', 'Grace Hopper 2 uploads, all fine']);
  assert.match(html, /1 went well: &lt;i&gt;x&lt;\/i&gt;/);
  assert.match(html, /href="https:\/\/n\/u\?a=1&amp;b=2"/);
  assert.doesNotMatch(html, /<[bi]>/);
});

test('in chat: a section for each author; the text is complete by itself', () => {
  const { text, blocks } = chatMessage(messageOf(summary()), reader());
  assert.equal(
    text,
    `**NOMAD: Summary: 2 of 9 uploads need attention: 2 failed**
In the last day: 1 went well.
\u{1f534} **Ada Lovelace**: 4 uploads, 2 failed
<https://n/u?a=1&amp;b=2|batch-42> failed 3 h ago: batch-42
… and 1 more
\u{1f7e2} **Grace Hopper**: 2 uploads, all fine
1 went well: batch-42
And 1 more author.`,
  );
  assert.deepEqual(
    blocks.map((block) => block.text.text.split('\n').length),
    [1, 1, 3, 2, 1],
  );
});

test('in chat nothing from outside is markup, a mention or a link, and it stays within what chats take', () => {
  const hostile = '<!channel> @all *bold* http://evil.example <http://evil.example|x>';
  const { text, blocks } = chatMessage(messageOf(summary(hostile, hostile)), reader());
  for (const shown of [text, ...blocks.slice(2).map((block) => block.text.text)]) {
    const without = shown.replaceAll('<https://n/u?a=1&amp;b=2|', '').replace(/^.*\*/gm, '');
    assert.doesNotMatch(without, /<|@all|\*bold|http:\/\/evil/, shown);
  }
  const [standing] = summary().standing;
  assert.ok(standing !== undefined);
  const crowd = Array.from({ length: 25 }, (_, index): AuthorTally => {
    return { author: `author ${index}`, uploads: 99, counts: { ...NONE, failed: 99 }, well: 99, names: [] };
  });
  const listed = Array.from({ length: 50 }, (_, index) => ({
    ...standing,
    upload: { ...standing.upload, author: `author ${index % 5}`, name: 'x'.repeat(300) },
  }));
  const large = chatMessage(messageOf(summary('a', 'b', { groups: crowd, standing: listed, authors: 99 })), reader());
  assert.ok(large.text.length <= 1900);
  assert.ok(large.blocks.length <= 50);
  for (const block of large.blocks) assert.ok(block.text.text.length <= 3000);
});

test('a mail about hundreds stays below what mail programs cut', () => {
  const bad = '<&"\u7ed3'.repeat(200);
  const [standing] = summary().standing;
  assert.ok(standing !== undefined);
  const crowd = Array.from({ length: 25 }, (_, index): AuthorTally => {
    const author = `${index} ${bad}`;
    return {
      author,
      uploads: 99,
      counts: { ...NONE, failed: 99 },
      well: 99,
      names: Array.from({ length: 5 }, () => bad),
    };
  });
  const listed = Array.from({ length: 50 }, (_, index) => ({
    ...standing,
    reason: bad,
    upload: { ...standing.upload, author: crowd[index % 25]?.author ?? '', name: bad },
  }));
  const message = messageOf(summary('a', 'b', { groups: crowd, standing: listed, authors: 99 }));
  assert.equal(
    message.groups.reduce((sum, group) => sum + group.items.length + group.more, 0),
    25 * 99,
  );
  const bytes = Buffer.byteLength(mailHtml(message, reader({ timeZone: 'UTC' })));
  assert.ok(bytes < 100_000, String(bytes));
});

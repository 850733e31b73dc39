// Chat: what is shown, and that nothing in it is markup, mention or link but ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChatChannel } from '../../src/channels/chat.ts';
import { type ChatMessage, chatMessage } from '../../src/channels/templates/chat.ts';
import { anyCharacter } from '../support/characters.ts';
import { event, messageAbout, reader } from '../support/builders.ts';
import { startHook } from '../support/hook.ts';

const named = (name: string, error = 'e', id = 'u1') => {
  const upload = { id, name, link: 'https://n.example/gui/u?a=1&b=2', author: 'ada', role: null };
  const facts = { status: 'FAILURE', process: null, message: null, errors: [error], warnings: [], entries: 0 } as const;
  return event({ id, upload, after: facts });
};

test('one failure: what, why, what to do, and the link', () => {
  const { text, blocks } = chatMessage(messageAbout([named('batch-42', 'ValueError: bad lattice')]), reader());
  assert.match(text, /NOMAD: batch-42 failed: ValueError: bad lattice/);
  assert.ok(text.includes('<https://n.example/gui/u?a=1&amp;b=2|batch-42> failed'));
  assert.deepEqual(blocks[0], {
    type: 'header',
    text: { type: 'plain_text', text: 'NOMAD: batch-42 failed: ValueError: bad lattice', emoji: false },
  });
});

test('what else is broken is the last line, with its link', () => {
  const also = reader({ alsoBroken: { text: 'Also broken now: 3 failed.', link: 'https://m/?a&b' } });
  const { text, blocks } = chatMessage(messageAbout([named('batch-42')]), also);
  const line = '<https://m/?a&amp;b|Also broken now: 3 failed.>';
  assert.ok(text.endsWith(`\n${line}`), text);
  assert.equal(blocks.at(-1)?.text.text, line);
});

/** What Slack, Mattermost, Rocket.Chat, Zulip or Discord would make more of than text. */
const ALIVE =
  /<(?!https:\/\/n\.example\/gui\/u\?a=1&amp;b=2\|)|[@#][a-z]|https?:\/\/(?!n\.example\/gui\/u)|www\.|[*_~`]\S|\]\(|:[a-z]+:|[a-z]\.(?:com|py|example)\b/;
const body = ({ text }: ChatMessage) => text.split('\n').slice(1).join('\n');

test('mentions, links and markup in names and errors are only text', () => {
  const rows = [
    '<!here>',
    '<!channel> <@U024BE7LH> <#C1>',
    '@channel @all @here @everyone @ada',
    '<http://evil.example|click>',
    'http://evil.example',
    'www.evil.example',
    '[x](http://evil.example)',
    '*bold* _it_ ~s~ `code` ```block```',
    ':smile:',
    '<script>',
    '"><img src=x>',
    '&lt;!here&gt;',
    '||spoiler||',
    'evil.com data.py',
    '$$\\text{x}$$',
    '<time:2026-01-01T00:00:00Z>',
    '![x](y)',
    '@**ada**',
    '#**stream**',
  ];
  for (const hostile of rows) {
    const told = chatMessage(messageAbout([named(hostile, hostile)]), reader());
    // Zulip makes Markdown of the header (zerver/webhooks/slack_incoming)
    assert.doesNotMatch(told.blocks[0]?.text.text ?? '', ALIVE, hostile);
    assert.doesNotMatch(told.blocks[0]?.text.text ?? '', /[<>]|\$\$/, hostile);
    const shown = body(told);
    const without = shown.replaceAll('<https://n.example/gui/u?a=1&amp;b=2|', '');
    assert.doesNotMatch(without, ALIVE, `${hostile}\n${shown}`);
  }
});

test('whatever the names: bounded, one way to read it, and only our links', () => {
  const part = fc.constantFrom(
    '@',
    'here',
    '<',
    '>',
    '!',
    '|',
    '*',
    '_',
    '`',
    'http://',
    'evil.example',
    'www.',
    '[',
    '](',
    ')',
    ':',
    'smile',
    '&',
    '\n',
    '\u0000',
  );
  const text = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 200 }),
    fc.array(part, { maxLength: 30 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 30 }), (all) => {
      const message = chatMessage(
        messageAbout(all.map(([name, error], index) => named(name, error, `u${index}`))),
        reader(),
      );
      assert.ok(message.text.length <= 2000 && message.blocks.length <= 50);
      for (const { type, text: inner } of message.blocks)
        assert.ok(inner.text.length <= (type === 'header' ? 150 : 3000));
      for (const each of [message.text, ...message.blocks.slice(1).map((block) => block.text.text)]) {
        assert.doesNotMatch(each, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        assert.doesNotMatch(each, /<(?!https:\/\/n\.example\/gui\/u\?a=1&amp;b=2\|)/);
        assert.doesNotMatch(each, /@[a-z]/i);
        assert.ok(each.isWellFormed());
      }
    }),
    { numRuns: 500 },
  );
});

test('a thousand failures are one short message', () => {
  const all = Array.from({ length: 1000 }, (_, index) => named(`batch-${index}`, 'e', `u${index}`));
  const { text, blocks } = chatMessage(messageAbout(all), reader());
  assert.match(text, /1000 uploads failed/);
  assert.match(text, /990 more/);
  assert.ok(text.length < 2000 && blocks.length < 15);
});

test('it arrives as JSON', async (context) => {
  const hook = await startHook(context);
  const channel = createChatChannel({ url: hook.url, proxyEnv: {}, scrub: String });
  const events = [named('batch-42')];
  const message = messageAbout(events);
  const sent = await channel.send({
    id: 'd',
    recipient: 'chat',
    content: { kind: 'events', events },
    message,
    reader: reader(),
    now: 0,
  });
  assert.equal(sent.result, 'delivered');
  assert.deepEqual(JSON.parse(hook.received[0]?.body ?? ''), chatMessage(message, reader()));
});

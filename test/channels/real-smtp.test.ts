// Each kind of mail through a real mail server (Debian's opensmtpd), read back by mailparser.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { simpleParser } from 'mailparser';
import { createMailChannel } from '../../src/channels/mail.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import type { Content } from '../../src/domain/notify/delivery-content.ts';
import { EVENT_KINDS } from '../../src/domain/event.ts';
import { firstLine, messageOf } from '../../src/domain/message/message.ts';
import { T0, event, reader } from '../support/builders.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { tempDir } from '../support/temp.ts';

/** Takes mail and passes it on to an inbox. null: it cannot be run here. */
async function startServer(context: TestContext, inboxPort: number): Promise<number | null> {
  if (process.geteuid?.() !== 0 || spawnSync('smtpd', ['-h']).error !== undefined) return null;
  const file = join(tempDir(context), 'smtpd.conf');
  const port = await freePort();
  writeFileSync(
    file,
    `listen on 127.0.0.1 port ${port}\naction "on" relay host smtp://127.0.0.1:${inboxPort}\nmatch from any for any action "on"\n`,
  );
  const child = spawn('smtpd', ['-d', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  context.after(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      (error: unknown) => !String((error as Error).cause).includes('ECONNREFUSED'),
    );
    if (isUp) return port;
    if (child.exitCode !== null) return null;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const standing = {
  upload: { id: 'u', name: 'Bi₂Te₃ 结构', link: 'https://n/u', author: 'ada', role: null },
  condition: 'failed',
  since: T0,
  reason: 'KeyError',
} as const;
const counts = { failed: 1, stuck: 0, entries_failed: 0, empty: 0, processing: 0 };
const tally = { uploads: 1, counts, well: 0 };
const summary = { from: T0 - 1, to: T0, standing: [standing], more: 0, events: {}, unchecked: 0, authors: 1 } as const;
const CONTENTS: readonly Content[] = [
  ...EVENT_KINDS.map((kind): Content => ({ kind: 'events', events: [event({ kind })] })),
  {
    kind: 'events',
    events: Array.from({ length: 1000 }, (_, index) =>
      event({ id: `e${index}`, upload: { ...standing.upload, id: `u${index}`, name: `${'x'.repeat(300)}${index}` } }),
    ),
  },
  {
    kind: 'events',
    events: [event({ upload: { ...standing.upload, name: '=?utf-8?B?WA==?= مشروع \u202e\r\nBcc: a@b' } })],
  },
  { kind: 'reminder', asOf: T0, uploads: [standing], more: 0 },
  { kind: 'summary', ...summary, ...tally, groups: null },
  { kind: 'summary', ...summary, ...tally, groups: [{ ...tally, author: 'ada', names: [] }] },
  { kind: 'test' },
];

test(
  'a real mail server takes each kind of mail, and what comes out is what was meant',
  { timeout: 60_000 },
  async (context) => {
    let changed: () => void = () => undefined;
    const inbox = await startInbox({
      onMail: () => {
        changed();
      },
    });
    context.after(() => inbox.close());
    const port = await startServer(context, inbox.port);
    if (port === null) {
      context.diagnostic('not run: a real mail server (it needs root and smtpd; Debian package opensmtpd)');
      return;
    }
    const channel = createMailChannel({
      smtpUrl: `smtp://127.0.0.1:${port}`,
      allowPlaintext: false,
      isLoopback: true,
      from: 'NOMAD monitor <m@lab.example>',
      scrub: String,
    });
    context.after(() => {
      channel.close();
    });
    for (const [index, content] of CONTENTS.entries()) {
      const message = messageOf(content);
      const sent = await channel.send({
        id: `d${index}`,
        recipient: 'ada@lab.example',
        content,
        message,
        reader: reader(),
        now: T0,
      });
      assert.deepEqual(sent, { result: 'delivered' }, message.subject);
    }
    while (inbox.mails.length < CONTENTS.length) await new Promise<void>((resolve) => (changed = resolve));
    for (const [index, content] of CONTENTS.entries()) {
      const message = messageOf(content);
      const raw = inbox.mails.find(({ messageId }) => messageId === `<d${index}@lab.example>`)?.raw ?? '';
      const mail = await simpleParser(raw);
      assert.equal(mail.subject, message.subject);
      assert.deepEqual(mail.to === undefined || Array.isArray(mail.to) ? null : mail.to.text, 'ada@lab.example');
      assert.equal(mail.date?.getTime(), T0);
      assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
      assert.ok(!mail.headers.has('bcc') && !mail.headers.has('precedence'));
      const [firstWord = ''] = firstLine(message, 'UTC').split(' ');
      assert.notEqual(firstWord, '');
      assert.ok(mail.text?.startsWith(firstWord), mail.text);
      assert.ok(typeof mail.html === 'string' && mail.html.includes('</html>'));
      assert.ok(raw.length < 100_000, `${raw.length} bytes`);
      assert.ok(raw.split('\r\n').every((line) => line.length <= 998));
    }
  },
);

// What spam filters say of each kind of mail, and whether a DKIM signature survives a real Postfix. Each rule that gives points is explained in
// docs/mail.md.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { createTransport } from 'nodemailer';
import { createMailChannel } from '../../../src/channels/mail.ts';
import { startInbox } from '../../../src/demo/inbox.ts';
import { messageOf } from '../../../src/domain/message/message.ts';
import { reader } from '../../support/builders.ts';
import { type Verdict, spamAssassin, startDkim, startRspamd } from './judges.ts';
import { KINDS } from './kinds.ts';
import { startPostfix } from './servers.ts';

/** Below what a filter acts on: SpamAssassin marks at 5, rspamd delays at 4. */
const MOST = 2;
const DOCUMENT = readFileSync(resolve(import.meta.dirname, '../../../docs/mail.md'), 'utf8');

/** As they leave the monitor. */
async function mails(context: test.TestContext): Promise<ReadonlyMap<string, string>> {
  const inbox = await startInbox();
  const from = 'NOMAD monitor <m@lab.example>';
  const channel = createMailChannel({
    smtpUrl: inbox.url,
    allowPlaintext: false,
    isLoopback: true,
    from,
    scrub: String,
  });
  context.after(async () => {
    channel.close();
    await inbox.close();
  });
  const made = new Map<string, string>();
  for (const [kind, content] of Object.entries(KINDS)) {
    const rest = { content, message: messageOf(content), reader: reader(), now: Date.now() };
    const sent = await channel.send({ id: randomUUID(), recipient: 'ada@other.example', ...rest });
    assert.equal(sent.result, 'delivered', kind);
    made.set(kind, inbox.mails.at(-1)?.raw ?? '');
  }
  return made;
}

function judge(filter: string, kind: string, { score, rules }: Verdict): void {
  const hits = Object.entries(rules).filter(([, points]) => points > 0);
  const listed = hits.map(([rule, points]) => `${rule} ${points}`).join(', ');
  assert.ok(score < MOST, `${filter}, ${kind}: ${score} points: ${listed}`);
  for (const [rule] of hits)
    assert.ok(DOCUMENT.includes(`\`${rule}\``), `${filter}, ${kind}: ${rule} is not in docs/mail.md`);
}

test('SpamAssassin has nothing against any kind of mail', async (context) => {
  const made = await mails(context);
  const verdicts = spamAssassin(context, [...made.values()]);
  assert.equal(verdicts.length, made.size);
  for (const [index, kind] of [...made.keys()].entries()) {
    const verdict = verdicts[index] ?? { score: Number.NaN, rules: {} };
    context.diagnostic(`${kind}: ${verdict.score.toFixed(1)} ${JSON.stringify(verdict.rules)}`);
    judge('SpamAssassin', kind, verdict);
  }
});

test('rspamd has nothing against any kind of mail', async (context) => {
  const [made, ask] = [await mails(context), await startRspamd(context)];
  for (const [kind, raw] of made) {
    const verdict = await ask(raw);
    const hits = Object.entries(verdict.rules).filter(([, points]) => points !== 0);
    context.diagnostic(`${kind}: ${verdict.score.toFixed(1)} ${JSON.stringify(Object.fromEntries(hits))}`);
    judge('rspamd', kind, verdict);
  }
});

test('a signature over each kind of mail still holds behind Postfix, simple and relaxed; a changed letter is noticed', async (context) => {
  const [made, dkim, server] = [await mails(context), startDkim(context), await startPostfix(context)];
  const transport = createTransport({
    host: '127.0.0.1',
    port: server.port,
    tls: { rejectUnauthorized: false },
    pool: true,
  });
  context.after(() => {
    transport.close();
  });
  const envelope = { from: 'm@lab.example', to: ['nobody@localhost'] };
  for (const raw of made.values())
    await transport.sendMail({ envelope, raw: Buffer.from(await dkim.sign(raw), 'latin1') });
  while ((server.log().match(/delivered to mailbox/g) ?? []).length < made.size)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(server.delivered().length, made.size);
  for (const mail of server.delivered()) {
    assert.deepEqual(await dkim.verify(mail), [true, true], mail);
    assert.deepEqual(await dkim.verify(mail.replace('NOMAD', 'NoMAD')), [false, false]);
  }
});

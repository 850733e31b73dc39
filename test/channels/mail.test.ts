// Mail against servers that are good, strict, rude or silent; and names that are not ASCII.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMailChannel } from '../../src/channels/mail.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import { T0, reader } from '../support/builders.ts';
import { IMPATIENT, content, mailer, message, rude, strict, until } from '../support/smtp.ts';

test('what a server says, and what that means', async (context) => {
  const rows: readonly (readonly [
    string,
    (line: string) => string | null | undefined,
    'retry' | 'rejected',
    RegExp,
  ])[] = [
    ['421 at the greeting', until(/^$/, '421 too busy'), 'retry', /421|too busy/],
    ['451 at the recipient', until(/^RCPT/, '451 greylisted, try later'), 'retry', /greylisted/],
    ['550 at the recipient', until(/^RCPT/, '550 no such user'), 'rejected', /no such user/],
    ['552 after the mail', until(/^\.$/, '552 too large'), 'rejected', /too large/],
    ['dropped after DATA', until(/^\.$/, undefined), 'retry', /clos|reset|ECONN|socket/i],
    ['silent at the greeting', () => null, 'retry', /greeting|time/i],
    ['silent after DATA', until(/^\.$/, null), 'retry', /time/i],
    ['what is no SMTP', until(/^$/, 'HTTP/1.1 400 Bad Request'), 'retry', /./],
  ];
  for (const [name, answer, result, reason] of rows) {
    const more = name.startsWith('silent') ? IMPATIENT : {};
    const sent = await mailer(context, await rude(context, answer), more).send('ada@lab.example');
    assert.equal(sent.result, result, `${name}: ${JSON.stringify(sent)}`);
    assert.match(sent.reason, reason, name);
  }
});

test('one try is one try: a server that hangs up before its greeting is asked twice at most', async (context) => {
  let connections = 0;
  const port = await rude(context, () => ((connections += 1), undefined));
  assert.equal((await mailer(context, port).send('ada@lab.example')).result, 'retry');
  assert.ok(connections <= 2, `${connections} connections`);
});

test('it is greeted by a full name, for each mail and when it is only looked at: not by the address of this machine', async (context) => {
  const rows = [
    [{ hostname: '3f2a9c' }, 'EHLO xn--bcher-kva.example'],
    [{ hostname: '3f2a9c', from: 'm@localhost' }, 'EHLO [127.0.0.1]'],
  ] as const;
  for (const [more, greeting] of rows) {
    const lines: string[] = [];
    const polite = until(/^never$/, null);
    const port = await rude(context, (line) => (lines.push(line), polite(line)));
    const channel = mailer(context, port, more);
    assert.deepEqual(await channel.send('ada@lab.example'), { result: 'delivered', answer: '250 ok' });
    assert.equal(await channel.verify(), null);
    assert.deepEqual(
      lines.filter((line) => /^(?:EHLO|HELO)/.test(line)),
      [greeting, greeting],
    );
  }
});

test('a server that asked for the text and takes its time to accept it is waited for: told again is worse than told late', async (context) => {
  const inbox = await startInbox();
  context.after(() => inbox.close());
  const { send } = mailer(context, inbox.port, { acceptance: 10_000 });
  const kept = new Promise<void>((resolve) => {
    inbox.setHooks({
      beforeAccept: async () => {
        await new Promise((wait) => setTimeout(wait, 800));
        resolve();
        return undefined;
      },
    });
  });
  assert.equal((await send('ada@lab.example')).result, 'delivered');
  await kept;
});

test('a server that is silent before it asks for the text is given up; the next mail finds another connection', async (context) => {
  const inbox = await startInbox();
  context.after(() => inbox.close());
  const never = new Promise<undefined>(() => undefined);
  const { send } = mailer(context, inbox.port, { patience: 3000 });
  inbox.setHooks({ onConnect: () => never });
  assert.deepEqual(await send('ada@lab.example'), { result: 'retry', reason: 'Greeting never received' });
  inbox.setHooks({});
  assert.equal((await send('ada@lab.example')).result, 'delivered');
  const silent = await mailer(context, await rude(context, until(/^MAIL/, null)), IMPATIENT).send('ada@lab.example');
  assert.deepEqual(silent, { result: 'retry', reason: 'the server did not request the text of the mail within 0.4 s' });
});

test('beyond this machine nothing is sent without TLS, nor to a certificate that nobody vouches for', async (context) => {
  const [plain, selfSigned] = [await strict(context, { disabledCommands: ['STARTTLS'] }), await strict(context, {})];
  const rows = [
    [plain, {}, /STARTTLS|TLS/i],
    [selfSigned, {}, /certificate|self.signed/i],
  ] as const;
  for (const [port, more, reason] of rows) {
    const channel = mailer(context, port, { isLoopback: false, ...more });
    const sent = await channel.send('ada@lab.example');
    assert.equal(sent.result, 'retry');
    assert.match(sent.reason, reason);
    assert.equal((await channel.verify())?.cause, 'tls');
  }
});

test('names that are not ASCII: the domain always; the rest where the server speaks SMTPUTF8, else final with the reason', async (context) => {
  const lines: string[] = [];
  const polite = until(/^never$/, null);
  const { send } = mailer(context, await rude(context, (line) => (lines.push(line), polite(line))));
  assert.deepEqual(await send('ada@bücher.example'), { result: 'delivered', answer: '250 ok' });
  assert.ok(
    lines.includes('MAIL FROM:<m@xn--bcher-kva.example>') && lines.includes('RCPT TO:<ada@xn--bcher-kva.example>'),
  );
  const old = await rude(context, until(/^RCPT TO:<j[^r]/, '553 5.6.7 the address needs SMTPUTF8'));
  const refused = await mailer(context, old).send('jörg@lab.example');
  assert.equal(refused.result, 'rejected');
  assert.match(refused.reason, /SMTPUTF8/);

  const received: string[] = [];
  const port = await strict(context, {
    hideSMTPUTF8: false,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      received.push(address);
      done();
    },
  });
  assert.equal((await mailer(context, port).send('jörg@lab.example')).result, 'delivered');
  assert.deepEqual(received, ['jörg@lab.example']);
});

test('a subject that looks encoded is not decoded into something else', async (context) => {
  const inbox = await startInbox();
  const { port } = inbox;
  context.after(inbox.close);
  const channel = createMailChannel({
    smtpUrl: `smtp://127.0.0.1:${port}`,
    allowPlaintext: false,
    isLoopback: true,
    from: 'm@lab.example',
    scrub: String,
  });
  context.after(() => {
    channel.close();
  });
  const subjects = [
    '[NOMAD] =?utf-8?B?WA==?= failed',
    '[NOMAD] a =?us-ascii?Q?=41?= b: =?utf-8?B?4oCu?=',
    `[NOMAD] =?utf-8?B?WA==?= ${'\u{1f469}\u200d\u{1f52c} ä'.repeat(15)}`,
    `=?${'x'.repeat(138)}`,
  ];
  for (const subject of subjects) {
    const sent = await channel.send({
      id: 'd1',
      recipient: 'a@b',
      content,
      message: { ...message, subject },
      reader: reader(),
      now: T0,
    });
    assert.equal(sent.result, 'delivered');
    const mail = inbox.mails.at(-1);
    assert.equal(mail?.subject, subject);
    for (const line of mail.raw.split('\r\n')) assert.ok(line.length <= 100, line);
  }
});

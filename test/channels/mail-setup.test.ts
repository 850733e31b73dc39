// What is about our set-up: TLS without a certificate that anybody trusts, refusals of the sender, the way of logging in, and addresses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { smtpOptions } from '../../src/channels/smtp-options.ts';
import { isLoopback } from '../../src/config/value-parsers.ts';
import { mailer, rude, strict, until } from '../support/smtp.ts';

test('a certificate that nobody signed: taken on this machine and where plaintext is allowed, nowhere else', async (context) => {
  const [startTls, tls] = [await strict(context, {}), await strict(context, { secure: true })];
  const another = await strict(context, {}, '127.0.0.2');
  const rows = [
    [`smtp://127.0.0.1:${startTls}`, false, 'delivered'],
    [`smtp://localhost:${startTls}`, false, 'delivered'],
    [`smtp://LOCALHOST:${startTls}`, false, 'delivered'],
    [`smtp://127.0.0.2:${another}`, false, 'delivered'],
    [`smtp://[::ffff:127.0.0.1]:${startTls}`, false, 'delivered'],
    [`smtps://127.0.0.1:${tls}`, false, 'delivered'],
    [`smtps://localhost:${tls}`, false, 'delivered'],
    [`smtp://elsewhere:${startTls}`, true, 'delivered'],
    [`smtps://elsewhere:${tls}`, true, 'delivered'],
    [`smtp://elsewhere:${startTls}`, false, 'retry'],
    [`smtps://elsewhere:${tls}`, false, 'retry'],
  ] as const;
  for (const [address, allowPlaintext, result] of rows) {
    const { hostname } = new URL(address);
    const smtpUrl = address.replace('elsewhere', '127.0.0.1');
    const channel = mailer(context, 0, { smtpUrl, allowPlaintext, isLoopback: isLoopback(hostname) });
    const sent = await channel.send('ada@lab.example');
    assert.equal(sent.result, result, `${address} ${JSON.stringify(sent)}`);
    assert.equal((await channel.verify())?.cause, result === 'retry' ? 'tls' : undefined, address);
    if (sent.result === 'retry') assert.match(sent.reason, /certificate.*; .*NODE_EXTRA_CA_CERTS/);
  }
});

test('STARTTLS that the server cannot do: in the clear on this machine, without the login; elsewhere not at all', async (context) => {
  const lines: string[] = [];
  const polite = until(/^STARTTLS/, '454 4.7.0 TLS not available due to local problem');
  const answer = (line: string) => (
    lines.push(line),
    line.startsWith('EHLO') ? '250-rude\r\n250-AUTH PLAIN\r\n250 STARTTLS' : polite(line)
  );
  const port = await rude(context, answer);
  const smtpUrl = `smtp://ada:s3cret@127.0.0.1:${port}`;
  assert.equal((await mailer(context, port, { smtpUrl }).send('ada@lab.example')).result, 'delivered');
  assert.ok(!lines.some((line) => line.startsWith('AUTH')));
  assert.equal((await mailer(context, port, { smtpUrl, isLoopback: false }).send('ada@lab.example')).result, 'retry');
});

test('the usual port: submission; 25 for a server on this machine that is given no login', () => {
  const rows = [
    ['smtp://127.0.0.1', 25],
    ['smtp://[::1]', 25],
    ['smtp://ada:x@localhost', 587],
    ['smtp://mail.lab.example', 587],
    ['smtps://localhost', 465],
    ['smtp://127.0.0.1:2525', 2525],
  ] as const;
  for (const [smtpUrl, port] of rows) {
    const { hostname } = new URL(smtpUrl);
    const server = smtpOptions({
      smtpUrl,
      allowPlaintext: false,
      isLoopback: isLoopback(hostname),
      from: 'm@lab.example',
    });
    assert.equal(server.port, port, smtpUrl);
  }
});

test('a refusal of the set-up waits and says what to mend; one of the mail or its recipient is final', async (context) => {
  const rows: readonly (readonly [RegExp, string, 'retry' | 'rejected', RegExp])[] = [
    [/^MAIL/, '530 5.7.0 Authentication required', 'retry', /530 5\.7\.0 .*; the server wants a login/],
    [/^MAIL/, '550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'retry', /; set MAIL_FROM/],
    [/^MAIL/, '550 5.4.5 Daily user sending limit exceeded', 'retry', /; .*MAIL_MAX_PER_HOUR/],
    [/^RCPT/, '554 5.7.1 <ada@lab.example>: Relay access denied', 'retry', /; the server does not let us send/],
    [/^RCPT/, '550 5.1.1 <ada@lab.example>: User unknown', 'rejected', /User unknown$/],
    [/^DATA$/, '554 5.5.1 no valid recipients', 'rejected', /no valid recipients$/],
    [/^\.$/, '554 5.7.1 Spam message rejected', 'rejected', /Spam message rejected$/],
    [/^\.$/, '554 Message rejected: Email address is not verified.', 'retry', /; set MAIL_FROM/],
    [/^$/, '554 5.7.1 Client host rejected', 'retry', /; the server does not accept this machine/],
    [
      /^EHLO|^HELO/,
      '550-5.7.1 bad name\r\n550 5.7.1 go away',
      'retry',
      /bad name 550 5\.7\.1 go away; the server does not/,
    ],
  ];
  for (const pipelining of [false, true])
    for (const [point, said, result, reason] of rows) {
      const polite = until(point, said);
      const answer = (line: string) =>
        pipelining && line.startsWith('EHLO') && !point.test(line) ? '250-rude\r\n250 PIPELINING' : polite(line);
      const sent = await mailer(context, await rude(context, answer)).send('ada@lab.example');
      assert.equal(sent.result, result, `${said}: ${JSON.stringify(sent)}`);
      assert.match('reason' in sent ? sent.reason : '', reason);
      assert.equal('advice' in sent, result === 'retry', said);
    }
});

test('verify asks for the sender and leaves: no recipient, no text; a refusal is told as it is for a mail', async (context) => {
  const lines: string[] = [];
  const polite = until(/^never$/, null);
  const port = await rude(context, (line) => (lines.push(line), polite(line)));
  assert.equal(await mailer(context, port).verify(), null);
  const asked = ['', 'EHLO xn--bcher-kva.example', 'MAIL FROM:<m@xn--bcher-kva.example>', 'RSET'];
  assert.deepEqual(
    lines.filter((line) => line !== 'QUIT'),
    asked,
  );

  const rows = [
    ['550 5.7.60 not as this sender', 'sender'],
    ['530 5.7.0 Authentication required', 'login_missing'],
    ['451 4.3.0 later', 'later'],
  ] as const;
  for (const [said, cause] of rows) {
    const problem = await mailer(context, await rude(context, until(/^MAIL/, said))).verify();
    assert.deepEqual(problem, { cause, problem: `MAIL FROM:<m@xn--bcher-kva.example>: ${said}` });
  }
  const gone = await mailer(context, await rude(context, until(/^MAIL/, undefined))).verify();
  assert.equal(gone?.cause, 'silence');
  const closing = await mailer(context, await rude(context, until(/^MAIL/, '421 4.7.0 bye'))).verify();
  assert.notEqual(closing, null);
});

test('a server that takes no password is told apart from a wrong password', async (context) => {
  const login = (offered: string, said: string) => async () => {
    const polite = until(/^AUTH/, said);
    const answer = (line: string) => (line.startsWith('EHLO') ? `250-rude\r\n250 AUTH ${offered}` : polite(line));
    const port = await rude(context, answer);
    return mailer(context, port, { smtpUrl: `smtp://ada:s3cret@127.0.0.1:${port}` });
  };
  const rows = [
    [login('XOAUTH2', '504 5.7.4 Unrecognized authentication type'), 'oauth2'],
    [login('XOAUTH2', '535 5.7.8 no'), 'oauth2'],
    [login('OAUTHBEARER', '504 5.5.4 not implemented'), 'oauth2'],
    [login('PLAIN LOGIN XOAUTH2', '535 5.7.8 no'), 'login'],
    [login('PLAIN', '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.'), 'oauth2'],
    [login('PLAIN', '534-5.7.9 Application-specific password required.\r\n534 5.7.9 see s3cret'), 'app_password'],
  ] as const;
  for (const [start, cause] of rows) {
    const channel = await start();
    const problem = await channel.verify();
    assert.equal(problem?.cause, cause, problem?.problem);
    const sent = await channel.send('ada@lab.example');
    assert.equal(sent.result, 'retry');
    assert.match(sent.reason, { oauth2: /OAuth2/, login: /fix the user name/, app_password: /create one/ }[cause]);
    assert.doesNotMatch(sent.reason, /s3cret/);
  }
});

test('domains are ASCII in the envelope and in each header, whatever stands before the @', async (context) => {
  const inbox = await startInbox();
  context.after(() => inbox.close());
  const rows = [
    [
      'Überwachung <m@bücher.example>',
      '"Lovelace, Ada" <ada@müller.example>',
      /^From: =\?UTF-8\?.*<m@xn--bcher-kva\.example>$/m,
    ],
    [
      'm@bücher.example',
      'Jörg <jörg@müller.example>',
      /^To: =\?UTF-8\?Q\?J=C3=B6rg\?= <jörg@xn--mller-kva\.example>$/m,
    ],
    ['mönitor@bücher.example', 'ada@müller.example', /^From: mönitor@xn--bcher-kva\.example$/m],
  ] as const;
  for (const [from, to, header] of rows) {
    const { send } = mailer(context, inbox.port, { from });
    assert.equal((await send(to)).result, 'delivered');
    const mail = inbox.mails.at(-1);
    const head = mail?.raw.split('\r\n\r\n')[0] ?? '';
    assert.match(head, header);
    assert.match(head, /^To: .*xn--mller-kva\.example>?$/m);
    for (const name of ['Message-ID', 'In-Reply-To', 'References', 'List-ID'])
      assert.match(head, new RegExp(`^${name}: [\\0-\\x7f]*xn--bcher-kva\\.example>$`, 'm'), head);
    assert.doesNotMatch(head, /bücher|müller/);
  }
});

test('without SMTPUTF8 an address that needs it is not given to the server: final for a recipient, the set-up for MAIL_FROM', async (context) => {
  const lines: string[] = [];
  const polite = until(/^never$/, null);
  const port = await rude(context, (line) => (lines.push(line), polite(line)));
  assert.deepEqual(await mailer(context, port).send('müller@lab.example'), {
    result: 'rejected',
    reason:
      'the mail server does not offer SMTPUTF8, which müller@lab.example needs: use an address with ASCII letters before the @',
  });
  const from = mailer(context, port, { from: 'mönitor@lab.example' });
  const sent = await from.send('ada@lab.example');
  assert.ok(sent.result === 'retry' && sent.advice !== undefined, JSON.stringify(sent));
  assert.equal((await from.verify())?.cause, 'sender');
  assert.ok(!lines.some((line) => line.startsWith('RCPT')));
});

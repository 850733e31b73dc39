// Debian's mail servers as they are installed take mail with SMTP_URL=smtp://… of this machine and nothing else; and what they refuse is
// understood as it is meant.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMailChannel } from '../../../src/channels/mail.ts';
import { T0, event, messageAbout, reader } from '../../support/builders.ts';
import { runCli } from './program.ts';
import { type MailServer, startExim, startPostfix } from './servers.ts';

const PACKAGES = process.env['EXIM_PACKAGES'] ?? '';
const SERVERS: Readonly<Record<string, (context: TestContext) => Promise<MailServer>>> = {
  Postfix: (context) => startPostfix(context),
  Exim: (context) => startExim(context, PACKAGES),
};
/** How they name a mail when they have taken it. */
const QUEUE_ID = { Postfix: /250 2\.0\.0 Ok: queued as (\w+)/, Exim: /250 OK id=([\w-]+)/ } as const;

function channel(context: TestContext, url: string, from = 'm@lab.example') {
  const mail = createMailChannel({ smtpUrl: url, allowPlaintext: false, isLoopback: true, from, scrub: String });
  context.after(() => {
    mail.close();
  });
  const events = [event()];
  const rest = {
    content: { kind: 'events', events },
    message: messageAbout(events),
    reader: reader(),
    now: T0,
  } as const;
  return { ...mail, send: (recipient: string, id = 'd1') => mail.send({ id, recipient, ...rest }) };
}

for (const [name, start] of Object.entries(SERVERS)) {
  test(`${name} as it is installed takes mail, with STARTTLS and a certificate that nobody signed`, async (context) => {
    const server = await start(context);
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const env = { SMTP_URL: `smtp://${host}:${server.port}`, MAIL_TO: 'nobody@localhost' };
      const sent = await runCli(context, env, ['test-notification']);
      assert.equal(
        sent.stdout,
        'accepted  mail nobody@localhost\n',
        `${host}: ${sent.stdout}${sent.stderr}${server.log()}`,
      );
    }
    const sent = await channel(context, `smtp://127.0.0.1:${server.port}`).send('nobody@localhost');
    const answer = sent.result === 'delivered' ? (sent.answer ?? '') : sent.reason;
    const [, id = 'none'] = QUEUE_ID[name as keyof typeof QUEUE_ID].exec(answer) ?? [];
    assert.ok(server.log().includes(id), `${answer}: ${server.log()}`);
    assert.match(server.log(), /TLS|X=TLS|esmtps/i);
  });

  test(`${name}: the sender is asked before; a recipient that it does not know is final`, async (context) => {
    const server = await start(context);
    const { send, verify } = channel(context, `smtp://127.0.0.1:${server.port}`);
    assert.equal(await verify(), null);
    const unknown = await send('nobody-of-this-name@localhost');
    // Exim believes this machine, and sends the mail back later.
    assert.equal(unknown.result, name === 'Exim' ? 'delivered' : 'rejected', JSON.stringify(unknown));
    assert.equal((await send('nobody@localhost', 'd2')).result, 'delivered');
  });

  test(`${name}: an address that is not ASCII before the @ is sent, or not given to the server`, async (context) => {
    const server = await start(context);
    const sent = await channel(context, `smtp://127.0.0.1:${server.port}`).send('jörg@localhost');
    assert.equal(sent.result, 'rejected', JSON.stringify(sent));
    assert.match(sent.reason, name === 'Exim' ? /does not offer SMTPUTF8/ : /User unknown/);
  });
}

test('Postfix with a set-up that does not fit: each refusal waits, with what to mend', async (context) => {
  const rows = [
    [{ smtpd_tls_security_level: 'encrypt', smtpd_tls_cert_file: '', smtpd_tls_key_file: '' }, /STARTTLS|TLS/],
    [
      { smtpd_relay_restrictions: 'reject_unauth_destination', mynetworks: '192.0.2.1' },
      /Relay access denied; the server does not let us send/,
    ],
    [{ smtpd_sender_restrictions: 'reject' }, /Sender address rejected.*; set MAIL_FROM/],
    [
      { smtpd_client_restrictions: 'reject', smtpd_delay_reject: 'no' },
      /Client host rejected.*; the server does not accept this machine/,
    ],
    [{ smtpd_client_restrictions: 'reject' }, /Client host rejected.*; the server does not accept this machine/],
    [{ smtpd_helo_restrictions: 'reject' }, /Helo command rejected.*; the server does not accept this machine/],
  ] as const;
  for (const [more, reason] of rows) {
    const server = await startPostfix(context, more);
    const sent = await channel(context, `smtp://127.0.0.1:${server.port}`).send('ada@elsewhere.example');
    assert.equal(sent.result, 'retry', JSON.stringify([more, sent]));
    assert.match(sent.reason, reason);
  }
});

// What a mail server's refusal is about, by the answers that servers give, or document.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type RefusalCause,
  SETUP_CAUSES,
  type SmtpStep,
  isFinal,
  refusalCause,
} from '../../../src/domain/mail/refusal.ts';
import { setupAdvice } from '../../../src/domain/mail/smtp-advice.ts';

type Row = readonly [server: string, SmtpStep, answer: string, RefusalCause];

const rows: readonly Row[] = [
  // Temporary, wherever it comes (RFC 5321, 4.2.1).
  ['any', 'connection', '421 4.3.2 Service shutting down', 'later'],
  ['Postfix', 'recipient', '450 4.2.0 <ada@lab.example>: Recipient address rejected: Greylisted', 'later'],
  ['Postfix', 'connection', '454 4.7.0 TLS not available due to local problem', 'later'],
  ['Exchange', 'login', '454 4.7.0 Temporary authentication failure', 'later'],
  ['SES', 'text', '454 Throttling failure: Daily message quota exceeded.', 'later'],

  // The connection: no mail was named yet.
  ['Postfix', 'connection', '554 5.7.1 <x.lab.example[192.0.2.1]>: Client host rejected: Access denied', 'client'],
  ['RFC 7504', 'connection', '521 this host does not accept mail', 'client'],
  ['Exim', 'connection', '550 Administrative prohibition', 'client'],
  ['any', 'connection', '500 unrecognized command', 'client'],

  // The login (RFC 4954).
  ['Postfix', 'login', '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6', 'login'],
  ['Exim', 'login', '535 Incorrect authentication data', 'login'],
  [
    'Gmail',
    'login',
    '535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8 https://support.example',
    'login',
  ],
  [
    'Gmail',
    'login',
    '534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9 https://support.example',
    'app_password',
  ],
  ['Gmail', 'login', '534-5.7.14 Please log in via your web browser and then try again.', 'login'],
  ['Yahoo', 'login', '535 5.7.0 (#AUTH005) Too many bad auth attempts. Use an app password', 'app_password'],
  ['Exchange Online', 'login', '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.', 'oauth2'],
  [
    'Exchange Online',
    'login',
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.',
    'oauth2',
  ],
  ['Exchange', 'login', '504 5.7.4 Unrecognized authentication type', 'oauth2'],
  ['any', 'login', '504 5.5.4 mechanism not implemented', 'oauth2'],
  ['any', 'login', '534 5.7.9 Authentication mechanism is too weak', 'oauth2'],
  ['any', 'login', '538 5.7.11 Encryption required for requested authentication mechanism', 'encryption'],
  ['RFC 5248', 'login', '525 5.7.13 User Account Disabled', 'login'],
  ['Exchange', 'login', '535 5.7.3 Authentication unsuccessful', 'login'],
  ['SES', 'login', '535 Authentication Credentials Invalid', 'login'],
  ['SendGrid', 'login', '535 Authentication failed: Bad username / password', 'login'],
  ['any', 'login', '503 5.5.1 Error: authentication not enabled', 'client'],

  // The sender: no recipient and no text was named yet.
  ['Postfix', 'sender', '530 5.7.0 Must issue a STARTTLS command first', 'encryption'],
  [
    'Gmail',
    'sender',
    '530-5.7.0 Authentication Required. For more information, go to\n530 5.7.0 https://support.example',
    'login_missing',
  ],
  [
    'Gmail, earlier',
    'sender',
    '530-5.5.1 Authentication Required. Learn more at\n530 5.5.1 https://support.example',
    'login_missing',
  ],
  ['SES', 'sender', '530 Authentication required', 'login_missing'],
  [
    'Exchange',
    'sender',
    '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM',
    'login_missing',
  ],
  ['Exchange', 'sender', '530 5.7.1 Client was not authenticated', 'login_missing'],
  ['SendGrid', 'sender', '550 Unauthenticated senders not allowed', 'login_missing'],
  ['Exchange', 'sender', '550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'sender'],
  ['Postfix', 'sender', '553 5.7.1 <m@lab.example>: Sender address rejected: not owned by user ada', 'sender'],
  ['Postfix', 'sender', '501 5.1.7 Bad sender address syntax', 'sender'],
  ['any', 'sender', '550 no', 'sender'],
  ['Gmail', 'sender', '550 5.4.5 Daily user sending limit exceeded.', 'limit'],
  ['Gmail', 'sender', '550-5.7.1 Invalid credentials for relay [192.0.2.1].', 'relay'],
  ['any', 'sender', '554 5.7.1 Relay access denied', 'relay'],
  ['Postfix', 'sender', '552 5.3.4 Message size exceeds fixed limit', 'mail'],
  ['Exim', 'sender', '552 Message size exceeds maximum permitted', 'mail'],
  ['Exchange', 'sender', '552 5.3.4 Message size exceeds fixed maximum message size', 'mail'],
  ['any', 'sender', '555 5.5.4 Unsupported option: SIZE=1', 'sender'],

  // The recipient: this one is wrong, or the server does not let us send to it.
  [
    'Postfix',
    'recipient',
    '550 5.1.1 <ada@lab.example>: Recipient address rejected: User unknown in local recipient table',
    'recipient',
  ],
  [
    'Postfix',
    'recipient',
    '550 5.1.1 <ada@lab.example>: Recipient address rejected: User unknown in relay recipient table',
    'recipient',
  ],
  ['Postfix', 'recipient', '554 5.7.1 <ada@lab.example>: Relay access denied', 'relay'],
  ['Postfix', 'recipient', '454 4.7.1 <ada@lab.example>: Relay access denied', 'later'],
  ['Postfix', 'recipient', '554 5.7.1 <ada@lab.example>: Recipient address rejected: Access denied', 'recipient'],
  ['Postfix', 'recipient', '550 5.1.8 <m@lab.example>: Sender address rejected: Domain not found', 'sender'],
  ['Postfix', 'recipient', '553 5.7.1 <m@lab.example>: Sender address rejected: not logged in', 'sender'],
  ['Postfix', 'recipient', '504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname', 'client'],
  [
    'Postfix',
    'recipient',
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example',
    'client',
  ],
  [
    'Postfix and policyd-spf',
    'recipient',
    '550 5.7.23 <ada@lab.example>: Recipient address rejected: Message rejected due to: SPF fail',
    'domain',
  ],
  ['Postfix', 'recipient', '552 5.2.2 <ada@lab.example>: user is over quota', 'recipient'],
  ['Postfix', 'recipient', '501 5.1.3 Bad recipient address syntax', 'recipient'],
  ['Exim', 'recipient', '550 relay not permitted', 'relay'],
  ['Exim', 'recipient', '550 Unrouteable address', 'recipient'],
  [
    'Exim',
    'recipient',
    '550-Verification failed for <m@lab.example>\n550-Unrouteable address\n550 Sender verify failed',
    'sender',
  ],
  ['Exim', 'recipient', '550 <relay@lab.example> unknown user', 'recipient'],
  ['Exim', 'recipient', '501 <a b@lab.example>: malformed recipient address', 'recipient'],
  ['qmail', 'recipient', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", 'relay'],
  ['Exchange', 'recipient', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'relay'],
  ['Exchange', 'recipient', '550 5.7.1 Unable to relay', 'relay'],
  [
    'Exchange',
    'recipient',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    'recipient',
  ],
  ['Exchange Online', 'recipient', '550 5.4.1 Recipient address rejected: Access denied.', 'recipient'],
  ['Exchange Online', 'recipient', '550 5.7.64 TenantAttribution; Relay Access Denied', 'relay'],
  ['Exchange Online', 'recipient', '550 5.7.606 Access denied, banned sending IP [192.0.2.1]', 'blocked'],
  ['Gmail', 'recipient', '550-5.1.1 The email account that you tried to reach does not exist.', 'recipient'],
  ['Gmail', 'recipient', '550 5.7.0 Mail relay denied [192.0.2.1].', 'relay'],
  ['Gmail', 'recipient', '550 5.4.5 Daily user sending limit exceeded', 'limit'],
  ['any', 'recipient', '550 no such user', 'recipient'],
  ['any', 'recipient', '550 we do not relay', 'relay'],
  ['any', 'recipient', '551 User not local; please try <ada@other.example>', 'recipient'],
  ['any', 'recipient', '556 domain does not accept mail', 'recipient'],
  ['any', 'recipient', '530 5.7.1 Authentication required', 'login_missing'],
  ['any', 'recipient', '503 5.5.1 Error: need MAIL command', 'client'],

  // The text: what filters say of it is final; what servers say of the sender only now is not.
  ['rspamd', 'text', '554 5.7.1 Spam message rejected', 'mail'],
  ['SpamAssassin', 'text', '550 5.7.1 Blocked by SpamAssassin', 'mail'],
  [
    'amavis',
    'text',
    '554 5.7.1 id=07-01 - Rejected by next-hop MTA on relaying, from MTA(smtp:[127.0.0.1]:10025): 554 5.7.1 blocked using dbl.example',
    'mail',
  ],
  ['Postfix', 'text', '550 5.7.1 virus found', 'mail'],
  ['Postfix', 'text', '552 5.3.4 Error: message file too big', 'mail'],
  ['Exim', 'text', '550 This message was classified as SPAM', 'mail'],
  ['Exim', 'text', '552 Message size exceeds maximum permitted', 'mail'],
  ['Exim', 'text', '550 maximum allowed line length is 998 octets, got 1200', 'mail'],
  ['Gmail', 'text', '550-5.7.1 Our system has detected that this message is likely unsolicited mail.', 'mail'],
  [
    'Gmail',
    'text',
    '552-5.7.0 This message was blocked because its content presents a potential security issue.',
    'mail',
  ],
  ['Gmail', 'text', '550-5.7.26 This mail has been blocked because the sender is unauthenticated.', 'domain'],
  [
    'Gmail',
    'text',
    "550-5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers. Please use the SMTP relay at your service provider instead.",
    'relay',
  ],
  ['Gmail', 'text', '550-5.7.25 The IP address sending this message does not have a PTR record setup.', 'domain'],
  ['Gmail', 'text', '550 5.4.5 Daily SMTP relay limit exceeded for user.', 'limit'],
  ['Exchange', 'text', '550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'sender'],
  ['Exchange Online', 'text', '554 5.2.252 SendAsDenied; m@lab.example not allowed to send as x@lab.example', 'sender'],
  [
    'Exchange Online',
    'text',
    '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; The message submission quota was exceeded',
    'limit',
  ],
  ['Exchange Online', 'text', '550 5.1.8 Access denied, bad outbound sender', 'sender'],
  ['Exchange Online', 'text', '550 5.7.501 Access denied, spam abuse detected', 'blocked'],
  ['Exchange Online', 'text', '550 5.7.705 Access denied, tenant has exceeded threshold', 'blocked'],
  ['Exchange Online', 'text', '550 5.7.509 Access denied, sending domain does not pass DMARC verification', 'domain'],
  ['Exchange', 'text', '550 5.7.1 Message rejected as spam by Content Filtering.', 'mail'],
  [
    'SES',
    'text',
    '554 Message rejected: Email address is not verified. The following identities failed the check',
    'sender',
  ],
  ['SES', 'text', '554 Message rejected: Sending suspended for this account.', 'blocked'],
  [
    'SendGrid',
    'text',
    '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
    'sender',
  ],
  ['SendGrid', 'text', '550 Maximum credits exceeded', 'limit'],
  ['any', 'text', '554 transaction failed', 'mail'],
  ['any', 'text', '554 5.5.1 Error: no valid recipients', 'mail'],
  ['any', 'text', '554 5.4.6 too many hops', 'mail'],
  ['any', 'text', '530 5.7.0 Authentication required', 'login_missing'],
];

for (const [server, step, text, cause] of rows) {
  test(`${server}, ${step}: ${text.split('\n')[0] ?? ''}`, () => {
    const answer = { step, code: Number(text.slice(0, 3)), text };
    assert.equal(refusalCause(answer), cause);
  });
}

test('only what is about the mail or its recipient is final', () => {
  const final = new Set(rows.map(([, , , cause]) => cause).filter(isFinal));
  assert.deepEqual([...final].toSorted(), ['mail', 'recipient']);
});

test('each cause that lies in the set-up occurs here, and has advice of its own', () => {
  const seen = new Set(rows.map(([, , , cause]) => cause));
  for (const cause of SETUP_CAUSES) assert.ok(seen.has(cause), cause);
  assert.equal(new Set(SETUP_CAUSES.map(setupAdvice)).size, SETUP_CAUSES.length);
});

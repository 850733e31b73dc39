// When mail has no recipient, and what is said then: a table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../../../src/domain/nomad/health.ts';
import { type Notified, noRecipientText } from '../../../src/domain/notify/no-recipient.ts';
import { NO_RULES, type Match, type Route, type Rules } from '../../../src/domain/notify/routing.ts';

const ADA: Identity = { userId: 'ada', email: 'ada@x' };
const NO_ADDRESS: Identity = { userId: 'ada', email: null };
const NOT_READABLE: Identity = { userId: null, email: null };
const OWN = { to: null };

const notified = (change: Partial<Notified> = {}): Notified => ({
  notifyOn: ['upload.failed', 'nomad.unreachable', 'nomad.login_refused'],
  mail: OWN,
  webhook: false,
  chat: false,
  alertmanager: false,
  digest: false,
  ...change,
});
const route = (match: Partial<Match>, more: Partial<Route> = {}): Route => ({
  match: { kind: null, author: null, uploadName: null, role: null, ...match },
  mail: ['route@x'],
  webhook: false,
  chat: false,
  continue: true,
  line: 1,
  ...more,
});
const rules = (...routes: readonly Route[]): Rules => ({ ...NO_RULES, routes });

const BEFORE =
  "until the first login nobody can be notified: MAIL_TO is not set, and the account's own address is not known before it; set MAIL_TO";
const SOME = /^until the first login some mails have no recipient: .*; set MAIL_TO$/;

const ROWS: readonly (readonly [string, string | RegExp | null, Rules, Notified, Identity | null])[] = [
  ['before the first login', BEFORE, NO_RULES, notified(), null],
  ['MAIL_TO is set', null, NO_RULES, notified({ mail: { to: ['grace@x'] } }), null],
  ['no mail is configured', null, NO_RULES, notified({ mail: null, webhook: true }), null],
  ['the address is known', null, NO_RULES, notified(), ADA],
  [
    'the account has no address',
    'nobody can be notified: MAIL_TO is not set, and the account has no address in NOMAD; set MAIL_TO',
    NO_RULES,
    notified(),
    NO_ADDRESS,
  ],
  [
    'the token may not read it',
    "nobody can be notified: MAIL_TO is not set, and NOMAD_TOKEN may not read the account's own address (scope users:read); set MAIL_TO",
    NO_RULES,
    notified(),
    NOT_READABLE,
  ],
  [
    'other channels get theirs',
    "until the first login no mail can be sent (not affected: webhook, chat, Alertmanager): MAIL_TO is not set, and the account's own address is not known before it; set MAIL_TO",
    NO_RULES,
    notified({ webhook: true, chat: true, alertmanager: true }),
    null,
  ],
  [
    'one other channel',
    /^no mail can be sent \(not affected: chat\): /,
    NO_RULES,
    notified({ chat: true }),
    NO_ADDRESS,
  ],
  [
    'NOTIFY_ON has nothing that is found before a login',
    null,
    NO_RULES,
    notified({ notifyOn: ['upload.failed'] }),
    null,
  ],
  ['NOTIFY_ON has nothing', null, NO_RULES, notified({ notifyOn: [] }), NO_ADDRESS],
  [
    'NOTIFY_ON has nothing, but there are summaries',
    /^nobody/,
    NO_RULES,
    notified({ notifyOn: [], digest: true }),
    NO_ADDRESS,
  ],
  ['a route for all takes everything', null, rules(route({})), notified(), null],
  ['a route for all takes everything, after the login too', null, rules(route({})), notified(), NO_ADDRESS],
  [
    'a route takes what is found before a login',
    null,
    rules(route({ kind: ['nomad.unreachable', 'nomad.login_refused'] })),
    notified(),
    null,
  ],
  [
    'and leaves the rest',
    /^some mails have no recipient: /,
    rules(route({ kind: ['nomad.unreachable', 'nomad.login_refused'] })),
    notified(),
    NO_ADDRESS,
  ],
  ['a route takes a part', SOME, rules(route({ kind: ['nomad.unreachable'] })), notified(), null],
  [
    'a route for some uploads takes nothing of NOMAD itself',
    SOME,
    rules(route({ author: ['grace'] })),
    notified(),
    null,
  ],
  [
    'a route to the webhook alone: no mail is wanted',
    null,
    rules(route({}, { mail: null, webhook: true })),
    notified({ webhook: true }),
    null,
  ],
  ['a route names the own address', SOME, rules(route({}), route({}, { mail: 'default' })), notified(), null],
  [
    'one that is not reached',
    null,
    rules(route({}, { continue: false }), route({}, { mail: 'default' })),
    notified(),
    null,
  ],
  [
    'a route for some uploads names the own address',
    /^some mails/,
    rules(route({}), route({ role: ['coauthor'] }, { mail: 'default' })),
    notified(),
    NO_ADDRESS,
  ],
  [
    'which is nothing before the login',
    null,
    rules(route({}), route({ role: ['coauthor'] }, { mail: 'default' })),
    notified(),
    null,
  ],
  [
    'a route names a kind that NOTIFY_ON leaves out',
    /^nobody/,
    rules(route({ kind: ['upload.created'] }, { mail: 'default' })),
    notified({ notifyOn: [] }),
    NO_ADDRESS,
  ],
];

test('what is said of mail that has no recipient', () => {
  for (const [name, expected, by, who, identity] of ROWS) {
    const said = noRecipientText(by, who, identity);
    if (expected instanceof RegExp) assert.match(said ?? 'nothing', expected, name);
    else assert.equal(said, expected, name);
  }
});

// What `doctor` makes of our own side: the mail server, the state, the HTTP port.
import { judgeMail, judgePort, judgeState } from '../../../src/domain/doctor/local-checks.ts';
import { testFindings } from '../../support/findings.ts';

const NOBODY = { to: [], problem: null };

testFindings([
  [
    'a mail server',
    judgeMail('h:587', { ok: true, milliseconds: 9 }, { to: ['a@b'], problem: null }),
    'good',
    /h:587 in 9 ms, mail to a@b/,
  ],
  [
    'mail by rules alone',
    judgeMail('h', { ok: true, milliseconds: 9 }, NOBODY),
    'good',
    /^h in 9 ms, mail as the rules say$/,
  ],
  [
    'mail for two',
    judgeMail('h', { ok: true, milliseconds: 9.4 }, { to: ['a@b', 'c@d'], problem: null }),
    'good',
    /in 9 ms, mail to a@b, c@d$/,
  ],
  [
    'mail for nobody',
    judgeMail('h', { ok: true, milliseconds: 9 }, { to: [], problem: 'nobody can be notified: x' }),
    'bad',
    /^h works, but nobody can be notified: x set MAIL_TO/,
  ],
  [
    'SMTP login',
    judgeMail('h', { ok: false, cause: 'login', problem: '535' }, NOBODY),
    'bad',
    /h: 535 fix the user name/,
  ],
  [
    'SMTP login, and nobody',
    judgeMail('h', { ok: false, cause: 'login', problem: '535' }, { to: [], problem: 'nobody can be notified: x' }),
    'bad',
    /^h: 535; nobody can be notified: x fix the user name[^]*\nset MAIL_TO, for example MAIL_TO=ada@lab\.example$/,
  ],
  ['no STARTTLS', judgeMail('h', { ok: false, cause: 'tls', problem: 'x' }, NOBODY), 'bad', /STARTTLS/],
  ['no mail server', judgeMail('h', { ok: false, cause: 'silence', problem: 'x' }, NOBODY), 'bad', /firewall/],
  [
    'an odd mail server',
    judgeMail('h', { ok: false, cause: 'other', problem: 'x' }, NOBODY),
    'bad',
    /ask the mail server's administrators/,
  ],

  ['no state yet', judgeState({ kind: 'usable', at: '/s', isNew: true, isOlder: false }), 'good', /first start/],
  ['a state', judgeState({ kind: 'usable', at: '/s', isNew: false, isOlder: false }), 'good', /can be written$/],
  [
    'an older state',
    judgeState({ kind: 'usable', at: '/s', isNew: false, isOlder: true }),
    'good',
    /the next start migrates it/,
  ],
  ['a state in use', judgeState({ kind: 'in use', at: '/s' }), 'good', /in use by a running monitor/],
  [
    'a state of others',
    judgeState({ kind: 'unusable', at: '/s', why: 'not ours', problem: 'x' }),
    'state',
    /^\/s: x .*as the user/,
  ],
  ['no right', judgeState({ kind: 'unusable', at: '/s', why: 'not writable', problem: 'x' }), 'state', /STATE_DIR/],
  ['a broken state', judgeState({ kind: 'unusable', at: '/s', why: 'corrupt', problem: 'x' }), 'state', /backup/],
  ['a newer state', judgeState({ kind: 'unusable', at: '/s', why: 'newer', problem: 'x' }), 'state', /install/],

  ['a free port', judgePort('h:1', { kind: 'free' }, false), 'good', /h:1 is free/],
  ['a port of others', judgePort('h:1', { kind: 'taken', said: null }, true), 'bad', /something else.*HTTP_PORT/],
  [
    'our port',
    judgePort('h:1', { kind: 'taken', said: { isWell: true, text: 'ok' } }, true),
    'good',
    /which is healthy/,
  ],
  [
    'our port, and a loop that does not move',
    judgePort('h:1', { kind: 'taken', said: { isWell: false, text: 'does not move: poll' } }, true),
    'bad',
    /"does not move: poll".*restart/,
  ],
  [
    "another monitor's port",
    judgePort('h:1', { kind: 'taken', said: { isWell: true, text: 'ok' } }, false),
    'bad',
    /another state .*STATE_DIR/,
  ],
  ['no such address', judgePort('h:1', { kind: 'not to be had', code: 'EADDRNOTAVAIL' }, false), 'bad', /this machine/],
  ['no such name', judgePort('h:1', { kind: 'not to be had', code: 'ENOTFOUND' }, false), 'bad', /this machine/],
  [
    'some other trouble',
    judgePort('h:1', { kind: 'not to be had', code: 'E' }, false),
    'bad',
    /\(E\).*HTTP_PORT to others/,
  ],
  ['a low port', judgePort('h:1', { kind: 'not to be had', code: 'EACCES' }, false), 'bad', /1024/],
]);

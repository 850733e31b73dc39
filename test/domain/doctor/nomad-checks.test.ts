// What `doctor` makes of NOMAD: is it there, does it let us in, for how long, what does it list, what time is it there.
import {
  type Reachability,
  type Trouble,
  judgeClock,
  judgeListing,
  judgeLogin,
  judgeReach,
  judgeToken,
} from '../../../src/domain/doctor/nomad-checks.ts';
import { T0 } from '../../support/builders.ts';
import { testFindings } from '../../support/findings.ts';

const answer = (more: Partial<Extract<Reachability, { kind: 'answer' }>> = {}): Reachability => ({
  kind: 'answer',
  status: 401,
  content: 'json',
  location: null,
  milliseconds: 35.4,
  ahead: 0,
  ...more,
});
const silence = (problem: string): Reachability => ({ kind: 'silence', problem });
const trouble = (more: Partial<Trouble>): Trouble => ({
  ok: false,
  reason: 'unauthorized',
  problem: 'login: NOMAD answered 401',
  refused: null,
  ...more,
});
const me = { userId: 'u-1', email: 'ada@lab.example' };
const DAY = 86_400_000;
const pat = { kind: 'token', expiresAt: null, renewable: false } as const;
const given = (days: number, renewable: boolean | null) =>
  ({ kind: 'token', expiresAt: T0 + days * DAY, renewable }) as const;
const listed = { ok: true, uploads: 12, malformed: 0, milliseconds: 80, behaviour: null } as const;
const URL = 'https://n/api/v1';

testFindings([
  ['NOMAD asks for a login', judgeReach(URL, answer()), 'good', /^https:\/\/n\/api\/v1 in 35 ms/],
  ['a name that is not known', judgeReach(URL, silence('ENOTFOUND: x')), 'unreachable', /DNS/],
  ['nothing listens', judgeReach(URL, silence('ECONNREFUSED: x')), 'unreachable', /port/],
  ['an unknown authority', judgeReach(URL, silence('SELF_SIGNED_CERT_IN_CHAIN: x')), 'unreachable', /NODE_EXTRA_CA/],
  ['no answer in time', judgeReach(URL, silence('ETIMEDOUT: x')), 'unreachable', /HTTPS_PROXY/],
  ['a name service that is down', judgeReach(URL, silence('EAI_AGAIN: x')), 'unreachable', /^\S+: EAI_AGAIN: x .*DNS/],
  ['an expired certificate', judgeReach(URL, silence('CERT_HAS_EXPIRED: x')), 'unreachable', /is not trusted/],
  ['a self-signed one', judgeReach(URL, silence('x: self-signed certificate')), 'unreachable', /is not trusted/],
  ['a self signed one', judgeReach(URL, silence('x: self signed chain')), 'unreachable', /is not trusted/],
  ['one of another name', judgeReach(URL, silence('ERR_TLS_ALTNAME_INVALID: x')), 'unreachable', /is not trusted/],
  ['one of an unknown issuer', judgeReach(URL, silence('UNABLE_TO_GET_ISSUER: x')), 'unreachable', /is not trusted/],
  ['one that is not signed', judgeReach(URL, silence('BAD_SIGNATURE: x')), 'unreachable', /is not trusted/],
  ['NOMAD refuses who has no login', judgeReach(URL, answer({ status: 403 })), 'good', /in 35 ms/],
  ['a server that is not well', judgeReach(URL, answer({ status: 500 })), 'unreachable', /answers 500 .*has a problem/],
  ['a request that took too long', judgeReach(URL, answer({ status: 408 })), 'unreachable', /answers 408/],
  ['a redirect to nowhere', judgeReach(URL, answer({ status: 300 })), 'bad', /300 and redirects to nowhere/],
  ['a client error of some other server', judgeReach(URL, answer({ status: 400 })), 'bad', /400, but not as NOMAD/],
  ['neither page nor API', judgeReach(URL, answer({ content: 'other' })), 'bad', /401, but not as NOMAD/],
  ['a web page without a login', judgeReach(URL, answer({ content: 'html' })), 'bad', /a login page in front of NOMAD/],
  ['a gateway that finds no NOMAD', judgeReach(URL, answer({ status: 502, content: 'html' })), 'unreachable', /502/],
  ['too many requests', judgeReach(URL, answer({ status: 429 })), 'unreachable', /has a problem/],
  [
    'a redirect',
    judgeReach(URL, answer({ status: 302, location: '/login' })),
    'bad',
    /redirects to \/login .*NOMAD_URL/,
  ],
  ['a web page', judgeReach(URL, answer({ status: 200, content: 'html' })), 'bad', /\(HTML\).*NOMAD_URL/],
  ['a login page before NOMAD', judgeReach(URL, answer({ content: 'html' })), 'bad', /\(HTML\)/],
  ['another API', judgeReach(URL, answer({ status: 200 })), 'bad', /not as NOMAD's API does/],
  ['an API without this path', judgeReach(URL, answer({ status: 404 })), 'bad', /answers 404.*NOMAD_URL/],

  ['clocks that agree', judgeClock(answer({ ahead: -60_000 })), 'good', /agrees/],
  ['a clock ahead', judgeClock(answer({ ahead: 2 * DAY })), 'bad', /2 days ahead of NOMAD's .*NTP/],
  ['a clock behind', judgeClock(answer({ ahead: -61_000 })), 'bad', /1 min behind NOMAD's/],
  ['a clock a minute ahead', judgeClock(answer({ ahead: 60_000 })), 'good', /^agrees with NOMAD's$/],
  ['no date', judgeClock(answer({ ahead: null })), 'good', /no date/],
  ['no answer to compare with', judgeClock(silence('x')), 'good', /does not answer/],

  [
    'let in',
    judgeLogin({ ok: true, username: 'ada', identity: me, isAdmin: false }),
    'good',
    /^ada is accepted: user u-1, ada@lab/,
  ],
  [
    'a token that may not read whose it is',
    judgeLogin({ ok: true, username: null, identity: { userId: null, email: null }, isAdmin: false }),
    'good',
    /users:read/,
  ],
  [
    'an administrator, who sees no more than anybody',
    judgeLogin({ ok: true, username: 'admin', identity: me, isAdmin: true }),
    'good',
    /^admin is accepted: user u-1, ada@lab.example; an administrator's account: NOMAD lists only its own uploads/,
  ],
  [
    'a wrong password, or a locked account',
    judgeLogin(trouble({ refused: 'password' })),
    'refused',
    /if they are right, the account may be locked/,
  ],
  [
    'a dead token: since when there are others',
    judgeLogin(trouble({ refused: 'token' })),
    'refused',
    /personal access token in NOMAD \(1\.4\.2 and later\) with the scopes uploads:read, entries:read and users:read/,
  ],
  [
    'a login that hangs',
    judgeLogin(trouble({ reason: 'unreachable', problem: 'login: ETIMEDOUT; a login that hangs can block NOMAD' })),
    'unreachable',
    /identity server \(Keycloak\)/,
  ],
  [
    "a login's own token",
    judgeToken({ kind: 'access', got: 300 }, T0),
    'good',
    /^NOMAD issues no app tokens for this account; the token of each login is used \(valid for 5 min\) and renewed by a new login$/,
  ],
  ['one that shows no end', judgeToken({ kind: 'access', got: null }, T0), 'good', /does not show when it expires/],
  ['a wrong password', judgeLogin(trouble({ refused: 'password' })), 'refused', /^NOMAD answered .*fix NOMAD_USERNAME/],
  ['a dead token', judgeLogin(trouble({ refused: 'token' })), 'refused', /create a new personal access token/],
  ['an account that is not admitted', judgeLogin(trouble({})), 'refused', /ask the operators/],
  ['a login service that is down', judgeLogin(trouble({ reason: 'unreachable' })), 'unreachable', /has a problem/],
  ['an answer that is no login', judgeLogin(trouble({ reason: 'invalid' })), 'bad', /NOMAD_URL/],
  [
    'let in, without a mail address',
    judgeLogin({ ok: true, username: null, identity: { userId: 'u-1', email: null }, isAdmin: false }),
    'good',
    /^NOMAD_TOKEN is accepted: user u-1, no mail address$/,
  ],
  [
    "the finding without the log's advice",
    judgeLogin(trouble({ problem: 'login: NOMAD answered 401; fix NOMAD_PASSWORD', refused: 'password' })),
    'refused',
    /^NOMAD answered 401 fix NOMAD_USERNAME/,
  ],
  [
    'nor that for a token',
    judgeLogin(trouble({ problem: 'login: no; make a new token', refused: 'token' })),
    'refused',
    /^no create a new personal access token in NOMAD/,
  ],
  [
    'but with what else it says',
    judgeLogin(trouble({ problem: 'at login: x; mend this; then that', refused: 'token' })),
    'refused',
    /^at login: x; mend this; then that create/,
  ],

  [
    'the lifetime asked',
    judgeToken({ kind: 'password', asked: 86_400, got: 86_399 }, T0),
    'good',
    /^1 day, as requested/,
  ],
  [
    'a shorter lifetime',
    judgeToken({ kind: 'password', asked: 86_400, got: 3600 }, T0),
    'good',
    /^1 h, as NOMAD allows/,
  ],
  [
    'a lifetime that lost two seconds on its way',
    judgeToken({ kind: 'password', asked: 86_400, got: 86_398 }, T0),
    'good',
    /^1 day, as requested; renewed before it expires$/,
  ],
  [
    'three seconds less is less',
    judgeToken({ kind: 'password', asked: 3600, got: 3597 }, T0),
    'good',
    /^1 h, as NOMAD allows \(1 h requested\); renewed/,
  ],
  ['a lifetime of a minute', judgeToken({ kind: 'password', asked: 60, got: 60 }, T0), 'good', /^1 min, as requested/],
  [
    'seconds of a minute',
    judgeToken({ kind: 'password', asked: 60, got: 59 }, T0),
    'bad',
    /^59 s: each poll.*operators/,
  ],
  ['a lifetime of seconds', judgeToken({ kind: 'password', asked: 5, got: 5 }, T0), 'bad', /NOMAD_TOKEN_LIFETIME/],
  ['no more than seconds allowed', judgeToken({ kind: 'password', asked: 3600, got: 5 }, T0), 'bad', /operators/],
  ['an opaque app token', judgeToken({ kind: 'password', asked: 5, got: null }, T0), 'good', /does not show/],
  ['a personal access token', judgeToken(pat, T0), 'good', /does not show when it expires/],
  ['a token that renews itself', judgeToken(given(1, true), T0), 'good', /in 1 day; it is renewed/],
  ['a token of 8 days', judgeToken(given(8, false), T0), 'good', /2026-11-28T10:00Z, in 8 days, and cannot/],
  ['a token of 7 days', judgeToken(given(7, false), T0), 'bad', /cannot be renewed create a new token/],
  ['a token of 7 days, perhaps renewable', judgeToken(given(7, null), T0), 'bad', /is not known/],

  ['a listing', judgeListing(listed, []), 'good', /^12 uploads in 80 ms/],
  ['a listing by roles', judgeListing(listed, ['main_author', 'reviewer']), 'good', /as main_author, reviewer in 80/],
  [
    'a listing that is not well',
    judgeListing(trouble({ reason: 'invalid', problem: 'list of uploads: no JSON' }), []),
    'bad',
    /^no JSON set NOMAD_URL/,
  ],
  ['a listing by role', judgeListing({ ...listed, uploads: 1 }, ['reviewer']), 'good', /^1 upload as reviewer/],
  [
    'uploads that cannot be read',
    judgeListing({ ...listed, malformed: 2 }, []),
    'bad',
    /14 uploads.*2 of them cannot be read .*its log names them/,
  ],
  ['no right to list', judgeListing(trouble({ problem: '403 "Missing scopes: []"' }), []), 'bad', /uploads:read/],
  ['a listing refused', judgeListing(trouble({}), []), 'bad', /may not list/],
  ['a listing that never ends', judgeListing(trouble({ reason: 'incomplete' }), []), 'bad', /try again/],
  ['a listing that is none', judgeListing(trouble({ reason: 'invalid' }), []), 'bad', /NOMAD_URL/],
  ['a listing that fails', judgeListing(trouble({ reason: 'unreachable' }), []), 'unreachable', /has a problem/],
]);

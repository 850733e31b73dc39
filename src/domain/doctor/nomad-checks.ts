// What the findings about NOMAD mean, and what to do: is it there, is it NOMAD, does it let us in, for how long, what does it list,
// and does its clock agree with ours. Pure; times in ms unless said otherwise.
import { DAY, MINUTE } from '../text/durations.ts';
import { type Grade, type Part, bad, ok, skipped } from './findings.ts';
import type { Behaviour } from './processing-check.ts';
import type { Identity } from '../nomad/health.ts';
import { counted, spanText } from '../text/one-line.ts';

/** What came of a question without any login. */
export type Reachability =
  | { readonly kind: 'silence'; readonly problem: string }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly content: 'json' | 'html' | 'other';
      /** Where a 3xx points. */
      readonly location: string | null;
      readonly milliseconds: number;
      /** Our clock less NOMAD's; null: its answer has no date. */
      readonly ahead: number | null;
    };

/** Why NOMAD did not do what it was asked. */
export interface Trouble {
  readonly ok: false;
  readonly reason: 'unreachable' | 'unauthorized' | 'invalid' | 'incomplete';
  readonly problem: string;
  readonly refused: 'password' | 'token' | null;
}

export type LoginFact =
  | {
      readonly ok: true;
      /** null: in with NOMAD_TOKEN. */
      readonly username: string | null;
      readonly identity: Identity;
      /** An administrator of that NOMAD, as far as it says. */
      readonly isAdmin: boolean;
    }
  | Trouble;

export type TokenFact =
  /** Seconds asked and got; `got` null: the token does not show it. */
  | { readonly kind: 'password'; readonly asked: number; readonly got: number | null }
  /** NOMAD gives no app token: a login's own is used. Seconds. */
  | { readonly kind: 'access'; readonly got: number | null }
  /** A given token. `expiresAt` null: it does not show it. `renewable` null: it could not be found out. */
  | { readonly kind: 'token'; readonly expiresAt: number | null; readonly renewable: boolean | null };

export type ListingFact =
  | {
      readonly ok: true;
      readonly uploads: number;
      /** How many more could not be read. */
      readonly malformed: number;
      readonly milliseconds: number;
      /** How it processes; null: no upload shows it. */
      readonly behaviour: Behaviour | null;
    }
  | Trouble;

const ADDRESS =
  'set NOMAD_URL to the address of the API, or of its GUI, for example https://nomad-lab.eu/prod/v1/api/v1';
const NOT_WELL =
  'NOMAD, or the gateway in front of it, has a problem: try again later or ask its operators; the monitor itself keeps trying';

export function judgeReach(url: string, fact: Reachability): Part {
  if (fact.kind === 'silence')
    return bad('nomad', `${url}: ${fact.problem}`, silenceAdvice(fact.problem), 'unreachable');
  const { status, content, location, milliseconds } = fact;
  if (status >= 500 || status === 408 || status === 429)
    return bad('nomad', `${url} answers ${status}`, NOT_WELL, 'unreachable');
  if (status >= 300 && status < 400)
    return bad('nomad', `${url} answers ${status} and redirects to ${location ?? 'nowhere'}`, ADDRESS);
  if (content === 'html')
    return bad(
      'nomad',
      `${url} answers ${status} with a web page (HTML): this is not NOMAD's API`,
      `${ADDRESS}; a login page in front of NOMAD must let the API through`,
    );
  // Who is asked without a login must refuse: anything else is not NOMAD.
  if (content === 'other' || (status !== 401 && status !== 403))
    return bad('nomad', `${url} answers ${status}, but not as NOMAD's API does`, ADDRESS);
  return ok('nomad', `${url} in ${Math.round(milliseconds)} ms`);
}

/** `problem` begins with the code of Node or got. */
function silenceAdvice(problem: string): string {
  if (problem.startsWith('the proxy of '))
    return 'fix HTTPS_PROXY or HTTP_PROXY, or ask who runs the proxy; if NOMAD can be reached without it, add its host name to NO_PROXY';
  if (/ENOTFOUND|EAI_AGAIN/.test(problem)) return 'this host name is unknown: is NOMAD_URL right, and does DNS work?';
  if (problem.includes('ECONNREFUSED'))
    return 'nothing is listening there: is the port in NOMAD_URL right, and is NOMAD running?';
  if (/CERT|SIGNATURE|ISSUER|ALTNAME|self[- ]signed/i.test(problem))
    return 'its certificate is not trusted: ask the operators to fix it, or name the file of your own authority in NODE_EXTRA_CA_CERTS (in the environment, not in .env)';
  return 'is NOMAD_URL right, and is the network up? If a proxy is needed, set HTTPS_PROXY';
}

/** Beyond this, times in messages and logs mislead. */
const MAX_SKEW = MINUTE;

export function judgeClock(fact: Reachability): Part {
  if (fact.kind === 'silence') return skipped('clock', 'NOMAD does not answer');
  if (fact.ahead === null) return skipped('clock', "NOMAD's answer has no date");
  const off = Math.abs(fact.ahead);
  if (off <= MAX_SKEW) return ok('clock', "agrees with NOMAD's");
  const finding = `${spanText(off)} ${fact.ahead > 0 ? 'ahead of' : 'behind'} NOMAD's`;
  return bad('clock', finding, 'synchronise the clock by NTP, for example: timedatectl set-ntp true');
}

const ADMIN =
  "an administrator's account: NOMAD lists only its own uploads and those shared with it, so the uploads of others are not watched";

export function judgeLogin(fact: LoginFact): Part {
  if (!fact.ok) {
    const { finding, grade } = troubleOf(fact);
    return bad('login', finding, loginAdvice(fact), fact.reason === 'unauthorized' ? 'refused' : grade);
  }
  const { username, identity, isAdmin } = fact;
  const name = username ?? 'NOMAD_TOKEN';
  if (identity.userId === null)
    return ok('login', `${name} is accepted, but may not read whose it is (scope users:read)`);
  const who = `${name} is accepted: user ${identity.userId}, ${identity.email ?? 'no mail address'}`;
  return ok('login', isAdmin ? `${who}; ${ADMIN}` : who);
}

function loginAdvice({ reason, refused, problem }: Trouble): string {
  if (refused === 'password')
    return "fix NOMAD_USERNAME and NOMAD_PASSWORD: try them on NOMAD's own page; if they are right, the account may be locked, which the operators of this NOMAD can check and undo; the monitor makes at most 5 login attempts that are refused per hour";
  if (refused === 'token')
    return 'create a new personal access token in NOMAD (1.4.2 and later) with the scopes uploads:read, entries:read and users:read, and set NOMAD_TOKEN; before 1.4.2 set NOMAD_USERNAME and NOMAD_PASSWORD instead';
  if (reason === 'unreachable' && problem.includes('a login that hangs'))
    return 'the login hangs: ask the operators of this NOMAD whether its identity server (Keycloak) is working, and wait some minutes before another attempt; the monitor waits 5 minutes, and continues with a token that is still valid';
  if (reason === 'unauthorized') return 'this account is not allowed in: ask the operators of this NOMAD';
  if (reason === 'unreachable') return NOT_WELL;
  return ADDRESS;
}

const SOON = 7 * DAY;
/** Seconds. What lives shorter has to be had anew for each poll. */
const SHORTEST = 60;

export function judgeToken(fact: TokenFact, now: number): Part {
  if (fact.kind === 'password') return judgeLifetime(fact.asked, fact.got);
  if (fact.kind === 'access') {
    const life = fact.got === null ? 'it does not show when it expires' : `valid for ${spanText(fact.got * 1000)}`;
    return ok(
      'token_lifetime',
      `NOMAD issues no app tokens for this account; the token of each login is used (${life}) and renewed by a new login`,
    );
  }
  const { expiresAt, renewable } = fact;
  if (expiresAt === null)
    return ok(
      'token_lifetime',
      'NOMAD_TOKEN does not show when it expires, and cannot be renewed: look it up in NOMAD',
    );
  const end = `expires at ${new Date(expiresAt).toISOString().slice(0, 16)}Z, in ${spanText(expiresAt - now)}`;
  if (renewable === true) return ok('token_lifetime', `NOMAD_TOKEN ${end}; it is renewed before that`);
  const finding = `NOMAD_TOKEN ${end}, and ${renewable === null ? 'whether it can be renewed is not known' : 'cannot be renewed'}`;
  if (expiresAt - now > SOON) return ok('token_lifetime', finding);
  return bad('token_lifetime', finding, 'create a new token in NOMAD before that and set NOMAD_TOKEN');
}

function judgeLifetime(asked: number, got: number | null): Part {
  if (got === null) return ok('token_lifetime', 'the token does not show when it expires; it is renewed when refused');
  const span = spanText(got * 1000);
  if (got < SHORTEST)
    return bad(
      'token_lifetime',
      `${span}: each poll must log in again`,
      asked < SHORTEST
        ? 'set NOMAD_TOKEN_LIFETIME to 1h or more'
        : 'ask the operators of this NOMAD to allow longer app tokens',
    );
  // The server's date has no fraction of a second.
  if (got < asked - 2)
    return ok(
      'token_lifetime',
      `${span}, as NOMAD allows (${spanText(asked * 1000)} requested); renewed before it expires`,
    );
  return ok('token_lifetime', `${span}, as requested; renewed before it expires`);
}

export function judgeListing(fact: ListingFact, roles: readonly string[]): Part {
  if (!fact.ok) {
    const { finding, grade } = troubleOf(fact);
    return bad('listing', finding, listingAdvice(fact), grade);
  }
  const { uploads, malformed, milliseconds } = fact;
  const as = roles.length === 0 ? '' : ` as ${roles.join(', ')}`;
  const listed = `${counted(uploads + malformed, 'upload')}${as} in ${Math.round(milliseconds)} ms`;
  if (malformed === 0) return ok('listing', listed);
  const advice = 'these are not watched: a newer version of the monitor may be able to read them; its log names them';
  return bad('listing', `${listed}; ${malformed} of them cannot be read`, advice);
}

function listingAdvice({ reason, problem }: Trouble): string {
  if (problem.includes('Missing scopes'))
    return 'create a personal access token (NOMAD 1.4.2 and later) with the scope uploads:read and set NOMAD_TOKEN';
  if (reason === 'unauthorized') return 'this account may not list uploads: ask the operators of this NOMAD';
  if (reason === 'unreachable') return NOT_WELL;
  if (reason === 'incomplete') return 'the list of uploads is changing right now: try again';
  return ADDRESS;
}

/** Without what it was about, which the part's name says, and without the advice in it, which is for a log: ours stands beside it. */
function troubleOf({ reason, problem }: Trouble): { readonly finding: string; readonly grade: Grade } {
  const finding = problem.replace(/^(login|list of uploads): /, '').replace(/; (fix|make a new) [^;]*$/, '');
  return { finding, grade: reason === 'unreachable' ? reason : 'bad' };
}

// How NOMAD treats us from poll to poll: unreachable, refusing the login, a token that will end. Kept in the state, so that a restart
// neither forgets nor repeats. Pure; times are ms of our own clock, for a NOMAD that is down has none.
import type { Details, EventKind, DetectedChange } from '../event.ts';
import type { Stall } from '../diff/stall.ts';
import { DAY } from '../text/durations.ts';
import { spanText } from '../text/one-line.ts';

/** Whose uploads these are, as far as the token may read it. */
export interface Identity {
  /** null where the token may not read it (a personal access token without `users:read`). */
  readonly userId: string | null;
  readonly email: string | null;
}

export interface Health {
  /** From the last login that had it: while NOMAD is down, this says whose events these are and who is notified. */
  readonly identity: Identity | null;
  /** No complete listing since then, and why; null: the last poll was good. */
  readonly failing: { readonly since: number; readonly problem: string; readonly told: boolean } | null;
  readonly refused: { readonly since: number; readonly polls: number; readonly told: boolean } | null;
  /** When we last looked at NOMAD. */
  readonly lookedAt: number;
  /** The last warning about a token that ends. */
  readonly warned: { readonly expiresAt: number; readonly days: number } | null;
  /** The authors' names by user id, as NOMAD last gave them. Absent: a state from before these were kept. */
  readonly names?: Readonly<Record<string, string>>;
  /** Whether it processes anything at all, by its own clock. Absent: a state from before this was watched. */
  readonly stall?: Stall;
  /** Of NOMAD, for texts to its administrators; null: it does not say. `askedAt` in ms. Absent: nobody needed it yet. */
  readonly version?: { readonly text: string | null; readonly askedAt: number };
}

export const HEALTHY: Health = { identity: null, failing: null, refused: null, lookedAt: 0, warned: null };

/** What a poll came to, as far as it matters here. `password`, `token`: NOMAD refused that; else it is not the login's fault. */
export type Contact =
  | { readonly ok: true; readonly identity: Identity }
  | {
      readonly ok: false;
      readonly problem: string;
      readonly refused: 'password' | 'token' | null;
      /** When NOMAD was first asked in vain; now, when not given. */
      readonly since?: number;
    };

export interface TokenLife {
  /** null: not to be seen. */
  readonly expiresAt: number | null;
  readonly renewable: boolean;
}

export interface HealthInput {
  readonly contact: Contact;
  readonly token: TokenLife;
  /** The first look of this process: how long ago the last one was shows whether we were away. */
  readonly isFirst: boolean;
  readonly unreachableAfter: number;
  /** When the poll had ended: what it waited for answers counts. */
  readonly now: number;
}

export interface Judgement {
  readonly health: Health;
  readonly found: readonly DetectedChange[];
}

/** A password is refused for good; one worker of several with an old secret refuses a good token, but not three times in a row. */
const REFUSALS_TO_REPORT = { password: 1, token: 3 } as const;
const WARN_DAYS = [1, 7] as const;

export function judgeHealth(before: Health, input: HealthInput): Judgement {
  const { contact, now } = input;
  const found: DetectedChange[] = [];
  const add = (kind: EventKind, mark: number, details: Details) =>
    found.push({ key: `${kind} ${mark}`, kind, time: now, upload: null, before: null, after: null, details });

  const isRefused = !contact.ok && contact.refused !== null;
  // A NOMAD that refuses the login is there.
  const failing = contact.ok || isRefused ? null : stillFailing(before, contact, input);
  if (failing?.told === true && before.failing?.told !== true) {
    add('nomad.unreachable', failing.since, { since: failing.since, problem: failing.problem });
  }
  if (failing === null && before.failing?.told === true) {
    add('nomad.reachable', before.failing.since, { since: before.failing.since, problem: before.failing.problem });
  }

  const refused = refusedNow(before, contact, now);
  if (refused?.told === true && before.refused?.told !== true && !contact.ok) {
    add('nomad.login_refused', refused.since, {
      since: refused.since,
      problem: contact.problem,
      what: contact.refused,
    });
  }
  if (refused === null && before.refused?.told === true) {
    add('nomad.login_restored', before.refused.since, { since: before.refused.since });
  }

  const identity = contact.ok ? contact.identity : before.identity;
  // Before the first login it may be that nobody can be notified, and this is told once.
  const warned = identity === null ? before.warned : warnedNow(before, input);
  if (warned !== null && warned !== before.warned) {
    const { expiresAt, days } = warned;
    add('nomad.token_expiring', expiresAt + days, { expires: expiresAt, days });
  }
  return { health: { ...before, identity, failing, refused, lookedAt: now, warned }, found };
}

/** While no poll is made (NOMAD asked us to wait), a failure grows old all the same. */
export function judgeWaiting(before: Health, unreachableAfter: number, now: number): Judgement {
  if (before.failing === null) return { health: before, found: [] };
  const contact = { ok: false, problem: before.failing.problem, refused: null } as const;
  const token = { expiresAt: null, renewable: true };
  return judgeHealth(before, { contact, token, isFirst: false, unreachableAfter, now });
}

/** Slow is not silent: only what has had no answer for so long is held against NOMAD before the request ends. */
const SILENT = 10_000;

/** While a poll has waited for its next answer since then: an outage is reported in time, not only when the request is given up. */
export function judgeSilence(
  before: Health,
  since: number,
  { now, ...more }: Pick<HealthInput, 'isFirst' | 'unreachableAfter' | 'now'>,
): Judgement {
  const nothing = { health: before, found: [] };
  if (now - since < SILENT) return nothing;
  const problem = `no answer yet to a request sent ${spanText(now - since)} ago`;
  const contact = { ok: false, problem: before.failing?.problem ?? problem, refused: null, since } as const;
  const judged = judgeHealth(before, { contact, token: { expiresAt: null, renewable: true }, now, ...more });
  return judged.found.length === 0 ? nothing : judged;
}

/** After our clock was set (or the machine slept) by that much, ms: what was measured by it moves along. */
export function shiftHealth(health: Health, milliseconds: number): Health {
  const { failing, refused, lookedAt, version } = health;
  return {
    ...health,
    lookedAt: lookedAt + milliseconds,
    failing: failing && { ...failing, since: failing.since + milliseconds },
    refused: refused && { ...refused, since: refused.since + milliseconds },
    ...(version && { version: { ...version, askedAt: version.askedAt + milliseconds } }),
  };
}

/** The time that we were away ourselves is not held against NOMAD, nor is a clock that was set. */
function stillFailing(
  before: Health,
  { problem, since: askedAt }: Contact & { readonly ok: false },
  { now, unreachableAfter, isFirst }: HealthInput,
): Health['failing'] {
  const last = before.failing;
  if (last?.told === true) return { ...last, problem };
  const begun = Math.min(askedAt ?? now, now);
  const wasAway = isFirst && begun > before.lookedAt + unreachableAfter;
  const since = last === null || wasAway || last.since > now ? begun : last.since;
  return { since, problem, told: now - since >= unreachableAfter };
}

function refusedNow({ refused }: Health, contact: Contact, now: number): Health['refused'] {
  if (contact.ok) return null;
  // Nothing is known of the login while NOMAD fails otherwise; a token's refusals count only in a row.
  if (contact.refused === null) return refused?.told === true ? refused : null;
  const polls = (refused?.polls ?? 0) + 1;
  const told = refused?.told === true || polls >= REFUSALS_TO_REPORT[contact.refused];
  return { since: refused?.since ?? now, polls, told };
}

function warnedNow({ warned }: Health, { token, now }: HealthInput): Health['warned'] {
  if (token.expiresAt === null || token.renewable || token.expiresAt <= now) return warned;
  const left = token.expiresAt - now;
  const days = WARN_DAYS.find((each) => left <= each * DAY);
  if (days === undefined) return warned;
  const isKnown = warned?.expiresAt === token.expiresAt && warned.days <= days;
  return isKnown ? warned : { expiresAt: token.expiresAt, days };
}

// What the findings about our own side mean, and what to do: the mail server, the state folder, the HTTP port. Pure.
import { type MailCause, isSetup, setupAdvice } from '../mail/smtp-advice.ts';
import { type Part, bad, ok } from './findings.ts';

/** What came of greeting the mail server, logging in there, and asking whether MAIL_FROM may send; nothing was sent. */
export type MailFact =
  | { readonly ok: true; readonly milliseconds: number }
  | { readonly ok: false; readonly cause: MailCause; readonly problem: string };

export type StateFact =
  /** `at`: the state file or its folder. `isNew`: there is none yet, it can be made. `isOlder`: the next start brings it up to date. */
  | { readonly kind: 'usable'; readonly at: string; readonly isNew: boolean; readonly isOlder: boolean }
  | { readonly kind: 'in use'; readonly at: string }
  | {
      readonly kind: 'unusable';
      readonly at: string;
      readonly why: 'not writable' | 'not ours' | 'corrupt' | 'newer' | 'database';
      readonly problem: string;
    };

export type PortFact =
  | { readonly kind: 'free' }
  /** `said`: what its /healthz answers; null: it does not answer as a monitor does. */
  | { readonly kind: 'taken'; readonly said: { readonly isWell: boolean; readonly text: string } | null }
  | { readonly kind: 'not to be had'; readonly code: string };

/** Who would get mail. `to`: by default. `problem`: which mail has no recipient, and why; null: each has one. */
export interface Recipients {
  readonly to: readonly string[];
  readonly problem: string | null;
}

const SET_MAIL_TO = 'set MAIL_TO, for example MAIL_TO=ada@lab.example';

/** `server`: host and port, without user and password. */
export function judgeMail(server: string, fact: MailFact, { to, problem }: Recipients): Part {
  if (!fact.ok) {
    const missing = problem === null ? '' : `; ${problem}`;
    const advice = [mailAdvice(fact.cause), ...(problem === null ? [] : [SET_MAIL_TO])].join('\n');
    return bad('smtp', `${server}: ${fact.problem}${missing}`, advice);
  }
  if (problem !== null) return bad('smtp', `${server} works, but ${problem}`, SET_MAIL_TO);
  const whom = to.length === 0 ? 'as the rules say' : `to ${to.join(', ')}`;
  return ok('smtp', `${server} in ${Math.round(fact.milliseconds)} ms, mail ${whom}`);
}

function mailAdvice(cause: MailCause): string {
  if (isSetup(cause)) return setupAdvice(cause);
  if (cause === 'silence')
    return 'check the host and the port in SMTP_URL, and that no firewall blocks the connection; smtp://…:587 and smtps://…:465 are usual, smtp://…:25 on this machine';
  if (cause === 'later') return 'run doctor again in some minutes; mails wait for it, too';
  return "ask the mail server's administrators what this answer means";
}

export function judgeState(fact: StateFact): Part {
  const { at } = fact;
  switch (fact.kind) {
    case 'in use':
      return ok('state', `${at} is in use by a running monitor`);
    case 'usable':
      if (fact.isNew) return ok('state', `${at} will be created at the first start`);
      return ok('state', `${at} can be written${fact.isOlder ? '; the next start migrates it' : ''}`);
    case 'unusable':
      return bad('state', `${at}: ${fact.problem}`, stateAdvice[fact.why], 'state');
  }
}

const stateAdvice = {
  'not writable': 'set STATE_DIR to a writable folder, and make sure that its disk is not full',
  'not ours': 'run doctor as the user that the monitor runs as, or set STATE_DIR to a folder of your own',
  corrupt: 'restore a backup, or move it away and restart: the next poll is then a new baseline',
  newer: 'install that newer version again',
  database:
    'fix DATABASE_URL, or the problem that its server reports; docs/high-availability.md lists the rights that its user needs',
} as const;

/** `address`: host and port. `stateInUse`: a monitor runs on our own state, so the one on the port may be it. */
export function judgePort(address: string, fact: PortFact, stateInUse: boolean): Part {
  if (fact.kind === 'free') return ok('http', `${address} is free`);
  if (fact.kind === 'not to be had')
    return bad('http', `${address} cannot be used (${fact.code})`, portAdvice(fact.code));
  const { said } = fact;
  if (said === null) return bad('http', `${address} is in use by something else`, FREE_PORT);
  if (!stateInUse)
    return bad(
      'http',
      `${address} is in use by a monitor with another state`,
      `${FREE_PORT}; if you mean that monitor, run doctor with its STATE_DIR`,
    );
  if (said.isWell) return ok('http', `${address} is in use by the running monitor, which is healthy`);
  return bad('http', `${address}: the running monitor says "${said.text}"`, 'check its log, and restart it');
}

const FREE_PORT = 'set HTTP_PORT to a free port, for example 9698';

function portAdvice(code: string): string {
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'set HTTP_HOST to an address of this machine, for example 127.0.0.1';
  if (code === 'EACCES') return 'ports below 1024 are for root: set HTTP_PORT to one above, for example 9697';
  return 'set HTTP_HOST and HTTP_PORT to others, for example 127.0.0.1 and 9698';
}

// Mail that has no recipient: it is for the account's own address, and that is not known, or there is none. Pure.
import { EVENT_KINDS, type EventKind } from '../event.ts';
import type { Identity } from '../nomad/health.ts';
import type { Rules } from './routing.ts';

/** The channels, and what goes to them where no rule says otherwise. */
export interface Notified {
  readonly notifyOn: readonly EventKind[];
  /** null: no mail. `to` null: the account's own address. */
  readonly mail: { readonly to: readonly string[] | null } | null;
  readonly webhook: boolean;
  readonly chat: boolean;
  readonly alertmanager: boolean;
  /** Whether there is the summary of `DIGEST_SCHEDULE`. */
  readonly digest: boolean;
}

/** What can be found before NOMAD has said whose the account is. */
const BEFORE_LOGIN: readonly EventKind[] = ['nomad.unreachable', 'nomad.reachable', 'nomad.login_refused'];

/** What is said of it, and what to do: one sentence, without a capital and a full stop; null as below. */
export function noRecipientText(rules: Rules, notified: Notified, identity: Identity | null): string | null {
  const problem = noRecipientProblem(rules, notified, identity);
  return problem === null ? null : `${problem}; set MAIL_TO`;
}

/** Who cannot be notified, and why. null: all that is to be sent has a recipient. `identity` null: there was no login yet. */
export function noRecipientProblem(rules: Rules, notified: Notified, identity: Identity | null): string | null {
  const { mail, notifyOn, digest } = notified;
  if (mail?.to !== null) return null;
  if (identity !== null && identity.email !== null) return null;
  const isOwn = (kind: EventKind) => goesToOwnAddress(rules, kind, notifyOn.includes(kind));
  const isMissed =
    identity === null ? BEFORE_LOGIN.some(isOwn) : isSummaryOwn(rules, digest) || EVENT_KINDS.some(isOwn);
  if (!isMissed) return null;
  const when = identity === null ? 'until the first login ' : '';
  return `${when}${whoText(rules, notified)}: MAIL_TO is not set, and ${causeText(identity)}`;
}

/** Whether an event of a kind can be for the account's own address. `isNotified`: by NOTIFY_ON. */
function goesToOwnAddress({ routes }: Rules, kind: EventKind, isNotified: boolean): boolean {
  let isRouted = false;
  for (const { match, mail, continue: goesOn } of routes) {
    const isForAll = match.author === null && match.uploadName === null && match.role === null;
    const isOfKind = match.kind === null ? isNotified : match.kind.includes(kind);
    if (!isOfKind || (!isForAll && !kind.startsWith('upload.'))) continue;
    if (mail === 'default') return true;
    if (isForAll && !goesOn) return false;
    isRouted ||= isForAll;
  }
  return isNotified && !isRouted;
}

function isSummaryOwn({ summaries }: Rules, digest: boolean): boolean {
  return digest || summaries.some(({ mail }) => mail === 'default');
}

function whoText({ routes, summaries }: Rules, { webhook, chat, alertmanager }: Notified): string {
  if ([...routes, ...summaries].some(({ mail }) => Array.isArray(mail))) return 'some mails have no recipient';
  const others = [
    ...(webhook ? ['webhook'] : []),
    ...(chat ? ['chat'] : []),
    ...(alertmanager ? ['Alertmanager'] : []),
  ];
  return others.length === 0 ? 'nobody can be notified' : `no mail can be sent (not affected: ${others.join(', ')})`;
}

function causeText(identity: Identity | null): string {
  if (identity === null) return "the account's own address is not known before it";
  if (identity.userId !== null) return 'the account has no address in NOMAD';
  return "NOMAD_TOKEN may not read the account's own address (scope users:read)";
}

// The rules in force: which events go to whom. Pure; the file they come from is read elsewhere (docs/rules.md).
import type { Event, EventKind } from '../event.ts';
import { globMatches } from '../text/glob.ts';
import type { Quiet } from './quiet-hours.ts';
import type { Role } from '../upload.ts';

export interface Rules {
  readonly routes: readonly Route[];
  readonly quiet: readonly Quiet[];
  readonly summaries: readonly SummaryRule[];
  readonly recipients: readonly RecipientWishes[];
}

/** What a reader of mails wishes, whatever sends them there. */
export interface RecipientWishes {
  /** An address, alone or as `Name <address>`. */
  readonly mail: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Keys that are null match everything; those that are given must all match, each by any of its values. */
export interface Match extends UploadMatch {
  readonly kind: readonly EventKind[] | null;
}

export interface UploadMatch {
  /** Globs, without regard to case. */
  readonly author: readonly string[] | null;
  /** Globs. */
  readonly uploadName: readonly string[] | null;
  readonly role: readonly Role[] | null;
}

export const ALL_UPLOADS: UploadMatch = { author: null, uploadName: null, role: null };

/** By channel. */
export interface Recipients {
  /** 'default': where mail goes without rules. null: no mail. */
  readonly mail: readonly string[] | 'default' | null;
  readonly webhook: boolean;
  readonly chat: boolean;
}

export interface Route extends Recipients {
  readonly match: Match;
  /** false: where it applies, no later route is looked at. */
  readonly continue: boolean;
  /** Where it stands in the file. */
  readonly line: number;
}

/** A summary of uploads, and whom it is for. */
export interface SummaryRule extends Recipients {
  /** A cron pattern. */
  readonly schedule: string;
  /** Which uploads. */
  readonly match: UploadMatch;
  /** null: one list. */
  readonly groupBy: 'author' | null;
}

export const NO_RULES: Rules = { routes: [], quiet: [], summaries: [], recipients: [] };

/** What of an event decides where it goes. */
export interface Subject {
  readonly kind: EventKind;
  /** null: the event is about no upload. */
  readonly upload: UploadSubject | null;
}

/** What of an upload decides which rules are about it. */
export interface UploadSubject {
  readonly name: string;
  /** The main author's name. */
  readonly author: string;
  readonly role: Role | null;
}

/** What is configured, and which events notify where no rule says otherwise. */
export interface Defaults {
  readonly notifyOn: ReadonlySet<EventKind>;
  readonly mailTo: readonly string[];
  readonly webhook: boolean;
  readonly chat: boolean;
}

export interface Target {
  readonly channel: 'mail' | 'webhook' | 'chat';
  /** An address; of webhook and chat, of which there is one each, their name. */
  readonly recipient: string;
}

export function subjectOf({ kind, upload }: Pick<Event, 'kind' | 'upload'>): Subject {
  if (upload === null) return { kind, upload: null };
  return {
    kind,
    upload: { name: upload.name ?? '', author: upload.author, role: upload.role },
  };
}

/** Where an event goes: to all routes that apply, or where none does by default. No recipient twice. */
export function targetsOf(rules: Rules, subject: Subject, defaults: Defaults): readonly Target[] {
  return explain(rules, subject, defaults).targets;
}

export interface Explanation {
  readonly routes: readonly { readonly route: Route; readonly verdict: RouteVerdict }[];
  /** No route applied. */
  readonly isDefault: boolean;
  readonly targets: readonly Target[];
}

/** `not reached`: an earlier route that applied says `continue: false`. `not notified`: NOTIFY_ON leaves the kind out, and the route names no kinds. */
export type RouteVerdict = 'applies' | 'not reached' | 'not notified' | keyof Match;

export function explain({ routes }: Rules, subject: Subject, defaults: Defaults): Explanation {
  const isNotified = defaults.notifyOn.has(subject.kind);
  let isOver = false;
  const judged = routes.map((route) => {
    const verdict: RouteVerdict = isOver ? 'not reached' : verdictOf(route, subject, isNotified);
    if (verdict === 'applies' && !route.continue) isOver = true;
    return { route, verdict };
  });
  const applied = judged.filter(({ verdict }) => verdict === 'applies').map(({ route }) => route);
  const isDefault = applied.length === 0;
  const everything = { mail: 'default', webhook: true, chat: true } as const;
  const chosen = isDefault ? (isNotified ? [everything] : []) : applied;
  return { routes: judged, isDefault, targets: unique(chosen.flatMap((route) => targetsOfRoute(route, defaults))) };
}

function verdictOf({ match }: Route, { kind, upload }: Subject, isNotified: boolean): RouteVerdict {
  if (match.kind !== null && !match.kind.includes(kind)) return 'kind';
  if (match.kind === null && !isNotified) return 'not notified';
  return mismatchOf(match, upload) ?? 'applies';
}

/** Which key of a match is not true of an upload; null: all are. `upload` null: there is none. */
export function mismatchOf(
  { author, uploadName, role }: UploadMatch,
  upload: UploadSubject | null,
): keyof UploadMatch | null {
  if (
    author !== null &&
    (upload === null || !author.some((each) => globMatches(each.toLowerCase(), upload.author.toLowerCase())))
  )
    return 'author';
  if (uploadName !== null && (upload === null || !uploadName.some((each) => globMatches(each, upload.name))))
    return 'uploadName';
  if (role !== null && (upload === null || !role.some((each) => each === upload.role))) return 'role';
  return null;
}

/** To whom a summary goes. No recipient twice. */
export function summaryTargets(rule: Recipients, defaults: Defaults): readonly Target[] {
  return unique(targetsOfRoute(rule, defaults));
}

function targetsOfRoute({ mail, webhook, chat }: Recipients, defaults: Defaults): readonly Target[] {
  const addresses = mail === 'default' ? defaults.mailTo : (mail ?? []);
  return [
    ...addresses.map((recipient): Target => ({ channel: 'mail', recipient })),
    ...(webhook && defaults.webhook ? [{ channel: 'webhook', recipient: 'webhook' } as const] : []),
    ...(chat && defaults.chat ? [{ channel: 'chat', recipient: 'chat' } as const] : []),
  ];
}

function unique(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [`${target.channel} ${target.recipient}`, target])).values()];
}

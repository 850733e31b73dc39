// Who is notified of an event: by the rules in force, or by the configuration where no rule applies.
import type { Event, EventKind } from '../domain/event.ts';
import type { Identity } from '../domain/nomad/health.ts';
import type { Notification } from '../domain/notify/hold.ts';
import { type Notified, noRecipientText } from '../domain/notify/no-recipient.ts';
import {
  type Defaults,
  type Recipients,
  type Rules,
  type Target,
  subjectOf,
  summaryTargets,
  targetsOf,
} from '../domain/notify/routing.ts';

export interface RoutingOptions extends Notified {
  /** Those in force now. */
  readonly rules: () => Rules;
}

export interface Routing {
  targets(event: Pick<Event, 'kind' | 'upload'>, identity: Identity): readonly Target[];
  notifications(events: readonly Event[], identity: Identity): readonly Notification[];
  /** The kinds of events that somebody is notified of; null: rules decide it. */
  notifyOn(): readonly EventKind[] | null;
  /** To whom a summary goes. */
  summaryTargets(rule: Recipients, identity: Identity): readonly Target[];
  /** Where mail goes that no rule sends elsewhere; null: no mail is configured. */
  mailTo(identity: Identity): readonly string[] | null;
  /** What is said of mail that has no recipient; null: there is none. `identity` null: there was no login yet. */
  noRecipient(identity: Identity | null): string | null;
}

export function createRouting({ rules, ...channels }: RoutingOptions): Routing {
  return {
    targets: (event, identity) => targetsOf(rules(), subjectOf(event), defaultsOf(channels, identity)),
    notifyOn: () => (rules().routes.length === 0 ? channels.notifyOn : null),
    summaryTargets: (rule, identity) => summaryTargets(rule, defaultsOf(channels, identity)),
    mailTo: (identity) => mailTo(channels.mail, identity),
    notifications(events, identity) {
      const [current, defaults] = [rules(), defaultsOf(channels, identity)];
      return events.flatMap((event) =>
        targetsOf(current, subjectOf(event), defaults).map((target) => ({ eventId: event.id, ...target })),
      );
    },
    noRecipient: (identity) => noRecipientText(rules(), channels, identity),
  };
}

/** Where an event goes that no rule applies to. */
export function defaultsOf({ notifyOn, mail, webhook, chat }: Notified, identity: Identity): Defaults {
  return { notifyOn: new Set(notifyOn), mailTo: mailTo(mail, identity) ?? [], webhook, chat };
}

function mailTo(mail: RoutingOptions['mail'], { email }: Identity): readonly string[] | null {
  if (mail === null) return null;
  return mail.to ?? (email === null ? [] : [email]);
}

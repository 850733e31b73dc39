// Whose uploads are watched: the identity behind the login, its account in the store, and the events and notifications made for it.
import type { DetectedChange, Event } from '../domain/event.ts';
import type { Identity } from '../domain/nomad/health.ts';
import type { Notification } from '../domain/notify/hold.ts';
import type { Result } from '../nomad/failure.ts';
import type { Nomad } from '../nomad/nomad.ts';
import type { Account, Store } from '../store/store.ts';
import { hashOf } from './hash.ts';
import type { PollLog } from './poll-log.ts';
import type { Routing } from './recipients.ts';

export interface WatchedAccountOptions {
  readonly nomad: Pick<Nomad, 'identity'>;
  readonly store: Pick<Store, 'openAccount'>;
  readonly pollLog: Pick<PollLog, 'identity' | 'beforeLogin'>;
  /** The API base; with the user it is the account. */
  readonly deployment: string;
  /** Names the login without any secret; stands for the user where the token may not say who it is. */
  readonly login: string;
  readonly routing: Routing;
}

export interface WatchedAccount {
  /** Asked of NOMAD once. `last`: whose it was when it was last seen; null: never. */
  identify(last: Identity | null, signal?: AbortSignal): Promise<Result<Identity>>;
  /** null: not known yet. */
  readonly identity: () => Identity | null;
  /** Asked of the store once. */
  open(identity: Identity, now: number): Promise<Account>;
  /** What of it is to be stored together. The same change found again has the same id. */
  toNotify(
    found: readonly DetectedChange[],
    account: Account,
    identity: Identity,
  ): { readonly events: readonly Event[]; readonly notifications: readonly Notification[] };
}

export function createWatchedAccount(options: WatchedAccountOptions): WatchedAccount {
  const { nomad, store, pollLog, deployment, login, routing } = options;
  let me: Identity | null = null;
  let opened: { readonly user: string; readonly account: Account } | null = null;
  const userOf = ({ userId }: Identity) => userId ?? login;

  return {
    async identify(last, signal) {
      if (me !== null) return { ok: true, value: me };
      if (last === null) pollLog.beforeLogin(routing.noRecipient(null));
      const known = await nomad.identity(signal);
      if (!known.ok) return known;
      me = known.value;
      pollLog.identity(me, { mailTo: routing.mailTo(me), noRecipient: routing.noRecipient(me) });
      return known;
    },
    identity: () => me,
    async open(identity, now) {
      const user = userOf(identity);
      if (opened?.user !== user) opened = { user, account: await store.openAccount(deployment, user, now) };
      return opened.account;
    },
    toNotify(found, account, identity) {
      const whose = `${deployment} ${userOf(identity)} ${account.createdAt}`;
      const events = found.map(({ key, ...rest }): Event => ({ id: hashOf(`${whose} ${key}`), ...rest }));
      return { events, notifications: routing.notifications(events, identity) };
    },
  };
}

// The use-cases of the store on any of the databases; the rest of a Store is its driver's.
import type { Database, Session } from '../database.ts';
import type { Sharing } from '../sharing.ts';
import type { Account, Memory, Store } from '../store.ts';
import { storeHealth, storePoll, storeStanding } from './commit.ts';
import { claim, settle } from './deliveries.ts';
import { happened } from './happened.ts';
import { newestOf } from './events.ts';
import { form, loadMutes, loadQueue, outboxCounts } from './outbox.ts';
import { pruneStep } from './prune.ts';
import { addRefusal, recentRefusals } from './refusals.ts';
import { runEnds } from './run-ends.ts';
import { findAccount, loadHealth, loadSnapshot } from './snapshot.ts';

export interface SqlStoreOptions {
  readonly db: Database;
  /** With the deployment before it: whose rows it sees. */
  readonly login: string;
  readonly sharing: Sharing;
}

/** What is the same on every database; a driver adds the rest. */
type Common = Omit<Store, 'shiftTimes' | 'shrink' | 'probe'>;

export interface SqlStore {
  readonly store: Common;
  /** Deliveries that this instance has claimed and not settled. */
  readonly inHand: ReadonlySet<string>;
}

export function createSqlStore({ db, login, sharing }: SqlStoreOptions): SqlStore {
  const { asLeader } = sharing;
  const inHand = new Set<string>();
  // Two accounts may find the same at the same time: the second has to see what the first has told. Only the leader commits, so this process is all.
  const inTurn = oneAfterTheOther();
  const store: Common = {
    ...createOutbox({ db, login, sharing }, inHand),
    openAccount: (deployment, user, now) =>
      asLeader((session) => openAccount(session, sharing, { deployment, user, now })),
    loadSnapshot: (account, held = null) => loadSnapshot(db, account, held),
    commitPoll: (commit) => inTurn(() => asLeader((session) => storePoll(session, login, commit))),
    commitHealth: (commit) => inTurn(() => asLeader((session) => storeHealth(session, login, commit))),
    commitStanding: (commit) => asLeader((session) => storeStanding(session, commit)),
    loadHealth: (key) => loadHealth(db, key),
    loadMutes: (now) => loadMutes(db, login, now),
    loadMemory: (account) => db.reading((session) => loadMemory(session, account)),
    happened: (account, from, to) => happened(db, account, from, to),
    eventsOf: (account, uploadId, limit) => newestOf(db, account, uploadId, limit),
    runEnds: (account, uploadIds, limit) => runEnds(db, account, uploadIds, limit),
    recentRefusals: (key, since) => recentRefusals(db, key, since),
    addRefusal: (key, time) => db.transaction((session) => addRefusal(session, key, time)),
    prune: (before) => asLeader((session) => pruneStep(session, login, before)),
    close: () => db.close(),
  };
  return { store, inHand };
}

type Outbox = Pick<Common, 'loadQueue' | 'outboxCounts' | 'formDeliveries' | 'claimDeliveries' | 'settleDelivery'>;

/** Runs each when those before it have ended, whichever way. */
function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** What any instance may do, leading or not. */
function createOutbox({ db, login, sharing }: SqlStoreOptions, inHand: Set<string>): Outbox {
  const { instance, onOutbox } = sharing;
  return {
    loadQueue: (now, channel) => db.reading((session) => loadQueue(session, login, now, channel)),
    outboxCounts: (account = null) => outboxCounts(db, login, account),
    formDeliveries: (formed, now) =>
      onOutbox(async (session) => {
        for (const each of formed) await form(session, login, each, now);
      }),
    async claimDeliveries(channel, now, leaseUntil, limit) {
      const claims = await onOutbox(async (session) => {
        const lease = await sharing.lease(session, now, leaseUntil);
        return claim(session, { login, instance, channel, now, lease, limit, inHand: [...inHand] });
      });
      for (const { id } of claims) inHand.add(id);
      return claims;
    },
    async settleDelivery(id, settlement) {
      await onOutbox((session) => settle(session, { login, instance, id, settlement }));
      inHand.delete(id);
    },
  };
}

interface User {
  readonly deployment: string;
  readonly user: string;
  readonly now: number;
}

async function openAccount(session: Session, sharing: Sharing, { deployment, user, now }: User): Promise<Account> {
  await session.rows(
    'INSERT INTO account (deployment, user_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (deployment, user_id) DO NOTHING',
    deployment,
    user,
    now,
  );
  const account = await findAccount(session, deployment, user);
  if (account === null) throw new Error('the account was stored, and is not there');
  await sharing.admit(session, account.id);
  return account;
}

async function loadMemory(session: Session, account: number): Promise<Memory> {
  const times = async (table: 'ack' | 'reminder') => {
    const rows = await session.rows(`SELECT upload_id, at FROM ${table} WHERE account_id = $1`, account);
    return new Map(rows.map((row) => [String(row['upload_id']), Number(row['at'])] as const));
  };
  const summaries = await session.rows('SELECT schedule, at FROM summary WHERE account_id = $1', account);
  const summarised = new Map(summaries.map((row) => [String(row['schedule']), Number(row['at'])] as const));
  return { acks: await times('ack'), reminded: await times('reminder'), summarised };
}

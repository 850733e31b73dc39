// The store on SQLite. One connection, synchronous inside; a transaction reads no clock and makes no call outside.
import { eventOf } from '../documents.ts';
import type { Content } from '../../domain/notify/delivery-content.ts';
import type { Event } from '../../domain/event.ts';
import type { ChannelName, Notification } from '../../domain/notify/hold.ts';
import { sqliteFaultOf } from './errors.ts';
import { openDatabase } from './open.ts';
import { pruneStep, shrinkStep } from './prune.ts';
import { loadQueue, mutesOf } from './outbox.ts';
import { type Row, document, number } from '../rows.ts';
import { all, get } from './rows.ts';
import { loadSnapshot } from './snapshot.ts';
import { statements } from './statements.ts';
import { inTransaction } from './transaction.ts';
import type { Health } from '../../domain/nomad/health.ts';
import {
  StateNotWrittenError,
  type Claim,
  type Formed,
  type HealthCommit,
  type Memory,
  type OutboxCount,
  type PollCommit,
  type Settlement,
  type StandingCommit,
  type Store,
  StateError,
} from '../store.ts';

/** No try is put further ahead than this, ms: one that is was put there by a clock since set back, while nobody could notice. */
const MAX_AHEAD = 2 * 3_600_000;

/** Throws StateError when the state is locked by another process, corrupt, newer or not writable. `tell`: takes what an operator should know. */
export function openSqliteStore(stateDir: string, tell: (note: string) => void = () => undefined): Store {
  const { db, close } = openDatabase(stateDir, tell);
  const sql = statements(db);

  const transaction = <T>(work: () => T): T => inTransaction(db, work);

  function commitPoll(commit: PollCommit): readonly Event[] {
    const { account } = commit;
    const stored = number(get(sql.sequence, account)?.['sequence']);
    if (stored !== commit.comparedWith) {
      throw new StateError(
        `state: snapshot ${String(stored)} is stored, ${String(commit.comparedWith)} was compared with; another monitor writes to it; end one of the two`,
      );
    }
    sql.setSequence.run((stored ?? 0) + 1, commit.takenAt, account);
    for (const watched of commit.changed) sql.putUpload.run(account, watched.upload.id, JSON.stringify(watched));
    for (const id of commit.removed) {
      sql.removeUpload.run(account, id);
      sql.forgetReminders.run(account, id);
      sql.forgetAck.run(account, id);
    }
    return commitHealth(commit);
  }

  function commitHealth(commit: HealthCommit): readonly Event[] {
    const { account, now } = commit;
    sql.putHealth.run(commit.login, JSON.stringify(commit.health));
    const fresh = commit.events.filter((event) => {
      const { id, kind, time, upload } = event;
      return sql.addEvent.run(id, account, kind, time, upload?.id ?? null, JSON.stringify(event)).changes === 1;
    });
    const isFresh = new Set(fresh.map((event) => event.id));
    const lanes = new Map<string, Notification>();
    for (const notification of commit.notifications) {
      const { eventId, channel, recipient } = notification;
      if (!isFresh.has(eventId)) continue;
      sql.addNotification.run(account, eventId, channel, recipient, now);
      lanes.set(`${channel} ${recipient}`, notification);
    }
    // News is a reason to try what waits for the same recipient: it comes before the news.
    for (const { channel, recipient } of lanes.values()) sql.wakeOldest.run(now, channel, recipient, now);
    return fresh;
  }

  function form({ id, account, channel, recipient, eventIds }: Formed, now: number): void {
    const waiting = eventIds.filter((eventId) => get(sql.isWaiting, eventId, channel, recipient) !== undefined);
    if (waiting.length === 0) return;
    // The recipient's oldest is tried before this one, so that people read things in the order in which they happened.
    sql.wakeOldest.run(now, channel, recipient, now);
    sql.addDelivery.run(id, account, channel, recipient, null, now, now);
    for (const eventId of waiting) sql.putIntoDelivery.run(id, eventId, channel, recipient);
  }

  function commitStanding({ account, deliveries, reminded, digestedAt, now }: StandingCommit): void {
    for (const { id, channel, recipient, content } of deliveries) {
      sql.addDelivery.run(id, account, channel, recipient, JSON.stringify(content), now, now);
    }
    for (const uploadId of reminded) sql.putReminder.run(account, uploadId, now);
    if (digestedAt !== null) sql.setDigested.run(digestedAt, account);
  }

  function memory(account: number): Memory {
    const times = (rows: readonly Row[]) =>
      new Map(rows.map((row) => [String(row['upload_id']), Number(row['at'])] as const));
    return {
      acks: times(all(sql.acks, account)),
      reminded: times(all(sql.reminders, account)),
      digestedAt: number(get(sql.digestedAt, account)?.['digested_at']),
    };
  }

  function claim(channel: ChannelName, now: number, leaseUntil: number, limit: number): readonly Claim[] {
    return all(sql.due, now, now + MAX_AHEAD, channel, now, limit).map((row) => {
      const content = row['document'];
      const id = String(row['id']);
      sql.lease.run(leaseUntil, now, now, id);
      return {
        id,
        account: Number(row['account_id']),
        channel,
        recipient: String(row['recipient']),
        content:
          typeof content === 'string'
            ? (JSON.parse(content) as Content)
            : { kind: 'events', events: all(sql.eventsOf, id).map(eventOf) },
        tries: Number(row['started']) + 1,
        unfinished: Number(row['unfinished']),
        firstTriedAt: Math.min(number(row['first_tried_at']) ?? now, now),
      };
    });
  }

  function settle(id: string, settlement: Settlement): void {
    switch (settlement.result) {
      case 'delivered': {
        sql.settle.run('delivered', settlement.at, null, id);
        sql.wakeAll.run(settlement.at, id, settlement.at);
        return;
      }
      case 'dead':
        sql.settle.run('dead', settlement.at, settlement.reason, id);
        return;
      case 'retry':
        sql.postpone.run(settlement.dueAt, settlement.notBefore, settlement.reason, id);
        return;
      case 'held':
        sql.hold.run(settlement.dueAt, id);
    }
  }

  const later = <T>(work: () => T): Promise<T> =>
    Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        const fault = sqliteFaultOf(error);
        if (fault === null) throw error;
        const what = `the state in ${stateDir} cannot be written (${fault.problem})`;
        throw new StateNotWrittenError(`${what}: ${fault.advice}`, { cause: error });
      });

  return {
    openAccount: (deployment, user, now) =>
      later(() => {
        sql.addAccount.run(deployment, user, now);
        const row = get(sql.account, deployment, user);
        return { id: Number(row?.['id']), createdAt: Number(row?.['created_at']) };
      }),
    loadSnapshot: (account, held = null) => later(() => loadSnapshot(sql, account, held)),
    commitPoll: (commit) => later(() => transaction(() => commitPoll(commit))),
    commitHealth: (commit) => later(() => transaction(() => commitHealth(commit))),
    loadHealth: (login) =>
      later(() => {
        const row = get(sql.health, login);
        return row === undefined ? null : (document(row) as Health);
      }),
    loadQueue: (now) => later(() => loadQueue(sql, now)),
    loadMutes: (now) => later(() => mutesOf(sql, now)),
    formDeliveries: (formed, now) =>
      later(() => {
        transaction(() => {
          for (const each of formed) form(each, now);
        });
      }),
    loadMemory: (account) => later(() => memory(account)),
    commitStanding: (commit) =>
      later(() => {
        transaction(() => {
          commitStanding(commit);
        });
      }),
    countEvents: (account, from, to) =>
      later(() =>
        Object.fromEntries(all(sql.countEvents, account, from, to).map(({ kind, n }) => [String(kind), Number(n)])),
      ),
    claimDeliveries: (channel, now, leaseUntil, limit) =>
      later(() => transaction(() => claim(channel, now, leaseUntil, limit))),
    settleDelivery: (id, settlement) =>
      later(() => {
        transaction(() => {
          settle(id, settlement);
        });
      }),
    outboxCounts: () =>
      later(() =>
        all(sql.counts).map((row): OutboxCount => ({
          channel: row['channel'] as OutboxCount['channel'],
          pending: Number(row['pending']),
          dead: Number(row['dead']),
          waiting: Number(row['waiting']),
          oldestPendingAt: number(row['oldest']),
        })),
      ),
    recentRefusals: (login, since) => later(() => all(sql.refusals, login, since).map((row) => Number(row['time']))),
    addRefusal: (login, time) =>
      later(() => {
        transaction(() => {
          sql.forgetRefusals.run(time - 86_400_000);
          sql.addRefusal.run(login, time);
        });
      }),
    shiftTimes: (by, now) =>
      later(() => {
        transaction(() => {
          sql.shiftDeliveries.run(now, by, by);
          sql.shiftRefusals.run(by);
        });
      }),
    prune: (before) => later(() => transaction(() => pruneStep(sql, before))),
    shrink: () => later(() => shrinkStep(db)),
    probe: (now) =>
      later(() => {
        sql.probe.run(now);
      }),
    close: () => later(close),
  };
}

// After a good poll: makes the summaries whose time has come. They describe the present, so none is made while something holds them, and
// none is lost: it is made when that is over. What is made and until when it counts are stored together.
import type { EventKind } from '../domain/event.ts';
import { type Delivery, holdOf } from '../domain/notify/hold.ts';
import type { SummaryRule } from '../domain/notify/routing.ts';
import { type Happened, isSame, summaryOf, summaryPlan } from '../domain/notify/summaries.ts';
import type { Store } from '../store/store.ts';
import { hashOf } from './hash.ts';
import type { Routing } from './recipients.ts';
import type { GoodPoll } from './reminders.ts';

export interface SummariesOptions {
  readonly store: Store;
  readonly routing: Routing;
  readonly quietAt: (now: number) => (kind: EventKind) => number | null;
  /** Those in force now. */
  readonly summaries: () => readonly SummaryRule[];
  /** When a schedule comes next after a time, ms. */
  readonly nextAfter: (schedule: string, time: number) => number;
}

export interface SummariesJob {
  /** Returns how many messages it made. */
  runOnce(poll: GoodPoll, now: number): Promise<number>;
}

export function createSummaries(options: SummariesOptions): SummariesJob {
  const { store, quietAt, nextAfter } = options;
  return {
    async runOnce(poll, now) {
      const { account } = poll;
      const rules = options.summaries();
      const known = (await store.loadMemory(account)).summarised;
      const schedules = rules.map(({ schedule }) => schedule);
      const { due, times } = summaryPlan(schedules, known, nextAfter, now);
      const commit = { account, reminded: [], now };
      if (due.size === 0 || (await isHeld(poll, now))) {
        if (!isSame(times, known)) await store.commitStanding({ ...commit, deliveries: [], summarised: times });
        return 0;
      }
      const deliveries = await deliveriesOf(options, poll, { rules, due, now });
      const summarised = new Map([...times].map(([schedule, time]) => [schedule, due.has(schedule) ? now : time]));
      await store.commitStanding({ ...commit, deliveries, summarised });
      return deliveries.length;
    },
  };

  /** As what failed is held. */
  async function isHeld({ account }: GoodPoll, now: number): Promise<boolean> {
    const about = { account, kind: 'upload.failed', uploadId: null } as const;
    return holdOf(about, { mutes: await store.loadMutes(now), quietUntil: quietAt(now), now }) !== null;
  }
}

interface Due {
  readonly rules: readonly SummaryRule[];
  /** By schedule: from when it counts what happened, ms. */
  readonly due: ReadonlyMap<string, number>;
  readonly now: number;
}

async function deliveriesOf(
  { store, routing }: SummariesOptions,
  { account, identity, view }: GoodPoll,
  { rules, due, now }: Due,
): Promise<readonly Delivery[]> {
  const happened = new Map<number, readonly Happened[]>();
  for (const from of new Set(due.values())) happened.set(from, await store.happened(account, from, now));
  return rules.flatMap((rule, place) => {
    const from = due.get(rule.schedule);
    if (from === undefined) return [];
    const content = summaryOf({ rule, view, happened: happened.get(from) ?? [], from, to: now });
    return routing.summaryTargets(rule, identity).map(({ channel, recipient }): Delivery => {
      const id = hashOf(`${account} ${channel} ${recipient} summary ${place} ${now}`);
      return { id, channel, recipient, content };
    });
  });
}

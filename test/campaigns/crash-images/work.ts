// Seeded work on a store, one use-case after the other, as the jobs do them: the same seed does the same on every store. What commit
// number k writes carries k, so that a state shows by itself which commits it holds.
import type { Event } from '../../../src/domain/event.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { CHANNELS, type Notification, groupDeliverable } from '../../../src/domain/notify/hold.ts';
import type { Settlement, Store } from '../../../src/store/store.ts';
import { MINUTE, T0, event, watched } from '../../support/builders.ts';
import { seeded } from '../../support/random.ts';

export const DEPLOYMENT = 'https://nomad.example/api/v1';
export const LOGINS = ['ada', 'grace'] as const;
const UPLOADS = 40;
const LEASE = 5 * MINUTE;
const KEPT = 40 * MINUTE;

export interface Work {
  /** Does use-case `number`, from 1, and says what it did. Call it with one number after the other. */
  next(number: number): Promise<string>;
}

/** Half a minute a use-case: leases run out, deliveries come due and events grow old within some hundred of them. */
export function timeOf(number: number): number {
  return T0 + (number * MINUTE) / 2;
}

export function createWork(store: Store, seed: number): Work {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const text = (limit: number) => 'the parser found no file '.repeat(1 + below(limit / 25));
  const sequences: (number | null)[] = LOGINS.map(() => null);
  const accounts: number[] = [];
  let told: readonly Event[] = [];
  let claimed: readonly string[] = [];
  const health = (now: number) => ({ ...HEALTHY, lookedAt: now });
  const notificationsOf = (events: readonly Event[]): Notification[] =>
    events.flatMap(({ id, details }) => [
      { eventId: id, channel: 'mail', recipient: 'ada@lab.example' } as const,
      ...(details['told'] === 1
        ? []
        : [{ eventId: id, channel: 'webhook', recipient: 'https://hook.example' } as const]),
    ]);

  async function open(now: number): Promise<string> {
    const login = LOGINS[accounts.length] ?? LOGINS[0];
    // Of deployments of their own: nothing that one finds is news that the other told.
    const { id } = await store.openAccount(`${DEPLOYMENT}/${login}`, login, now);
    accounts.push(id);
    return `account ${login}`;
  }

  async function poll(now: number, number: number): Promise<string> {
    const who = below(LOGINS.length);
    const before = sequences[who] ?? null;
    const commit = (before ?? 0) + 1;
    const ids = new Set(Array.from({ length: 1 + below(10) }, () => `u${below(UPLOADS)}`));
    const changed = [...ids].map((id) => watched({ id, entries: commit, errors: [text(3000)] }, { changedAt: now }));
    const removed = random() < 0.2 ? [`u${UPLOADS + below(3)}`] : [];
    const events = changed.map(({ upload }, index) =>
      event({
        id: `${LOGINS[who] ?? ''}-${commit}-${index}`,
        time: now,
        upload: { id: upload.id, name: upload.name, link: text(100), author: 'ada', role: null },
        details: { commit, of: changed.length, told: 1 + below(2) },
      }),
    );
    const again = random() < 0.2 ? told.slice(0, 2) : [];
    const added = removed.map((id) => watched({ id, entries: commit }));
    const isAdded = random() < 0.5;
    const fresh = await store.commitPoll({
      account: accounts[who] ?? 0,
      login: LOGINS[who] ?? '',
      health: health(now),
      comparedWith: before,
      takenAt: now,
      changed: isAdded ? [...changed, ...added] : changed,
      removed: isAdded ? [] : removed,
      events: [...again, ...events],
      notifications: notificationsOf([...again, ...events]),
      now,
    });
    sequences[who] = commit;
    told = [...events, ...told].slice(0, 30);
    return `poll ${number} ${commit} ${fresh.map(({ id }) => id).join(' ')}`;
  }

  async function fail(now: number, number: number): Promise<string> {
    const found = event({ id: `health-${number}`, kind: 'nomad.unreachable', time: now, upload: null, after: null });
    const events = random() < 0.5 ? [found] : [];
    const notifications = notificationsOf(events);
    const account = accounts[below(LOGINS.length)] ?? 0;
    await store.commitHealth({ account, login: 'ada', health: health(now), events, notifications, now });
    return `health ${events.length}`;
  }

  async function form(now: number, number: number): Promise<string> {
    const { waiting, underway, mailed } = await store.loadQueue(now);
    const free = { mutes: [], quietUntil: () => null, mailMaxPerHour: Number.POSITIVE_INFINITY };
    const { groups } = groupDeliverable(waiting, { underway, mailed, now, ...free });
    await store.formDeliveries(
      groups.map((group, index) => ({ ...group, id: `d${number}-${index}` })),
      now,
    );
    return `form ${groups.length} of ${waiting.length}`;
  }

  async function claim(now: number): Promise<string> {
    const claims = await store.claimDeliveries(CHANNELS[below(CHANNELS.length)] ?? 'mail', now, now + LEASE, 5);
    claimed = [...new Set([...claimed, ...claims.map(({ id }) => id)])];
    return `claim ${claims.map(({ id, tries }) => `${id}:${tries}`).join(' ')}`;
  }

  async function settle(now: number): Promise<string> {
    const [id, ...others] = claimed;
    if (id === undefined) return claim(now);
    claimed = others;
    const settlement = settlementOf(random(), now);
    await store.settleDelivery(id, settlement);
    return `settle ${id} ${settlement.result}`;
  }

  async function remind(now: number, number: number): Promise<string> {
    const account = accounts[below(LOGINS.length)] ?? 0;
    const content = { kind: 'test' } as const;
    const deliveries = [{ id: `r${number}`, channel: 'mail', recipient: 'grace@lab.example', content } as const];
    const summarised = new Map([['0 8 * * *', now]]);
    await store.commitStanding({ account, deliveries, reminded: [`u${below(UPLOADS)}`], summarised, now });
    return 'standing';
  }

  async function prune(now: number): Promise<string> {
    const { events, deliveries } = await store.prune(now - KEPT);
    await store.shrink();
    return `prune ${events} ${deliveries}`;
  }

  async function refuse(now: number): Promise<string> {
    await store.addRefusal('ada', now);
    return 'refusal';
  }

  async function probe(now: number): Promise<string> {
    await store.probe(now);
    return 'probe';
  }

  const USE_CASES = [
    [0.32, poll],
    [0.4, fail],
    [0.55, form],
    [0.7, claim],
    [0.93, settle],
    [0.96, remind],
    [0.98, prune],
    [0.99, refuse],
    [1, probe],
  ] as const;

  return {
    next: (number) => {
      const now = timeOf(number);
      if (accounts.length < LOGINS.length) return open(now);
      const chance = random();
      const [, useCase] = USE_CASES.find(([to]) => chance < to) ?? [1, probe];
      return useCase(now, number);
    },
  };
}

function settlementOf(chance: number, now: number): Settlement {
  if (chance < 0.7) return { result: 'delivered', at: now };
  if (chance < 0.85) {
    return { result: 'retry', at: now, dueAt: now + 3 * MINUTE, notBefore: now + MINUTE, reason: '451 try later' };
  }
  if (chance < 0.93) return { result: 'held', dueAt: now + 2 * MINUTE };
  return { result: 'dead', at: now, reason: '550 no such user' };
}

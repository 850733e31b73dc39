// What is asked of an image of a crashed state: it opens, holds a prefix of the work and all that was acknowledged, and goes on.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../../src/domain/event.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { CHANNELS } from '../../../src/domain/notify/hold.ts';
import { textOf } from '../../../src/domain/text/error.ts';
import type { Store } from '../../../src/store/store.ts';
import { MINUTE, event, watched } from '../../support/builders.ts';
import { type Contents, DATABASE, type Pending, openContents } from './contents.ts';
import type { Copy } from './forms.ts';
import type { Moments } from './twin.ts';
import { DEPLOYMENT, timeOf } from './work.ts';

export interface Demand {
  readonly open: (stateDir: string) => Store;
  /** How many use-cases an undisturbed store had done when it held this; null: it never did. */
  readonly momentsOf: (digest: string) => Moments | null;
  /** It must hold so many use-cases, */
  readonly least: number;
  /** and not more than so many. */
  readonly limit: number;
}

export interface Verdict {
  readonly opened: boolean;
  readonly isConsistent: boolean;
  readonly wentOn: boolean;
  /** Use-cases that it holds; null: no number of them. */
  readonly held: number | null;
  readonly problems: readonly string[];
}

export function writeCopy(stateDir: string, { database, wal, index, others }: Copy): void {
  mkdirSync(stateDir, { recursive: true });
  const write = (name: string, bytes: Buffer) => {
    writeFileSync(join(stateDir, name), bytes);
  };
  if (database !== null) write(DATABASE, database);
  if (wal !== null) write(`${DATABASE}-wal`, wal);
  if (index !== null) write(`${DATABASE}-shm`, index);
  for (const [name, bytes] of others) write(name, bytes);
}

export async function checkImage(stateDir: string, demand: Demand): Promise<Verdict> {
  const verdict = { opened: false, isConsistent: false, wentOn: false, held: null };
  const opened = attempt(() => demand.open(stateDir));
  if (opened instanceof Error) return { ...verdict, problems: [`does not open: ${opened.message}`] };
  const contents = openContents(stateDir);
  const moments = attempt(() => demand.momentsOf(contents.digest()));
  const held = moments instanceof Error ? moments : (moments?.last ?? null);
  const wrong = attempt(() => [...contents.disagreements(), ...heldWrongly(moments, demand)]);
  if (held instanceof Error || held === null || wrong instanceof Error || wrong.length > 0) {
    contents.close();
    await opened.close().catch(() => undefined);
    return { ...verdict, opened: true, problems: wrong instanceof Error ? [wrong.message] : wrong };
  }
  const problems = await goOn(opened, contents, timeOf(held))
    .then(() => reopen(stateDir, demand))
    .catch((error: unknown) => [`does not go on: ${textOf(error)}`]);
  return { opened: true, isConsistent: true, wentOn: problems.length === 0, held, problems };
}

function heldWrongly(moments: Moments | null | Error, { least, limit }: Demand): readonly string[] {
  if (moments instanceof Error) return [moments.message];
  if (moments === null) return ['holds what is no prefix of the work'];
  const { first, last } = moments;
  if (last < least) return [`holds ${last} use-cases, ${least} were acknowledged`];
  return first > limit ? [`holds ${first} use-cases, ${limit} at most were begun`] : [];
}

/** As the program does after a restart: another poll, and all that is pending sent. Closes both. */
async function goOn(store: Store, contents: Contents, now: number): Promise<void> {
  try {
    await poll(store, contents, now);
    await send(store, contents.pending(), now);
    const left = contents.pending();
    if (left.length > 0) throw new Error(`${left.length} deliveries are pending still`);
  } finally {
    contents.close();
    await store.close();
  }
}

async function poll(store: Store, contents: Contents, now: number): Promise<void> {
  const { id: account } = await store.openAccount(DEPLOYMENT, 'ada', now);
  const before = await store.loadSnapshot(account);
  const newest = contents.newestEvent();
  const known = newest === null ? [] : [JSON.parse(newest) as Event];
  const commit = (before?.sequence ?? 0) + 1;
  const { upload } = watched({ id: 'after the crash' });
  const found = event({
    id: 'after the crash',
    time: now,
    upload: { id: upload.id, name: upload.name, link: '', author: 'ada', role: null },
    details: { commit, of: 1, told: 1 },
  });
  const events = [...known, found];
  const fresh = await store.commitPoll({
    account,
    login: 'ada',
    health: HEALTHY,
    comparedWith: before?.sequence ?? null,
    takenAt: now,
    changed: [watched({ ...upload, entries: commit })],
    removed: [],
    events,
    notifications: events.map(({ id }) => ({ eventId: id, channel: 'chat', recipient: 'https://chat.example' })),
    now,
  });
  if (fresh.length !== 1 || fresh[0]?.id !== found.id) throw new Error(`stored ${fresh.length} events, one was new`);
  const { waiting } = await store.loadQueue(now);
  const chat = waiting.filter(({ channel }) => channel === 'chat').map(({ eventId }) => eventId);
  if (chat.join() !== found.id) throw new Error(`told ${chat.join()} in the chat`);
  await store.formDeliveries(
    [{ id: 'after', account, channel: 'chat', recipient: 'https://chat.example', eventIds: chat }],
    now,
  );
}

/** First what is due at the moment of the crash, whoever had it leased; then all the rest. Each is sent once. */
async function send(store: Store, pending: readonly Pending[], now: number): Promise<void> {
  const lanes = new Map<string, string>();
  for (const { id, lane, dueAt } of pending) if (dueAt <= now && !lanes.has(lane)) lanes.set(lane, id);
  const atOnce = await claimAll(store, now);
  if (atOnce.toSorted().join() !== [...lanes.values()].toSorted().join()) {
    throw new Error(`claimed ${atOnce.join(' ')} at once, due are ${[...lanes.values()].join(' ')}`);
  }
  const sent: string[] = [];
  const later = now + 60 * MINUTE;
  for (let ids = atOnce; ids.length > 0;) {
    for (const id of ids) await store.settleDelivery(id, { result: 'delivered', at: now });
    sent.push(...ids);
    ids = await claimAll(store, later);
  }
  const all = pending.map(({ id }) => id);
  if (sent.toSorted().join() !== all.toSorted().join()) throw new Error(`sent ${sent.join(' ')} of ${all.join(' ')}`);
}

async function claimAll(store: Store, now: number): Promise<readonly string[]> {
  const claims = await Promise.all(CHANNELS.map((channel) => store.claimDeliveries(channel, now, now + MINUTE, 1000)));
  return claims.flat().map(({ id }) => id);
}

async function reopen(stateDir: string, { open }: Demand): Promise<readonly string[]> {
  const store = open(stateDir);
  const contents = openContents(stateDir);
  try {
    const left = contents.pending().length;
    return [...contents.disagreements(), ...(left === 0 ? [] : [`${left} deliveries are pending again`])];
  } finally {
    contents.close();
    await store.close();
  }
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

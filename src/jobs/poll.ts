// One poll: who are we, what is there, what changed, ONE commit. Sends nothing. Whether NOMAD may be asked at all, and what follows when it
// fails, is in nomad-contact.ts.
import { diff } from '../domain/diff/diff.ts';
import type { MissingVerdict } from '../domain/diff/missing.ts';
import { isLarge as isLargeAccount, partialQuery } from '../domain/diff/partial.ts';
import type { Health, Identity } from '../domain/nomad/health.ts';
import { guiOf } from '../domain/text/links.ts';
import type { Listing, Snapshot, Upload } from '../domain/upload.ts';
import type { Log } from '../log.ts';
import type { Nomad } from '../nomad/nomad.ts';
import type { AccountId, Store } from '../store/store.ts';
import { askAboutEntries, askAboutMissing, askAtFirst } from './follow-up.ts';
import { type AskNomad, type NomadContact, createNomadContact } from './nomad-contact.ts';
import { type PollLog, createPollLog } from './poll-log.ts';
import type { FailedListing, GoodListing, PollKind, PollOutcome } from './poll-outcome.ts';
import type { Routing } from './recipients.ts';
import { withSupport } from './support.ts';
import { type WatchedAccount, createWatchedAccount } from './watched-account.ts';

export interface PollOptions {
  readonly nomad: Nomad;
  readonly store: Store;
  readonly log: Log;
  /** The API base; with the user it is the account. */
  readonly deployment: string;
  /** Names the login without any secret; stands for the user where the token may not say who it is. */
  readonly login: string;
  readonly routing: Routing;
  /** How many accounts ask this deployment, this one among them; absent: it alone. */
  readonly sharers?: () => number;
  /** ms. */
  readonly stuckAfter: number;
  readonly unreachableAfter: number;
  /** When the next sweep is due after one at that time, ms. */
  readonly sweepAfter: (time: number) => number;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  /** When NOMAD last answered without an error, on the `monotonic` clock. */
  readonly answeredAt?: () => number;
  readonly random: () => number;
}

export interface PollJob extends Pick<NomadContact, 'isWaiting' | 'lookAtSilence' | 'clockSet'> {
  runOnce(now: number, signal?: AbortSignal): Promise<PollOutcome>;
}

interface State extends PollOptions {
  readonly pollLog: PollLog;
  readonly account: WatchedAccount;
  /** Base of NOMAD's GUI. */
  readonly gui: string;
  /** What is known of NOMAD itself is stored under this. */
  readonly healthKey: string;
  /** When a large account was last listed in full; null: not since the start. */
  sweptAt: number | null;
  /** What this process committed last: the store need not be read again while it is what is stored. */
  held: { readonly account: AccountId; readonly snapshot: Snapshot } | null;
  /** See GoodListing. */
  gatheringSince: number | null;
}

export function createPoll(options: PollOptions): PollJob {
  const { nomad, log } = options;
  const pollLog = createPollLog(log);
  const account = createWatchedAccount({ ...options, pollLog });
  const healthKey = `${options.deployment} ${options.login}`;
  const contact = createNomadContact({
    ...options,
    account,
    pollLog,
    tokenLife: nomad.tokenLife,
    login: healthKey,
    answeredAt: options.answeredAt ?? (() => 0),
  });
  const gui = guiOf(options.deployment);
  const state: State = {
    ...options,
    pollLog,
    account,
    gui,
    healthKey,
    sweptAt: null,
    held: null,
    gatheringSince: null,
  };
  return {
    ...contact,
    runOnce: (now, signal) => contact.poll(now, (about) => pollOnce(state, about, now, signal), signal),
  };
}

async function pollOnce(
  state: State,
  contact: Parameters<AskNomad>[0],
  now: number,
  signal?: AbortSignal,
): Promise<GoodListing | FailedListing> {
  const { store } = state;
  const known = await state.account.identify(contact.health.identity, signal);
  if (!known.ok) return known;
  const me = known.value;
  const account = await state.account.open(me, now);
  const before = await store.loadSnapshot(account.id, state.held?.account === account.id ? state.held.snapshot : null);
  const { kind, read } = await list(state, before, now, signal);
  if (!read.ok) return { ...read, kind };
  const listing = read.value;
  state.pollLog.malformed(listing);

  const { health, isBack } = contact;
  const compared = await compare(state, { me, before, listing, health, isBack, now, signal });
  const { found, after, stall, version, changed, removed, durations } = compared;
  const judged = await contact.judge(me);
  const names = Object.fromEntries(compared.names);
  const healthAfter: Health = { ...judged.health, names, stall, ...(version && { version }) };
  const events = await store.commitPoll({
    ...state.account.toNotify([...judged.found, ...found], account, me),
    account: account.id,
    login: state.healthKey,
    health: healthAfter,
    comparedWith: before?.sequence ?? null,
    takenAt: after.takenAt,
    changed,
    removed,
    now,
  });
  if (before === null || kind === 'sweep') state.sweptAt = now;
  state.held = { account: account.id, snapshot: after };
  state.gatheringSince = compared.isMore ? (state.gatheringSince ?? now) : null;
  state.pollLog.events(events);
  const watching = { account: account.id, identity: me, watchedSince: account.createdAt };
  const { malformed } = listing;
  const { gatheringSince } = state;
  return {
    kind,
    snapshot: after,
    names: compared.names,
    events,
    durations,
    malformed,
    health: healthAfter,
    watching,
    gatheringSince,
  };
}

/** Of a large account only what may have moved, between two sweeps. */
async function list(state: State, before: Snapshot | null, now: number, signal?: AbortSignal) {
  const { nomad } = state;
  const isLarge = before !== null && isLargeAccount(before.uploads.size);
  const kind: PollKind = isLarge && isSweepDue(state, now) ? 'sweep' : 'poll';
  const read = await (isLarge && kind === 'poll'
    ? nomad.listPart(partialQuery(before, now), now, signal)
    : nomad.list(now, signal));
  // A set that never holds still must not keep the small polls from being made.
  const isFull = before === null || kind === 'sweep';
  if (isFull && !read.ok && read.reason === 'incomplete') state.sweptAt = now;
  return { kind, read };
}

function isSweepDue({ sweptAt, sweepAfter }: State, now: number): boolean {
  return sweptAt === null || now < sweptAt || now >= sweepAfter(sweptAt);
}

interface Compared {
  readonly me: Identity;
  readonly before: Snapshot | null;
  readonly listing: Listing;
  readonly health: Health;
  readonly isBack: boolean;
  readonly now: number;
  readonly signal: AbortSignal | undefined;
}

/** Asks what the listing leaves open, and compares. */
async function compare(state: State, { me, before, listing, health, isBack, now, signal }: Compared) {
  const { nomad, pollLog, stuckAfter, gui, monotonic } = state;
  const sharers = state.sharers?.() ?? 1;
  const about = { nomad, pollLog, listing, userId: me.userId, stuckAfter, isBack, sharers, now, monotonic, signal };
  const missing = before === null ? NOTHING_MISSING : await askAboutMissing({ ...about, before });
  const entries = before === null ? await askAtFirst(about) : await askAboutEntries({ ...about, before });
  const names = await namesOf(nomad, authorsOf(before, listing.uploads), health, signal);
  const stall = before === null ? null : (health.stall ?? null);
  const notifyOn = state.routing.notifyOn();
  const seen = { before, listing, verdicts: missing.answers, entries: entries.answers, stall, names };
  const changes = diff({ ...seen, userId: me.userId, stuckAfter, gui, notifyOn, now });
  const { found, version } = await withSupport(nomad, { ...changes, version: health.version }, { gui, now, signal });
  return { ...changes, found, version, names, isMore: missing.isMore || entries.isMore };
}

const NOTHING_MISSING = { answers: new Map<string, MissingVerdict>(), isMore: false };

/** Users that NOMAD does not name now keep the name it gave before. */
async function namesOf(
  nomad: Nomad,
  authors: readonly string[],
  { names = {} }: Health,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map(Object.entries(names));
  const fetched = await nomad.names(authors, signal);
  const named = authors.map((id) => [id, fetched.get(id) ?? known.get(id)] as const);
  return new Map(named.filter((each): each is readonly [string, string] => each[1] !== undefined));
}

/** Of all that are shown and of those that went: a small poll lists only a part. */
function authorsOf(before: Snapshot | null, listed: readonly Upload[]): readonly string[] {
  const authors = new Set(listed.map(({ mainAuthor }) => mainAuthor));
  for (const { upload } of before?.uploads.values() ?? []) authors.add(upload.mainAuthor);
  return [...authors];
}

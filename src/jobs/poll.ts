// One poll: who are we, what is there, what changed, ONE commit. Sends nothing. A poll that fails changes nothing at all.
import { createHash } from 'node:crypto';
import { questions, type Verdict, type Verdicts } from '../domain/absence.ts';
import { type RunDuration, diff } from '../domain/diff.ts';
import type { Event, EventKind } from '../domain/events.ts';
import { guiOf } from '../domain/links.ts';
import { deliveriesFor } from '../domain/notify.ts';
import { pollDelay } from '../domain/retry.ts';
import type { Listing, Malformed, Snapshot } from '../domain/upload.ts';
import type { Log } from '../log.ts';
import type { Failure } from '../nomad/failure.ts';
import type { Identity, Nomad } from '../nomad/nomad.ts';
import type { Store } from '../store/store.ts';

export const POLL_RESULTS = ['ok', 'unreachable', 'unauthorized', 'invalid', 'incomplete', 'skipped'] as const;
export type PollResult = (typeof POLL_RESULTS)[number];

export interface PollOutcome {
  readonly kind: 'poll';
  readonly result: PollResult;
  readonly startedAt: number;
  readonly milliseconds: number;
  /** null unless `ok`. */
  readonly snapshot: Snapshot | null;
  readonly events: readonly Event[];
  readonly durations: readonly RunDuration[];
  readonly malformed: readonly Malformed[];
}

export interface PollOptions {
  readonly nomad: Nomad;
  readonly store: Store;
  readonly log: Log;
  /** The API base; with the user it is the account. */
  readonly deployment: string;
  /** Stands for the user where the token may not say who it is. */
  readonly anonymousUser: string;
  readonly notifyOn: readonly EventKind[];
  /** null: no mail. `to` null: the account's own address. */
  readonly mail: { readonly to: readonly string[] | null } | null;
  readonly clock: () => number;
  readonly random: () => number;
}

export interface PollJob {
  runOnce(now: number, signal?: AbortSignal): Promise<PollOutcome>;
}

export function createPoll(options: PollOptions): PollJob {
  const { nomad, store, log, deployment } = options;
  const notifyOn = new Set(options.notifyOn);
  let identity: Identity | null = null;
  let failures = 0;
  /** No poll between these two; a clock that was set back to before them ends the wait. */
  let wait = { from: 0, until: 0 };
  let malformedBefore: ReadonlySet<string> = new Set();

  async function runOnce(now: number, signal?: AbortSignal): Promise<PollOutcome> {
    if (now >= wait.from && now < wait.until) return outcome(now, { result: 'skipped' });
    const result = await poll(now, signal);
    if (!('reason' in result)) {
      if (failures > 0) log.info({ failures }, 'NOMAD answers again');
      failures = 0;
      return result;
    }
    failures += 1;
    wait = { from: now, until: now + pollDelay(failures, result.retryAfter, options.random()) };
    log.warn({ result: result.reason, failures, wait_s: Math.round((wait.until - now) / 1000) }, result.problem);
    return outcome(now, { result: result.reason });
  }

  async function poll(now: number, signal?: AbortSignal): Promise<PollOutcome | Failure> {
    if (identity === null) {
      const known = await nomad.identity(signal);
      if (!known.ok) return known;
      identity = known.value;
      tellIdentity(identity);
    }
    const user = identity.userId ?? options.anonymousUser;
    const { id: account, createdAt } = await store.openAccount(deployment, user, now);
    const before = await store.loadSnapshot(account);
    const listing = await nomad.list(now, signal);
    if (!listing.ok) return listing;
    tellMalformed(listing.value.malformed);

    const verdicts =
      before === null ? new Map<string, Verdict>() : await ask(before, listing.value, now, identity.userId, signal);
    const { found, after, changed, removed, durations } = diff({
      before,
      listing: listing.value,
      verdicts,
      gui: guiOf(deployment),
      now,
    });
    const identify = (text: string) => hash(`${deployment} ${user} ${createdAt} ${text}`);
    const events = found.map(({ key, ...rest }): Event => ({ id: identify(key), ...rest }));
    const deliveries = deliveriesFor(events, { notifyOn, mailTo: recipients(identity) }, identify);
    const comparedWith = before?.sequence ?? null;
    const told = await store.commitPoll({
      account,
      comparedWith,
      takenAt: after.takenAt,
      changed,
      removed,
      events,
      deliveries,
      now,
    });
    tellEvents(told);
    return outcome(now, { result: 'ok', snapshot: after, events: told, durations, malformed: listing.value.malformed });
  }

  async function ask(
    before: Snapshot,
    listing: Listing,
    now: number,
    userId: string | null,
    signal?: AbortSignal,
  ): Promise<Verdicts> {
    const verdicts = new Map<string, Verdict>();
    for (const id of questions(before, listing, now)) {
      if (signal?.aborted === true) break;
      verdicts.set(id, await nomad.verdict(id, userId, signal));
    }
    return verdicts;
  }

  function recipients({ email }: Identity): readonly string[] {
    if (options.mail === null) return [];
    return options.mail.to ?? (email === null ? [] : [email]);
  }

  function tellIdentity(me: Identity): void {
    if (me.userId === null)
      log.warn(
        {},
        'NOMAD_TOKEN lacks the scope users:read: who it belongs to is not known; a new token begins a new baseline',
      );
    if (options.mail !== null && recipients(me).length === 0)
      log.error({}, 'no mail can be sent: MAIL_TO is not set and the account tells no address; set MAIL_TO');
    log.info({ user_id: me.userId, mail_to: recipients(me).length }, 'logged in');
  }

  /** Each once, not at each poll: it will stay malformed. */
  function tellMalformed(malformed: readonly Malformed[]): void {
    const found = malformed.map(({ uploadId, problem }) => `${uploadId ?? 'without a readable id'}: ${problem}`);
    const fresh = found.filter((text) => !malformedBefore.has(text));
    for (const upload of fresh)
      log.warn({ upload, malformed: found.length }, 'an upload cannot be read and is left out');
    malformedBefore = new Set(found);
  }

  function tellEvents(events: readonly Event[]): void {
    for (const { id, kind, upload, before, after } of events) {
      log.info(
        {
          event: kind,
          event_id: id,
          upload_id: upload?.id,
          upload_name: upload?.name,
          before: before?.status,
          after: after?.status,
        },
        kind,
      );
    }
  }

  function outcome(startedAt: number, rest: Partial<PollOutcome> & { readonly result: PollResult }): PollOutcome {
    const milliseconds = Math.max(0, options.clock() - startedAt);
    return { kind: 'poll', startedAt, milliseconds, snapshot: null, events: [], durations: [], malformed: [], ...rest };
  }

  return { runOnce };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

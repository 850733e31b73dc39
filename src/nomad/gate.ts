// What several accounts may ask of one deployment together: at most 2 requests at once and 10 a second. A poll that was begun comes before those
// that were not, so that each gets its answer soon; a long one lets the others pass. An account alone asks as it likes: its client has a bound
// of its own.
import type { Client } from './client.ts';

export interface GateOptions {
  /** Monotonic clock, ms with fractions. */
  readonly monotonic?: () => number;
  /** Calls back after so many ms; returns what takes that back. */
  readonly after?: (milliseconds: number, work: () => void) => () => void;
}

export interface Gate {
  /** The same client, whose requests wait for their turn. `account`: a name of its own for each; until `close` of the client it counts. */
  guard(account: string, client: Client): Client;
  /** How many there are. */
  accounts(): number;
}

const MAX_AT_ONCE = 2;
const MAX_A_SECOND = 10;
/** An account whose last request took longer than this shares one place with all others of its kind: they never keep out the rest. ms. */
const SLOW = 5000;
/** What an account asks with shorter pauses than this is one run, ms. */
const PAUSE = 1000;
/** A run of more requests than this is long. */
const LONG = 40;

interface Waiting {
  readonly account: string;
  go(): void;
}

/** What an account asks in one go: a poll. */
interface Run {
  readonly since: number;
  requests: number;
  /** When its last request ended. */
  endedAt: number;
}

export function createGate({ monotonic = () => performance.now(), after = afterTimeout }: GateOptions = {}): Gate {
  const accounts = new Set<string>();
  const slow = new Set<string>();
  const underway = new Set<string>();
  const runs = new Map<string, Run>();
  let waiting: readonly Waiting[] = [];
  /** When the last requests began, oldest first. */
  let begun: readonly number[] = [];
  let lookAgain: (() => void) | null = null;

  function admit(): void {
    lookAgain?.();
    lookAgain = null;
    for (;;) {
      const next = firstOf(waiting.filter(({ account }) => mayGo(account)));
      if (next === null) return;
      const now = monotonic();
      begun = begun.filter((time) => now - time < 1000);
      const [oldest] = begun;
      if (oldest !== undefined && begun.length >= MAX_A_SECOND) {
        lookAgain = after(oldest + 1000 - now, admit);
        return;
      }
      begun = [...begun, now];
      waiting = waiting.filter((each) => each !== next);
      underway.add(next.account);
      next.go();
    }
  }

  /** Of equals the one that came first. */
  function firstOf(all: readonly Waiting[]): Waiting | null {
    const rank = ({ account }: Waiting) => {
      const { requests = 0, since = 0 } = runs.get(account) ?? {};
      return requests > LONG ? Infinity : since;
    };
    return all.reduce<Waiting | null>((best, each) => (best === null || rank(each) < rank(best) ? each : best), null);
  }

  function noteRequest(account: string): void {
    const now = monotonic();
    const run = runs.get(account);
    if (run !== undefined && (underway.has(account) || now - run.endedAt < PAUSE)) run.requests += 1;
    else runs.set(account, { since: now, requests: 1, endedAt: now });
  }

  function noteEnd(account: string, from: number): void {
    const now = monotonic();
    underway.delete(account);
    if (now - from > SLOW) slow.add(account);
    else slow.delete(account);
    const run = runs.get(account);
    if (run !== undefined) run.endedAt = now;
    admit();
  }

  /** One request of an account at a time, so that none takes both places. */
  function mayGo(account: string): boolean {
    if (underway.size >= MAX_AT_ONCE || underway.has(account)) return false;
    return !slow.has(account) || [...underway].every((other) => !slow.has(other));
  }

  /** Resolves when it is its turn, or when nobody waits for the answer any more. */
  function turn(account: string, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const mine: Waiting = {
        account,
        go() {
          signal?.removeEventListener('abort', giveUp);
          resolve(true);
        },
      };
      const giveUp = () => {
        waiting = waiting.filter((each) => each !== mine);
        resolve(false);
      };
      if (signal?.aborted === true) {
        resolve(false);
        return;
      }
      signal?.addEventListener('abort', giveUp, { once: true });
      waiting = [...waiting, mine];
      noteRequest(account);
      admit();
    });
  }

  return {
    accounts: () => accounts.size,
    guard(account, client) {
      accounts.add(account);
      return {
        async request(what, signal) {
          if (accounts.size < 2 || !(await turn(account, signal))) return client.request(what, signal);
          const from = monotonic();
          try {
            return await client.request(what, signal);
          } finally {
            noteEnd(account, from);
          }
        },
        close() {
          accounts.delete(account);
          runs.delete(account);
          client.close();
        },
      };
    },
  };
}

function afterTimeout(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds);
  return () => {
    clearTimeout(timer);
  };
}

// What several accounts may ask of one deployment together: at most 2 requests at once and 10 a second, each account in its turn. An account
// alone asks as it likes: its client has a bound of its own.
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
}

const MAX_AT_ONCE = 2;
const MAX_A_SECOND = 10;
/** An account whose last request took longer than this shares one place with all others of its kind: they never keep out the rest. ms. */
const SLOW = 5000;

interface Waiting {
  readonly account: string;
  go(): void;
}

export function createGate({ monotonic = () => performance.now(), after = afterTimeout }: GateOptions = {}): Gate {
  const accounts = new Set<string>();
  const slow = new Set<string>();
  const underway = new Set<string>();
  let waiting: readonly Waiting[] = [];
  /** When the last requests began, oldest first. */
  let begun: readonly number[] = [];
  let lookAgain: (() => void) | null = null;

  function admit(): void {
    lookAgain?.();
    lookAgain = null;
    for (;;) {
      const next = waiting.find(({ account }) => mayGo(account));
      if (next === undefined) return;
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
      admit();
    });
  }

  return {
    guard(account, client) {
      accounts.add(account);
      return {
        async request(what, signal) {
          if (accounts.size < 2 || !(await turn(account, signal))) return client.request(what, signal);
          const from = monotonic();
          try {
            return await client.request(what, signal);
          } finally {
            underway.delete(account);
            if (monotonic() - from > SLOW) slow.add(account);
            else slow.delete(account);
            admit();
          }
        },
        close() {
          accounts.delete(account);
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

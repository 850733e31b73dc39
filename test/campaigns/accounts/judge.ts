// What the campaign asks of all that came out of the program. Pure.
import { type Asked, GOOD, addressOf } from './group.ts';

export interface Mail {
  /** Of the delivery: the same at each try. */
  readonly id: string;
  readonly recipient: string;
  readonly at: number;
  readonly body: string;
}

/** A line that the program logs after each poll. Times in ms. */
export interface Polled {
  readonly account: string;
  readonly endedAt: number;
  readonly milliseconds: number;
}

export interface Outcome {
  /** By the error: whose upload failed with it. */
  readonly failures: ReadonlyMap<string, string>;
  readonly mails: readonly Mail[];
  /** When a process was killed, ms. */
  readonly kills: readonly number[];
  readonly asked: readonly Asked[];
  readonly polls: readonly Polled[];
  /** When this machine had no time for us, and how long, ms. */
  readonly stalls: readonly { readonly at: number; readonly milliseconds: number }[];
  readonly secrets: readonly string[];
  /** Everything that the program wrote, logged or served, by what it is. */
  readonly outputs: ReadonlyMap<string, string>;
}

export function judge(outcome: Outcome): readonly string[] {
  return [
    ...lost(outcome),
    ...astray(outcome),
    ...twice(outcome),
    ...late(outcome),
    ...hasty(outcome),
    ...told(outcome),
  ];
}

function lost({ failures, mails }: Outcome): readonly string[] {
  return [...failures]
    .filter(([error, account]) => readersOf(mails, error).every(({ recipient }) => recipient !== addressOf(account)))
    .map(([error, account]) => `${account} never read of ${error}`);
}

function astray({ failures, mails }: Outcome): readonly string[] {
  return [...failures].flatMap(([error, account]) =>
    readersOf(mails, error)
      .filter(({ recipient }) => recipient !== addressOf(account))
      .map(({ recipient }) => `${recipient} read of ${error}, which is of ${account}`),
  );
}

/** A mail that was taken while the program was killed is sent again, with the same id. */
function twice({ failures, mails, kills }: Outcome): readonly string[] {
  return [...failures.keys()].flatMap((error) => {
    const copies = readersOf(mails, error);
    const ids = new Set(copies.map(({ id }) => id)).size;
    const again = copies.slice(1).filter((copy, index) => {
      const before = copies[index]?.at ?? 0;
      return !kills.some((at) => at >= before && at <= copy.at);
    });
    if (ids > 1) return [`${error} is in ${ids} mails`];
    return again.length > 0 ? [`${error} was sent again, and nobody was killed`] : [];
  });
}

const A_SECOND = 1000;
/** So many requests a second are sent to a deployment. */
const RATE = 10;

/** Of the good ones: a poll takes as long as its requests and those of others at the rate allowed, and not a second more. */
function late({ polls, asked, stalls }: Outcome): readonly string[] {
  return polls
    .filter(({ account }) => GOOD.some((name) => name === account))
    .flatMap(({ account, endedAt, milliseconds }) => {
      const from = endedAt - milliseconds - A_SECOND;
      const within = ({ at }: { readonly at: number }) => at >= from && at <= endedAt;
      const others = asked.filter(within).length;
      const stalled = stalls.filter(within).reduce((sum, stall) => sum + stall.milliseconds, 0);
      const allowed = (others / RATE) * A_SECOND + stalled + A_SECOND;
      return milliseconds <= allowed
        ? []
        : [
            `a poll of ${account} took ${milliseconds} ms; ${others} requests are a reason for ${Math.round(allowed)} ms`,
          ];
    });
}

/** Each process keeps to the rate: what one sent before it was killed does not count for the next one. Requests may bunch up on their way. */
function hasty({ asked, kills, stalls }: Outcome): readonly string[] {
  return asked.flatMap(({ at }, index) => {
    const before = asked[index - RATE - 1];
    const isExcused = ({ at: time }: { readonly at: number }) => time >= at - 2 * A_SECOND && time <= at;
    const isTooMany = before !== undefined && at - before.at < 0.9 * A_SECOND;
    const isSame = !kills.some((time) => before !== undefined && time >= before.at - A_SECOND && time <= at);
    return isTooMany && isSame && !stalls.some(isExcused) ? [`${RATE + 2} requests within ${at - before.at} ms`] : [];
  });
}

function told({ secrets, outputs }: Outcome): readonly string[] {
  return [...outputs].flatMap(([what, text]) =>
    secrets.filter((secret) => text.includes(secret)).map(() => `a secret is in: ${what}`),
  );
}

function readersOf(mails: readonly Mail[], error: string): readonly Mail[] {
  return mails.filter(({ body }) => new RegExp(`\\b${error}\\b`).test(body));
}

// Who reads a delivery, as of the try: their time zone by the rules in force, why they get it, and what else is broken by the last poll of
// this process. Nothing is asked of NOMAD or of the store, and nothing is stored: a try days later says what is so then.
import { type AlsoBrokenInput, type Broken, alsoBroken, brokenIn } from '../domain/notify/also-broken.ts';
import { type Reader, addressOf, whyOf } from '../domain/message/reader.ts';
import type { Identity } from '../domain/nomad/health.ts';
import type { Rules } from '../domain/notify/routing.ts';
import type { Snapshot } from '../domain/upload.ts';
import type { Claim } from '../store/store.ts';
import type { LastPolls } from './last-poll.ts';
import type { PollOutcome } from './poll-outcome.ts';
import type { Routing } from './recipients.ts';

export interface ReadersOptions {
  /** Those in force now. */
  readonly rules: () => Pick<Rules, 'recipients'>;
  readonly routing: Pick<Routing, 'targets' | 'mailTo'>;
  readonly lastPoll: () => LastPolls | null;
  /** What the account logs in with; null: a token. */
  readonly username: string | null;
  /** Of those who wish no other; IANA name. */
  readonly timeZone: string;
  /** Our page, as readers reach it; null: not known. */
  readonly page: () => string | null;
  /** The API base of NOMAD. */
  readonly nomad: string;
  /** Base of its GUI. */
  readonly gui: string;
}

export type ReaderOf = (claim: Pick<Claim, 'account' | 'channel' | 'recipient' | 'content'>) => Reader;

const NOBODY: Identity = { userId: null, email: null };

export function createReaders(options: ReadersOptions): ReaderOf {
  const { rules, routing, lastPoll, username, nomad, gui } = options;
  /** Looking through a large account takes a while, and several mails follow one poll. */
  const known = new WeakMap<Snapshot, readonly Broken[]>();

  function broken(snapshot: Snapshot): readonly Broken[] {
    const found = known.get(snapshot) ?? brokenIn(snapshot);
    known.set(snapshot, found);
    return found;
  }

  /** While NOMAD does not answer, nobody knows what is broken now. */
  function also(
    { names, snapshot, watching }: PollOutcome,
    { account, channel, recipient, content }: Parameters<ReaderOf>[0],
  ): string | null {
    if (snapshot === null || watching?.account !== account) return null;
    const isFor: AlsoBrokenInput['isFor'] = (event) =>
      routing
        .targets(event, watching.identity)
        .some((target) => target.channel === channel && target.recipient === recipient);
    return alsoBroken({ broken: broken(snapshot), content, isFor, names, gui, userId: watching.identity.userId });
  }

  return (claim) => {
    const { account, recipient } = claim;
    const page = options.page();
    const polls = lastPoll();
    const watching = polls?.good?.watching ?? null;
    // What was found for another account, before the login changed, is not about this one's uploads.
    const identity = watching?.account === account ? watching.identity : NOBODY;
    const counts = polls === null ? null : also(polls.any, claim);
    const wishes = rules().recipients.find(({ mail }) => addressOf(mail) === addressOf(recipient));
    return {
      timeZone: wishes?.timeZone ?? options.timeZone,
      why: whyOf({ recipient, mailTo: routing.mailTo(identity) ?? [], email: identity.email, username }),
      page,
      nomad,
      alsoBroken:
        counts === null
          ? null
          : { text: `Also broken now: ${counts}.`, link: page === null ? `${gui}/user/uploads` : `${page}/` },
    };
  };
}

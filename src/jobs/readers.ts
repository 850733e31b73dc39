// Who reads a delivery, as of the try: their time zone by the rules in force, why they get it, and what else is broken by the last poll of
// this process. Nothing is asked of NOMAD or of the store, and nothing is stored: a try days later says what is so then.
import { type Broken, alsoBroken, brokenIn } from '../domain/notify/also-broken.ts';
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
  readonly page: string | null;
  /** Base of NOMAD's GUI. */
  readonly gui: string;
}

export type ReaderOf = (claim: Pick<Claim, 'channel' | 'recipient' | 'content'>) => Reader;

const NOBODY: Identity = { userId: null, email: null };

export function createReaders(options: ReadersOptions): ReaderOf {
  const { rules, routing, lastPoll, username, page, gui } = options;
  /** Of the last snapshot that was looked through. */
  let known: { readonly snapshot: Snapshot; readonly broken: readonly Broken[] } | null = null;

  function broken({ snapshot, names, watching }: PollOutcome): readonly Broken[] {
    if (snapshot === null) return [];
    const userId = watching?.identity.userId ?? null;
    if (known?.snapshot !== snapshot) known = { snapshot, broken: brokenIn({ snapshot, names, gui, userId }) };
    return known.broken;
  }

  return ({ channel, recipient, content }) => {
    const polls = lastPoll();
    const identity = polls?.good?.watching?.identity ?? NOBODY;
    const isFor = (each: Broken) =>
      routing.targets(each, identity).some((target) => target.channel === channel && target.recipient === recipient);
    // While NOMAD does not answer, nobody knows what is broken now.
    const also = polls === null ? null : alsoBroken(broken(polls.any), content, isFor);
    const wishes = rules().recipients.find(({ mail }) => addressOf(mail) === addressOf(recipient));
    return {
      timeZone: wishes?.timeZone ?? options.timeZone,
      why: whyOf({ recipient, mailTo: routing.mailTo(identity) ?? [], email: identity.email, username }),
      page,
      alsoBroken:
        also === null
          ? null
          : { text: `Also broken now: ${also}.`, link: page === null ? `${gui}/user/uploads` : `${page}/` },
    };
  };
}

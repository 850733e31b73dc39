// `doctor`'s run: looks at each part in turn through what it is given, and has each finding judged. Changes nothing, sends nothing;
// what cannot be examined because an earlier part is bad is skipped, with the reason.
import type { Identity } from '../domain/nomad/health.ts';
import { type Part, skipped } from '../domain/doctor/findings.ts';
import {
  type MailFact,
  type PortFact,
  type Recipients,
  type StateFact,
  judgeMail,
  judgePort,
  judgeState,
} from '../domain/doctor/local-checks.ts';
import {
  type ListingFact,
  type LoginFact,
  type Reachability,
  type TokenFact,
  judgeClock,
  judgeListing,
  judgeLogin,
  judgeReach,
  judgeToken,
} from '../domain/doctor/nomad-checks.ts';
import { judgeProcessing } from '../domain/doctor/processing-check.ts';

/** Each looks at one part and returns what it found. None rejects because of a finding. */
export interface DoctorProbes {
  readonly nomadUrl: string;
  readonly roles: readonly string[];
  /** `server`: host and port. null: no mail is configured. */
  readonly mail: {
    readonly server: string;
    /** Who would get mail; `identity` null: there was no login yet. */
    recipients(identity: Identity | null): Recipients;
  } | null;
  /** Whose account it was at the last login of a monitor; null: not known. */
  lastIdentity(): Promise<Identity | null>;
  /** Host and port. */
  readonly address: string;
  reach(signal: AbortSignal): Promise<Reachability>;
  login(signal: AbortSignal): Promise<LoginFact>;
  /** Only after a good login. */
  token(signal: AbortSignal): Promise<TokenFact>;
  listing(signal: AbortSignal): Promise<ListingFact>;
  greetMailServer(): Promise<MailFact>;
  state(): Promise<StateFact>;
  port(): Promise<PortFact>;
  readonly clock: () => number;
}

/** `onPart` gets each part as soon as it is judged, in the order of the answers. */
export async function examine(
  examination: DoctorProbes,
  onPart: (part: Part) => void,
  signal: AbortSignal,
): Promise<readonly Part[]> {
  const { nomadUrl, roles, mail, address } = examination;
  const parts: Part[] = [];
  const add = (part: Part): Part => {
    parts.push(part);
    // After a signal nobody waits for answers that were cut by it.
    if (!signal.aborted) onPart(part);
    return part;
  };

  const reach = await examination.reach(signal);
  const nomad = add(judgeReach(nomadUrl, reach));
  const login = nomad.state === 'ok' ? await examination.login(signal) : null;
  if (login === null) {
    const reason = reach.kind === 'silence' ? 'NOMAD does not answer' : 'NOMAD does not answer as it should';
    add(skipped('login', reason));
  } else add(judgeLogin(login));

  if (login?.ok === true) {
    add(judgeToken(await examination.token(signal), examination.clock()));
    const listing = await examination.listing(signal);
    add(judgeListing(listing, roles));
    add(listing.ok ? judgeProcessing(listing.behaviour) : skipped('processing', 'no listing'));
  } else for (const part of ['token_lifetime', 'listing', 'processing'] as const) add(skipped(part, 'no login'));
  add(judgeClock(reach));

  if (mail === null) add(skipped('smtp', 'SMTP_URL is not set: no mails are sent'));
  else {
    const identity = login?.ok === true ? login.identity : await examination.lastIdentity();
    add(judgeMail(mail.server, await examination.greetMailServer(), mail.recipients(identity)));
  }

  const state = await examination.state();
  add(judgeState(state));
  add(judgePort(address, await examination.port(), state.kind === 'in use'));
  return parts;
}

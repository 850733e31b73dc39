// `outbox`: lists undelivered and held messages, and why; sends them again, or drops them.
import { inKeys } from '../../config/account-keys.ts';
import type { LoadedAccount } from '../../config/accounts.ts';
import { type HoldContext, groupDeliverable } from '../../domain/notify/hold.ts';
import { noRecipientText } from '../../domain/notify/no-recipient.ts';
import { quietAt } from '../../domain/notify/quiet-hours.ts';
import { counted, oneLine } from '../../domain/text/one-line.ts';
import { notifiedOf } from '../../app/notified.ts';
import { loginFingerprint } from '../../app/nomad.ts';
import type { Handled, KnownAccount } from '../../store/operator.ts';
import { type StateAccess, withState } from './with-state.ts';
import { EXIT } from '../exit-status.ts';
import { typed } from '../installation.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { widthOf } from '../terminal/terminal.ts';
import { deliveredDocument, deliveredText } from './delivered-text.ts';
import { type HeldLane, outboxDocument, outboxText } from './outbox-text.ts';

interface OutboxOptions {
  readonly envFile: string | null;
  readonly account: null;
  readonly io: Io;
  readonly json: boolean;
}
type ChosenOptions = OutboxOptions & { readonly ids: readonly string[] };

export function list({ json, ...from }: OutboxOptions): Promise<number> {
  return withState({ ...from, ofOne: false }, async (at) => {
    const { io, operator, now, scrub, config } = at;
    const known = await knownAccounts(at);
    const outbox = {
      undelivered: await operator.undelivered(now),
      held: await waitingLanes(at, known),
      noRecipient: noRecipientOf(known),
    };
    if (json) print(io, scrub(jsonText(outboxDocument(outbox))));
    else print(io, outboxText(outbox, { now, scrub, width: widthOf(io.stdout), timeZone: config.timeZone }));
    return EXIT.good;
  });
}

/** `last`: how many. */
export function listDelivered({ json, ...from }: OutboxOptions, last: number): Promise<number> {
  return withState({ ...from, ofOne: false }, async ({ io, operator, now, scrub }) => {
    const delivered = await operator.delivered(last);
    if (json) print(io, scrub(jsonText(deliveredDocument(delivered))));
    else print(io, deliveredText(delivered, { now, scrub, width: widthOf(io.stdout) }));
    return EXIT.good;
  });
}

/** `ids` empty: all that are pending or dead. */
export function retry({ ids, json, ...from }: ChosenOptions): Promise<number> {
  return withState({ ...from, ofOne: false }, async ({ io, operator, now }) => {
    const chosen = ids.length > 0 ? ids : (await operator.undelivered(now)).map(({ id }) => id);
    const handled = await operator.retry(chosen, now);
    return printHandled(io, handled, 'will be retried now by the running monitor', json, ids.length === 0);
  });
}

export function drop({ ids, json, ...from }: ChosenOptions): Promise<number> {
  return withState({ ...from, ofOne: false }, async ({ io, operator, now }) =>
    printHandled(io, await operator.drop(ids, now), 'dropped: will not be sent', json, false),
  );
}

function printHandled(io: Io, { done, unknown, busy }: Handled, what: string, json: boolean, all: boolean): number {
  if (json) print(io, jsonText({ done, unknown, busy }));
  else print(io, done.length === 0 && all ? 'the outbox is empty' : `${counted(done.length, 'delivery')} ${what}`);
  for (const id of unknown)
    complain(io, `${oneLine(id, 80)}: no undelivered message has this id; see ${typed('outbox')}`);
  for (const id of busy) complain(io, `${id}: it is being sent right now; try again in a minute`);
  return unknown.length > 0 ? EXIT.usage : busy.length > 0 && !all ? EXIT.bad : EXIT.good;
}

/** An account of the configuration, and what the state knows of it. */
interface KnownHere extends LoadedAccount {
  readonly known: KnownAccount | null;
}

function knownAccounts({ accounts, operator }: StateAccess): Promise<readonly KnownHere[]> {
  return Promise.all(
    accounts.map(async (each) => {
      const { nomad } = each.config;
      return { ...each, known: await operator.account(nomad.url, loginFingerprint(nomad)) };
    }),
  );
}

function noRecipientOf(accounts: readonly KnownHere[]): string | null {
  const said = accounts.flatMap(({ name, config, rules, known }) => {
    const text = noRecipientText(rules, notifiedOf(config), known?.identity ?? null);
    return text === null ? [] : [name === null ? text : `${name}: ${inKeys(text)}`];
  });
  return said.length === 0 ? null : said.join('; ');
}

/** Quiet hours are those of the account that it is about. */
function quietUntilOf(accounts: readonly KnownHere[], now: number): HoldContext['quietUntil'] {
  const quiet = new Map(
    accounts.flatMap(({ known, rules, config }) =>
      known === null ? [] : [[known.id, quietAt(rules.quiet, now, config.timeZone)] as const],
    ),
  );
  return (kind, account) => quiet.get(account)?.(kind) ?? null;
}

/** What waits without a delivery, by recipient and reason. Whether more is still being looked up only the running monitor knows. */
async function waitingLanes(
  { operator, config, now }: StateAccess,
  known: readonly KnownHere[],
): Promise<readonly HeldLane[]> {
  const { waiting, ...queue } = await operator.queue(now);
  const { held } = groupDeliverable(waiting, {
    ...queue,
    quietUntil: quietUntilOf(known, now),
    mailMaxPerHour: config.mail?.maxPerHour ?? Number.POSITIVE_INFINITY,
    now,
  });
  const holds = new Map(held.map(({ notification, hold }) => [notification, hold]));
  const lanes = new Map<string, HeldLane>();
  for (const notification of waiting) {
    const { channel, recipient, since } = notification;
    const { reason, until } = holds.get(notification) ?? DUE;
    const key = `${channel} ${recipient} ${reason} ${String(until)}`;
    const lane = lanes.get(key) ?? { channel, recipient, events: 0, since, reason, until };
    lanes.set(key, { ...lane, events: lane.events + 1 });
  }
  return [...lanes.values()];
}

const DUE = { reason: 'due', until: null } as const;

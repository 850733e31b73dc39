// Which deliveries are remembered as refused: only what will be tried again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sent } from '../../src/channels/channel.ts';
import { DAY } from '../../src/domain/text/durations.ts';
import { deliver } from '../../src/jobs/delivery.ts';
import { createRepeats } from '../../src/jobs/log-repeats.ts';
import { T0, event, reader } from '../support/builders.ts';
import { logger } from '../support/logger.ts';

const REFUSED: Sent = { result: 'retry', reason: 'it answered 400', isAboutMessage: true };
const ROWS: readonly (readonly [string, Sent, number, string, boolean])[] = [
  ['refused, and tried again', REFUSED, T0, 'retried', true],
  ['refused for three days, and given up', REFUSED, T0 - 3 * DAY, 'dead', false],
  ['refused for good', { result: 'rejected', reason: 'it answered 410' }, T0, 'dead', false],
  ['taken', { result: 'delivered' }, T0, 'delivered', false],
  ['nobody there', { result: 'retry', reason: 'it could not be reached' }, T0, 'retried', false],
];
for (const [what, sent, firstTriedAt, result, isRemembered] of ROWS)
  test(what, async () => {
    const { log } = logger();
    const repeats = createRepeats(log);
    const refused = new Set(['d1']);
    const outcome = await deliver(
      {
        ...{ id: 'd1', account: 1, channel: 'webhook', recipient: 'webhook' },
        ...{ content: { kind: 'events', events: [event()] }, tries: 9, unfinished: 0, firstTriedAt },
      },
      { mutes: [], quietUntil: () => null, now: T0, claimedAt: T0 },
      {
        channels: { webhook: { send: async () => sent, close: () => undefined } },
        readerOf: () => reader(),
        store: { runEnds: async () => new Map(), eventsOf: async () => [] },
        settlements: { settle: async () => undefined },
        refused,
        setupProblems: { mail: repeats, webhook: repeats, chat: repeats, alertmanager: repeats },
        log,
        clock: () => T0,
        random: () => 0.5,
      },
    );
    assert.equal(outcome?.result, result);
    assert.equal(refused.has('d1'), isRemembered);
  });

// The gauges of the outbox, by channel: what waits, what is pending and since when, what is dead.
import { Gauge, type Registry } from 'prom-client';
import { CHANNELS } from '../domain/notify/hold.ts';
import type { OutboxCount } from '../store/store.ts';
import { describing } from './registry.ts';

export interface OutboxGauges {
  set(counts: readonly OutboxCount[]): void;
  /** No series any more. */
  reset(): void;
}

export function createOutboxGauges(registry: Registry): OutboxGauges {
  const in_ = describing(registry);
  const pending = new Gauge(in_('deliveries_pending', 'Messages waiting to be delivered.', ['channel']));
  const dead = new Gauge(in_('deliveries_dead', 'Messages given up.', ['channel']));
  const held = new Gauge(
    in_('notifications_held', 'Events that wait for a message: muted, quiet hours, too many, or behind another.', [
      'channel',
    ]),
  );
  const oldest = new Gauge(
    in_(
      'oldest_pending_delivery_timestamp_seconds',
      'When the oldest message that is still waiting was created; absent if there is none.',
      ['channel'],
    ),
  );

  return {
    set(counts) {
      const byChannel = new Map(counts.map((each) => [each.channel, each]));
      oldest.reset();
      for (const channel of CHANNELS) {
        const found = byChannel.get(channel);
        pending.set({ channel }, found?.pending ?? 0);
        dead.set({ channel }, found?.dead ?? 0);
        held.set({ channel }, found?.waiting ?? 0);
        const oldestPendingAt = found?.oldestPendingAt ?? null;
        if (oldestPendingAt !== null) oldest.set({ channel }, oldestPendingAt / 1000);
      }
    },
    reset() {
      for (const gauge of [pending, dead, held, oldest]) gauge.reset();
    },
  };
}

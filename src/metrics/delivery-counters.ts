// What tries to deliver a message come to, counted and timed.
import { Counter, Histogram, type Registry } from 'prom-client';
import { CHANNELS } from '../domain/notify/hold.ts';
import { DELIVERY_RESULTS, type DeliveryOutcome } from '../jobs/delivery.ts';
import { describing } from './registry.ts';

export interface DeliveryCounters {
  onDelivery(outcome: DeliveryOutcome): void;
}

export function createDeliveryCounters(registry: Registry): DeliveryCounters {
  const in_ = describing(registry);
  const deliveries = new Counter(in_('deliveries_total', 'Attempts to deliver a message.', ['channel', 'result']));
  const duration = new Histogram({
    ...in_('delivery_duration_seconds', 'How long an attempt to deliver took.', ['channel']),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  });

  for (const channel of CHANNELS) {
    duration.zero({ channel });
    for (const result of DELIVERY_RESULTS) deliveries.inc({ channel, result }, 0);
  }

  return {
    onDelivery({ channel, result, milliseconds }) {
      deliveries.inc({ channel, result });
      duration.observe({ channel }, milliseconds / 1000);
    },
  };
}

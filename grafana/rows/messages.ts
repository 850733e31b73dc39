// Whether the messages go out.
import { AGE, LEFT, colored } from '../columns.ts';
import { counts, now, of, overTime, series, table } from '../panels.ts';

const QUIET = 'No message was sent in this time';

export function messages() {
  return [
    counts(
      {
        id: 40,
        title: 'Delivery attempts',
        description: 'By channel and result: delivered, retried (tried again later), dead (given up). ',
        w: 8,
        h: 8,
        unit: 'short',
        decimals: 0,
        none: QUIET,
      },
      [
        overTime(
          'A',
          `sum by (channel, result) (increase(${of('deliveries_total')}[$__rate_interval])) > 0`,
          '{{channel}} {{result}}',
        ),
      ],
    ),
    series(
      {
        id: 41,
        title: 'How long an attempt takes',
        description: 'Half of them (p50) and all but one of a hundred (p99), whatever the result.',
        w: 8,
        h: 8,
        unit: 's',
        none: QUIET,
      },
      [quantile('A', 0.5), quantile('B', 0.99)],
    ),
    table(
      {
        id: 42,
        title: 'Channels',
        description:
          'What is waiting now. "Held" are events that wait for a message: muted, quiet hours, too many an hour, or behind an earlier message to the same recipient.',
        w: 8,
        h: 8,
        unit: 'short',
        none: 'No monitor answers',
      },
      [
        now('A', byChannel(of('deliveries_pending'))),
        now('B', `1000 * min by (channel) (${of('oldest_pending_delivery_timestamp_seconds')})`),
        now('C', byChannel(of('notifications_held'))),
        now('D', byChannel(of('deliveries_dead'))),
      ],
      [
        { field: 'channel', name: 'Channel' },
        { field: 'Value #A', name: 'Waiting', set: colored(1, 'orange') },
        { field: 'Value #B', name: 'Oldest', set: [...AGE, { id: 'noValue', value: '–' }] },
        { field: 'Value #C', name: 'Held', set: LEFT },
        { field: 'Value #D', name: 'Given up', set: colored(1, 'red') },
      ],
    ),
  ];
}

function byChannel(selector: string): string {
  return `sum by (channel) (${selector})`;
}

function quantile(refId: string, share: number) {
  return overTime(
    refId,
    `histogram_quantile(${share}, sum by (channel, le) (rate(${of('delivery_duration_seconds_bucket')}[$__rate_interval]))) >= 0`,
    `{{channel}} p${share * 100}`,
  );
}

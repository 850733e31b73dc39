// One line an account, and what its process costs: for whoever runs several, or looks for a leak.
import { type ValueMap, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { AGE, LEFT } from '../columns.ts';
import { MONITOR, link } from '../links.ts';
import { type Column, now, of, overTime, series, table } from '../panels.ts';
import { SEEN_EACH, SEEN_WORDS } from '../seen.ts';

const NONE = 'No monitor answers';

export function accounts() {
  const each = (selector: string) => `max by (instance) (${selector})`;
  return [
    table(
      {
        id: 50,
        title: 'Accounts',
        description:
          'Each monitor that Prometheus scrapes: one per NOMAD account. "Without series" are uploads that METRICS_MAX_UPLOADS leaves out of the table above.',
        w: 24,
        h: 6,
        unit: 'short',
        none: NONE,
      },
      [
        now('A', `max by (instance, version, node_version) (${of('build_info')})`),
        now('B', each(SEEN_EACH)),
        now('C', `1000 * ${each(of('last_successful_poll_timestamp_seconds'))}`),
        now('D', `1000 * ${each(of('last_poll_timestamp_seconds'))}`),
        now('E', `sum by (instance) (${of('uploads')})`),
        now('F', `sum by (instance) (${of('uploads_by_condition', 'condition=~"failed|stuck|entries_failed"')})`),
        now('G', each(of('uploads_without_series'))),
        now('H', each(of('leader'))),
        now('I', each(of('config_last_reload_successful'))),
        now('J', `1000 * ${each(of('config_last_reload_timestamp_seconds'))}`),
        now('K', `1000 * ${each(of('process_start_time_seconds'))}`),
      ],
      COLUMNS,
    ),
    process(
      51,
      'CPU',
      'Share of one core.',
      'percentunit',
      `rate(${of('process_cpu_seconds_total')}[$__rate_interval])`,
    ),
    process(
      52,
      'Memory',
      'What the process holds in memory. It may rise for hours and must level off.',
      'bytes',
      of('process_resident_memory_bytes'),
    ),
    process(
      53,
      'Event loop lag (p99)',
      'Sampled every 100 ms and including them: 0.1 s means that nothing blocks the loop.',
      's',
      of('nodejs_eventloop_lag_p99_seconds'),
    ),
  ];
}

const COLUMNS: readonly Column[] = [
  { field: 'instance', name: 'Account', set: [link("Open the monitor's page", MONITOR)] },
  { field: 'Value #B', name: 'NOMAD', set: words(SEEN_WORDS) },
  { field: 'Value #C', name: 'Last successful poll', set: AGE },
  { field: 'Value #D', name: 'Last poll', set: AGE },
  { field: 'Value #E', name: 'Uploads', set: LEFT },
  { field: 'Value #F', name: 'Failed, stuck or with failed entries', set: LEFT },
  { field: 'Value #G', name: 'Without series', set: LEFT },
  { field: 'Value #H', name: 'Does the work', set: yesNo('yes', 'on standby', 'blue') },
  { field: 'Value #I', name: 'Configuration', set: yesNo('good', 'refused', 'red') },
  { field: 'Value #J', name: 'Read', set: AGE },
  { field: 'Value #K', name: 'Started', set: AGE },
  { field: 'version', name: 'Version' },
  { field: 'node_version', name: 'Node.js' },
];

function yesNo(yes: string, no: string, color: string) {
  const options = { '0': { text: no, color }, '1': { text: yes, color: 'green' } };
  return words({ type: MappingType.ValueToText, options });
}

function words(mapping: ValueMap) {
  return [{ id: 'mappings', value: [mapping] }, { id: 'custom.cellOptions', value: { type: 'color-text' } }, ...LEFT];
}

function process(id: number, title: string, description: string, unit: string, expr: string) {
  return series({ id, title, description, w: 8, h: 7, unit, none: NONE }, [overTime('A', expr, '{{instance}}')]);
}

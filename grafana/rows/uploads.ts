// Which uploads need a look, worst first, and how the whole account has fared.
import {
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { type DynamicConfigValue, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Column, counts, now, of, overTime, series, table } from '../panels.ts';
import { NOMAD_UPLOAD, MONITOR_UPLOAD, link } from '../links.ts';
import { AGE, LEFT, colored } from '../columns.ts';
import { CONDITIONS, STATUSES, byState, words } from '../states.ts';

/** More than anybody reads, and few enough for the browser. */
const MAX_ROWS = 50;
const SAME = 'on (job, instance, upload_id)';
/** How bad: what the table is sorted by, and its first column as words. */
const RANKS = [
  { rank: 6, text: 'failed', color: 'red' },
  { rank: 5, text: 'at work > 2 h', color: 'purple' },
  { rank: 4, text: 'entries failed', color: 'orange' },
  { rank: 3, text: 'empty', color: 'yellow' },
  { rank: 2, text: 'at work', color: 'blue' },
  { rank: 1, text: 'changed', color: 'text' },
] as const;

const since = of('upload_status_since_timestamp_seconds');
const atWork = of('upload_status', 'process_status=~"PENDING|RUNNING|WAITING_FOR_RESULT"');
/** Which uploads are stuck no metric tells, but after STUCK_AFTER (2 h) they are among those that long at work. */
const rank = `max by (job, instance, upload_id) (
    6 * ${of('upload_status', 'process_status="FAILURE"')}
  or
    2 * ${atWork}
  or
    ${of('upload_status', 'process_status=~"READY|SUCCESS|other"')}
  or
    5 + 0 * (time() - ${since} > 7200) and ${SAME} ${atWork} == 1
  or
    4 + 0 * (${of('upload_failed_entries')} > 0)
  or
    3 + 0 * (${of('upload_entries')} == 0 and ${SAME} ${of('upload_status', 'process_status="SUCCESS"')} == 1)
)`;
/** The worst, and of equally bad ones the newest: a rank outweighs every timestamp. */
const worst = `topk(${MAX_ROWS}, 1e10 * ${rank} + ${SAME} ${since})`;
const ofWorst = (expr: string) => `${expr}\nand ${SAME} ${worst}`;

export function worstUploads() {
  const named = `1000 * ${since}
  * ${SAME} group_left(upload_name, main_author) ${of('upload_info')}
  * ${SAME} group_left(process_status) (${of('upload_status')} == 1)`;
  const columns: readonly Column[] = [
    { field: 'Value #A', name: 'Condition', set: [width(130), ...ranks()] },
    { field: 'upload_name', name: 'Upload', set: [width(360), link('Open the upload in NOMAD', NOMAD_UPLOAD)] },
    { field: 'upload_id', name: 'Id', set: [width(230), link("Open the monitor's page about it", MONITOR_UPLOAD)] },
    { field: 'main_author', name: 'Author', set: [width(160)] },
    { field: 'process_status', name: 'Status', set: [width(180), ...words(STATUSES)] },
    { field: 'Value #B', name: 'Since', set: [width(150), ...AGE] },
    { field: 'Value #C', name: 'Errors', set: [width(90), ...colored(1, 'red')] },
    {
      field: 'Value #D',
      name: 'Failed entries',
      set: [width(120), ...colored(1, 'orange'), { id: 'noValue', value: 'not known' }],
    },
    { field: 'Value #E', name: 'Entries', set: [width(90), ...LEFT] },
    { field: 'instance', name: 'Account' },
  ];
  return table(
    {
      id: 10,
      title: 'Uploads that need attention',
      description: `The ${MAX_ROWS} worst of those that are failed, being processed, or changed within 24 hours; among equally bad ones the newest. A click on the name opens the upload in NOMAD, a click on the id the monitor's page about it.`,
      w: 24,
      h: 10,
      unit: 'short',
      none: 'No upload is failed, at work or changed within 24 hours',
    },
    [
      now('A', ofWorst(rank)),
      now('B', ofWorst(named)),
      now('C', ofWorst(of('upload_errors'))),
      now('D', ofWorst(of('upload_failed_entries'))),
      now('E', ofWorst(of('upload_entries'))),
    ],
    columns,
  ).sortBy(['Condition', 'Since'].map((name) => new TableSortByFieldStateBuilder().displayName(name).desc(true)));
}

function ranks(): readonly DynamicConfigValue[] {
  const options = Object.fromEntries(RANKS.map(({ rank: value, text, color }) => [value, { text, color }]));
  return [
    { id: 'mappings', value: [{ type: MappingType.ValueToText, options }] },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ...LEFT,
  ];
}

function width(pixels: number): DynamicConfigValue {
  return { id: 'custom.width', value: pixels };
}

export function conditions() {
  const panel = series(
    {
      id: 11,
      title: 'Uploads by condition',
      description:
        'How many need attention, over time. An upload can be in several conditions, so these do not add up.',
      w: 12,
      h: 8,
      unit: 'short',
      decimals: 0,
      none: 'No monitor answers',
    },
    [overTime('A', `sum by (condition) (${of('uploads_by_condition', 'condition!="published"')})`, '{{condition}}')],
  );
  return byState(panel, CONDITIONS);
}

export function statuses() {
  const panel = series(
    {
      id: 12,
      title: 'Uploads by process status',
      description:
        "All uploads by NOMAD's own status. The scale is logarithmic above 1, so that 1 running upload is visible next to 3,000 finished ones.",
      w: 12,
      h: 8,
      unit: 'short',
      decimals: 0,
      none: 'No monitor answers',
    },
    [overTime('A', `sum by (process_status) (${of('uploads')})`, '{{process_status}}')],
  ).scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Symlog).log(10).linearThreshold(1));
  return byState(panel, STATUSES);
}

export function events() {
  return counts(
    {
      id: 13,
      title: 'Events',
      description:
        'What the monitor found, by kind (docs/events.md). A bar counts a little more than its own width, so that nothing falls between two scrapes: read the shape here, the sum next to it.',
      w: 16,
      h: 8,
      unit: 'short',
      decimals: 0,
      none: 'Nothing has happened in this time',
    },
    [overTime('A', `sum by (kind) (increase(${of('events_total')}[$__rate_interval])) > 0`, '{{kind}}')],
  );
}

export function eventSums() {
  return table(
    {
      id: 14,
      title: 'Events in all',
      description: 'How many of each kind in the time shown, as Prometheus calculates from its scrapes.',
      w: 8,
      h: 8,
      unit: 'short',
      none: 'Nothing has happened in this time',
    },
    [now('A', `sum by (kind) (increase(${of('events_total')}[$__range])) >= 0.5`)],
    [
      { field: 'kind', name: 'Kind' },
      { field: 'Value', name: 'Events', set: LEFT },
    ],
  ).sortBy([new TableSortByFieldStateBuilder().displayName('Events').desc(true)]);
}

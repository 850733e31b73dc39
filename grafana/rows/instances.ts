// Instances that share a state in PostgreSQL: which of each group leads, how often that changed, and whether nobody or more than one does.
import { VisibilityMode, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { type ValueMapping, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { LEFT, colored } from '../columns.ts';
import { DATASOURCE, SELECT, counts, now, of, overTime, table } from '../panels.ts';

const NONE = 'No instance shares its state with another';
/** Also of those that do not answer any more, for a day. */
const GROUP = `* on (job, instance) group_left (group)
  topk by (job, instance) (1, last_over_time(${of('shared_state_info')}[1d]))`;
/** 1 leads, 0 stands by, -1 does not answer Prometheus. */
const STATE = `(${of('leader')} or (up{${SELECT}} == 0) - 1)
  ${GROUP}`;
const STATE_WORDS: ValueMapping = {
  type: MappingType.ValueToText,
  options: {
    '-1': { text: 'does not answer', color: 'red' },
    '0': { text: 'on standby', color: 'blue' },
    '1': { text: 'leads', color: 'green' },
  },
};
const LEADERS_WORDS: readonly ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: { '0': { text: 'no leader', color: 'red' }, '1': { text: 'one leads', color: 'green' } },
  },
  {
    type: MappingType.RangeToText,
    options: { from: 2, to: null, result: { text: 'more than one leads', color: 'red' } },
  },
];

export function instances() {
  return [whoLeads(), groups(), changesOfLeader()];
}

function whoLeads(): TimelineBuilder {
  return new TimelineBuilder()
    .id(60)
    .title('Who leads')
    .description(
      'Each instance of each group: whether it leads (does the work), is on standby, or does not answer Prometheus. Instances of a group share a state in PostgreSQL.',
    )
    .datasource(DATASOURCE)
    .span(24)
    .height(6)
    .unit('short')
    .noValue(NONE)
    .mappings([STATE_WORDS])
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .fillOpacity(70)
    .lineWidth(0)
    .rowHeight(0.8)
    .legend(new VizLegendOptionsBuilder().showLegend(false))
    .withTarget(overTime('A', `max by (group, instance) (${STATE})`, '{{group}} {{instance}}'));
}

function groups() {
  return table(
    {
      id: 61,
      title: 'Groups of instances',
      description:
        'Now: whether one leads, and which; how many instances there are and how many of them answer Prometheus; and how often one took the lead in the time shown.',
      w: 16,
      h: 7,
      unit: 'short',
      none: NONE,
    },
    [
      now('A', `sum by (group) (clamp_min(${STATE}, 0))`),
      now('B', `max by (group, instance) (${STATE} == 1)`),
      now('C', `count by (group) (${STATE})`),
      now('D', `count by (group) (${STATE} >= 0)`),
      now('E', `sum by (group) (${taken('$__range')})`),
    ],
    [
      { field: 'group', name: 'Group' },
      {
        field: 'Value #A',
        name: 'State',
        set: [
          { id: 'mappings', value: LEADERS_WORDS },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
          ...LEFT,
        ],
      },
      { field: 'instance', name: 'Leader' },
      { field: 'Value #C', name: 'Instances', set: LEFT },
      { field: 'Value #D', name: 'Answer', set: LEFT },
      { field: 'Value #E', name: 'Changes of leader', set: colored(3, 'orange') },
    ],
  );
}

function changesOfLeader() {
  return counts(
    {
      id: 62,
      title: 'Changes of leader',
      description:
        'How often an instance of the group took the lead. One that took it between its start and the first scrape is not seen.',
      w: 8,
      h: 7,
      unit: 'short',
      decimals: 0,
      none: 'The leaders stayed the same',
    },
    [overTime('A', `sum by (group) (${taken('$__rate_interval')}) > 0`, '{{group}}')],
  );
}

/** A change that is no fall: from standing by to leading. */
function taken(range: string): string {
  return `(changes(${of('leader')}[${range}]) - resets(${of('leader')}[${range}]))
  ${GROUP}`;
}

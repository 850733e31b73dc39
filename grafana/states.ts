// The colour and the line of each state: always its own, whichever others there are. Grafana's palette gives colours by order.
import { LineStyleBuilder } from '@grafana/grafana-foundation-sdk/common';
import { type DynamicConfigValue, type ValueMap, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as SeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

export interface State {
  /** The value of the label. */
  readonly name: string;
  readonly color: string;
  /** Lengths of dashes and gaps, beside the colour; none: a solid line. */
  readonly dash?: readonly number[];
}

/** NOMAD's own, as the monitor names them. */
export const STATUSES: readonly State[] = [
  { name: 'FAILURE', color: 'red' },
  { name: 'SUCCESS', color: 'green' },
  { name: 'RUNNING', color: 'blue' },
  { name: 'PENDING', color: 'light-blue', dash: [10, 5] },
  { name: 'WAITING_FOR_RESULT', color: 'dark-blue', dash: [15, 3] },
  { name: 'READY', color: 'text', dash: [5, 5] },
  { name: 'other', color: 'purple', dash: [2, 4] },
];

/** All but `published`, which is no condition that anybody has to look at. */
export const CONDITIONS: readonly State[] = [
  { name: 'failed', color: 'red' },
  { name: 'stuck', color: 'purple', dash: [10, 5] },
  { name: 'entries_failed', color: 'orange', dash: [5, 5] },
  { name: 'empty', color: 'yellow', dash: [2, 4] },
  { name: 'processing', color: 'blue', dash: [15, 3] },
];

export const POLL_RESULTS: readonly State[] = [
  { name: 'ok', color: 'green' },
  { name: 'unreachable', color: 'red' },
  { name: 'unauthorized', color: 'purple' },
  { name: 'invalid', color: 'orange' },
  { name: 'incomplete', color: 'yellow' },
  { name: 'skipped', color: 'blue' },
];

export const TOKEN_RESULTS: readonly State[] = [
  { name: 'ok', color: 'green' },
  { name: 'refused', color: 'red' },
  { name: 'error', color: 'orange' },
];

/** The legend has to be the state alone. */
export function byState(panel: SeriesBuilder, states: readonly State[]): SeriesBuilder {
  for (const { name, color, dash } of states) {
    const fixed: DynamicConfigValue = { id: 'color', value: { mode: 'fixed', fixedColor: color } };
    panel.overrideByName(name, dash === undefined ? [fixed] : [fixed, dashed(dash)]);
  }
  return panel;
}

/** The same colours for the words in a column of a table. */
export function words(states: readonly State[]): readonly DynamicConfigValue[] {
  const options = Object.fromEntries(states.map(({ name, color }) => [name, { text: name, color }]));
  const mapping: ValueMap = { type: MappingType.ValueToText, options };
  return [
    { id: 'mappings', value: [mapping] },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ];
}

function dashed(dash: readonly number[]): DynamicConfigValue {
  const value = new LineStyleBuilder()
    .fill('dash')
    .dash([...dash])
    .build();
  return { id: 'custom.lineStyle', value };
}

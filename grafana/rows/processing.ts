// How long NOMAD takes for uploads here.
import { AxisPlacement, HeatmapCellLayout } from '@grafana/grafana-foundation-sdk/common';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
  RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { LEFT, colored } from '../columns.ts';
import { DATASOURCE, now, of, overTime, table } from '../panels.ts';

const RUNS =
  'Only runs that a poll saw running are counted, from that poll to their end: each is accurate to a minute.';

export function durations() {
  return new HeatmapBuilder()
    .id(20)
    .title('How long runs took')
    .description(`Runs by when they ended and how long they took; the stronger the colour, the more. ${RUNS}`)
    .datasource(DATASOURCE)
    .span(12)
    .height(8)
    .noValue('No run that a poll saw has ended in this time')
    .interval('2m')
    .calculate(false)
    .rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Auto).value('Runs'))
    .yAxis(new YAxisConfigBuilder().unit('s').axisPlacement(AxisPlacement.Left))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').steps(32))
    .cellGap(1)
    .withTarget(
      overTime(
        'A',
        `sum by (le) (increase(${of('processing_duration_seconds_bucket')}[$__rate_interval]))`,
        '{{le}}',
      ).format(PromQueryFormat.Heatmap),
    );
}

export function byProcess() {
  const over = (quantile: number) =>
    `histogram_quantile(${quantile}, sum by (process, le) (increase(${of('processing_duration_seconds_bucket')}[$__range]))) >= 0`;
  const runs = (more = '') => `sum by (process) (increase(${of('processing_duration_seconds_count', more)}[$__range]))`;
  return table(
    {
      id: 21,
      title: 'Runs by process',
      description: `In the time shown: how many there were, how many failed, and the time within which half and nine tenths of them ended. ${RUNS}`,
      w: 12,
      h: 8,
      unit: 's',
      none: 'No run that a poll saw has ended in this time',
    },
    [now('A', `${runs()} > 0`), now('B', `${runs('result="failed"')} > 0`), now('C', over(0.5)), now('D', over(0.9))],
    [
      { field: 'process', name: 'Process' },
      { field: 'Value #A', name: 'Runs', set: [{ id: 'unit', value: 'short' }, ...LEFT] },
      {
        field: 'Value #B',
        name: 'Failed',
        set: [{ id: 'unit', value: 'short' }, { id: 'noValue', value: '0' }, ...colored(0.5, 'red')],
      },
      { field: 'Value #C', name: 'Half within', set: LEFT },
      { field: 'Value #D', name: '9 of 10 within', set: LEFT },
    ],
  );
}

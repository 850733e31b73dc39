// The panels of the dashboard are made here, each with the same looks: query, stat, series, table. They know nothing of the monitor but its prefix.
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TableCellHeight,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as SeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** What every panel says of itself. `id` is fixed, since links to a panel name it; `w` and `h` in the dashboard's grid, which is 24 wide. */
export interface Head {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly w: number;
  readonly h: number;
  /** Of Grafana's own, such as `s`, `bytes`; `short`: a plain number. */
  readonly unit: string;
  readonly decimals?: number;
  /** Stands where there is no value: what that means. */
  readonly none: string;
}

/** The chosen accounts. */
export const SELECT = 'job=~"$job", instance=~"$account"';

/** A selector of one of the monitor's metrics for the chosen accounts; `more` is further matchers. */
export function of(metric: string, more = ''): string {
  return `nomad_upload_monitor_${metric}{${SELECT}${more === '' ? '' : `, ${more}`}}`;
}

export function overTime(refId: string, expr: string, legend: string): DataqueryBuilder {
  return query(refId, expr).legendFormat(legend).range();
}

export function now(refId: string, expr: string, format = PromQueryFormat.Table): DataqueryBuilder {
  return query(refId, expr).format(format).instant();
}

function query(refId: string, expr: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATASOURCE).refId(refId).expr(expr);
}

export interface Step {
  /** null: from below everything. */
  readonly from: number | null;
  readonly color: string;
}

function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  const values = steps.map(({ from, color }) => ({ value: from, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(values);
}

/** One number that is to be read from afar; the line under it is its past. */
export function stat(head: Head, expr: string, steps: readonly Step[], graph = BigValueGraphMode.Area): StatBuilder {
  return new StatBuilder()
    .id(head.id)
    .title(head.title)
    .description(head.description)
    .datasource(DATASOURCE)
    .span(head.w)
    .height(head.h)
    .unit(head.unit)
    .decimals(head.decimals ?? 0)
    .noValue(head.none)
    .thresholds(thresholds(steps))
    .colorMode(BigValueColorMode.Value)
    .graphMode(graph)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .withTarget(overTime('A', expr, head.title));
}

/** Lines over time. The legend tells the last value of each, so that colour is not all that there is to tell them apart. */
export function series(head: Head, queries: readonly DataqueryBuilder[]): SeriesBuilder {
  const panel = new SeriesBuilder()
    .id(head.id)
    .title(head.title)
    .description(head.description)
    .datasource(DATASOURCE)
    .span(head.w)
    .height(head.h)
    .unit(head.unit)
    .noValue(head.none)
    .min(0)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .legend(legend(head, ['lastNotNull', 'max']))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets([...queries]);
  return head.decimals === undefined ? panel : panel.decimals(head.decimals);
}

/** What was counted, as bars on one another. Their width is given: a bar counts what lies in $__rate_interval, a quarter more than 2 minutes when scraped each 30 s. */
export function counts(head: Head, queries: readonly DataqueryBuilder[]): SeriesBuilder {
  return series(head, queries)
    .interval('2m')
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(1)
    .fillOpacity(70)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    .legend(legend(head, []));
}

/** Beside the lines where there is room, else below. */
function legend({ w }: Head, calcs: string[]): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(calcs.length === 0 || w < 12 ? LegendDisplayMode.List : LegendDisplayMode.Table)
    .placement(w < 12 ? LegendPlacement.Bottom : LegendPlacement.Right)
    .showLegend(true)
    .calcs(calcs);
}

/** Answers of now, joined into one table by the labels that they share. Columns in the order of `columns`; all others are left out. */
export function table(head: Head, queries: readonly DataqueryBuilder[], columns: readonly Column[]): TableBuilder {
  const panel = new TableBuilder()
    .id(head.id)
    .title(head.title)
    .description(head.description)
    .datasource(DATASOURCE)
    .span(head.w)
    .height(head.h)
    .unit(head.unit)
    .decimals(head.decimals ?? 0)
    .noValue(head.none)
    .cellHeight(TableCellHeight.Sm)
    .targets([...queries])
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names: columns.map(({ field }) => field) } },
    })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
        renameByName: {},
      },
    });
  for (const { field, name, set } of columns)
    panel.overrideByName(field, [{ id: 'displayName', value: name }, ...(set ?? [])]);
  return panel;
}

export interface Column {
  /** As Grafana names it: the label, or `Value #` and the query's letter. Links refer to it by this name. */
  readonly field: string;
  /** What stands above it. */
  readonly name: string;
  readonly set?: readonly DynamicConfigValue[];
}

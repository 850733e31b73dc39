// How columns of tables show themselves.
import { type DynamicConfigValue, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** A moment (ms) as the time that has passed since. */
export const AGE: readonly DynamicConfigValue[] = [
  { id: 'unit', value: 'dateTimeFromNow' },
  { id: 'custom.align', value: 'left' },
];
export const LEFT: readonly DynamicConfigValue[] = [{ id: 'custom.align', value: 'left' }];

/** The number takes the colour from `from` on, and stays the number. */
export function colored(from: number, color: string): readonly DynamicConfigValue[] {
  const steps = [
    { value: null, color: 'text' },
    { value: from, color },
  ];
  return [
    { id: 'thresholds', value: { mode: ThresholdsMode.Absolute, steps } },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
    { id: 'custom.align', value: 'left' },
  ];
}

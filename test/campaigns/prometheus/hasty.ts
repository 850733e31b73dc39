// The shipped rules with time running sixty times as fast: each `for:`, window and offset is divided by 60, nothing else is touched.

const SECONDS = { m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const HASTE = 60;

export function hasty(rules: string): string {
  return rules.replace(
    /(for: |\[|offset )(\d+)([mhdw])\b/g,
    (_, before: string, count: string, unit: keyof typeof SECONDS) =>
      `${before}${(Number(count) * SECONDS[unit]) / HASTE}s`,
  );
}

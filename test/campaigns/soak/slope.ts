// How fast a series of figures grows: the slope of the straight line that fits it best, by least squares. Pure.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** y by x; 0 of fewer than two points. */
export function slope(points: readonly Point[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  if (points.length < 2 || spread === 0) return 0;
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
}

/** Without the first third: what a program gathers once (code, caches, pools) is no growth. */
export function settled<T>(series: readonly T[]): readonly T[] {
  return series.slice(Math.floor(series.length / 3));
}

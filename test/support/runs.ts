// How often a property is tried with random values: few times beside all the other tests, and `npm run test:random` tries it many times more.

const TIMES = Number(process.env['RANDOM_TIMES'] ?? 1);

/** `few`: how often `npm test` tries it. */
export function runs(few: number): number {
  return few * TIMES;
}

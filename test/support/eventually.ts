// Waits until something is so, looking again and again; fails with what was seen last when it does not come in time.
import { setTimeout as pause } from 'node:timers/promises';

/** `look` answers with what it found, or undefined while there is nothing. `within`: ms. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  within = 60_000,
): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${within / 1000} s: ${what}`);
    await pause(100);
  }
}

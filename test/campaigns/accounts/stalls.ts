// When this machine had no time for us: a program beside us had none either, and is not to blame for it.

const TICK = 50;

export function watchStalls() {
  const all: { readonly at: number; readonly milliseconds: number }[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > 2 * TICK) all.push({ at: Date.now(), milliseconds: now - last - TICK });
    last = now;
  }, TICK);
  return {
    all,
    end() {
      clearInterval(timer);
    },
  };
}

// What was done and what it said, with the seconds since the beginning.
import { performance } from 'node:perf_hooks';

export interface Transcript {
  readonly say: (what: string, output?: string) => void;
  readonly seconds: () => number;
}

export function createTranscript(): Transcript {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  return {
    seconds,
    say(what, output = '') {
      const lines = output.split('\n').filter((line) => line.trim() !== '');
      const text = [`${seconds().toFixed(1).padStart(6)} s  ${what}`, ...lines.map((line) => `          ${line}`)];
      process.stdout.write(`${text.join('\n')}\n`);
    },
  };
}

// The monitor polls again and again, and lists everything each time. Writes the CPU seconds of each round and the peak of memory.
import { createBenchApp } from './app.ts';
import { rounds } from './rounds.ts';

const [url = '', token = '', uploads = '0'] = process.argv.slice(2);
const HOUR = 3_600_000;

const { app, end } = createBenchApp({ NOMAD_URL: url, NOMAD_TOKEN: token });
// An hour apart, so that each is a sweep. The first is the baseline, and no round.
let now = Date.now();
async function poll(): Promise<void> {
  now += HOUR;
  const [{ result, snapshot } = { result: 'nothing', snapshot: null }] = await app.runOnce(now);
  if (result !== 'ok' || snapshot?.uploads.size !== Number(uploads)) throw new Error(`the poll came to ${result}`);
}
await poll();
await rounds(poll);
await end();

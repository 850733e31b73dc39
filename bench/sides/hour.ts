// An hour of polls, one a minute by the clock that they are given: the first lists everything, as after a start.
import { createBenchApp } from './app.ts';

const [url = '', token = ''] = process.argv.slice(2);
const MINUTE = 60_000;

const { app, end } = createBenchApp({ NOMAD_URL: url, NOMAD_TOKEN: token, TZ: 'UTC' });
const start = Math.ceil(Date.now() / (60 * MINUTE)) * 60 * MINUTE;
const kinds: string[] = [];
const NO_POLL = { result: 'nothing', kind: 'nothing' };
for (let minute = 0; minute < 60; minute += 1) {
  const [{ result, kind } = NO_POLL] = await app.runOnce(start + minute * MINUTE);
  if (result !== 'ok') throw new Error(`the poll of minute ${minute} came to ${result}`);
  kinds.push(kind);
}
await end();
process.stdout.write(JSON.stringify({ sweeps: 1 + kinds.filter((kind) => kind === 'sweep').length }));

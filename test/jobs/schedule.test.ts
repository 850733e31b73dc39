// Which loops there are: what is not configured has none, or only looks after what was left for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Loop, loopsOf } from '../../src/jobs/schedule.ts';

const run = () => Promise.resolve();
const always = {
  maker: (loop: Loop) => loop,
  silence: run,
  relay: run,
  renew: run,
  prune: run,
};
const ALONE = ['silence', 'relay mail', 'relay webhook', 'relay chat', 'renew', 'prune'];

test('alerts are sent where there is an Alertmanager, and leads change hands where the state is shared', () => {
  const names = (more: Pick<Parameters<typeof loopsOf>[0], 'alerts' | 'lead'>) =>
    loopsOf({ ...always, channels: ['mail'], ...more }).map(({ name }) => name);
  assert.deepEqual(names({ alerts: null, lead: null }), ALONE);
  assert.deepEqual(names({ alerts: run, lead: null }).toSorted(), [...ALONE, 'alerts'].toSorted());
  assert.deepEqual(names({ alerts: null, lead: { tick: run, renew: run } }), [...ALONE, 'lead', 'leases']);
});

test('a channel that is configured is looked at every five seconds, one that is not once an hour', () => {
  const loops = loopsOf({ ...always, channels: ['mail'], alerts: null, lead: null });
  const patternOf = (name: string) => loops.find((loop) => loop.name === name)?.pattern;
  assert.deepEqual(['relay mail', 'relay chat'].map(patternOf), ['*/5 * * * * *', '40 7 * * * *']);
});

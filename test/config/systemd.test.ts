// What systemd's variables come to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceManagerIn } from '../../src/config/systemd.ts';

const rows = [
  ['not started by systemd', {}, null],
  ['a watchdog, but nobody to feed', { WATCHDOG_USEC: '120000000' }, null],
  ['no watchdog', {}, undefined],
  ['a watchdog of 2 minutes', { WATCHDOG_USEC: '120000000' }, 120_000],
  ['a watchdog that is ours', { WATCHDOG_USEC: '2000000', WATCHDOG_PID: '42' }, 2000],
  ['a watchdog of another process', { WATCHDOG_USEC: '2000000', WATCHDOG_PID: '43' }, undefined],
  ['a watchdog that is off', { WATCHDOG_USEC: '0' }, undefined],
  ['a watchdog that is no number', { WATCHDOG_USEC: 'soon' }, undefined],
  ['a negative watchdog', { WATCHDOG_USEC: '-1' }, undefined],
] as const;
for (const [what, values, watchdog] of rows) {
  test(`${what}: ${watchdog === null ? 'nobody is told' : `watchdog ${watchdog ?? 'none'}`}`, () => {
    const socket = watchdog === null ? {} : { NOTIFY_SOCKET: '/run/systemd/notify' };
    const expected = { socket: '/run/systemd/notify', path: '/opt/bin', watchdog: watchdog ?? null };
    assert.deepEqual(
      serviceManagerIn({ PATH: '/opt/bin', ...socket, ...values }, 42),
      watchdog === null ? null : expected,
    );
  });
}

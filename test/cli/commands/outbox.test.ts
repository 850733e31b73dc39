// `outbox` on a state that no monitor works on: what was committed and never got a delivery is listed all the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqliteOperator } from '../../../src/store/sqlite/attach.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { callCli } from '../../support/cli.ts';
import { event } from '../../support/builders.ts';
import { opened } from '../../support/store-promises.ts';
import { tempDir } from '../../support/temp.ts';

test('what nothing holds and nothing has sent is waiting', async (context) => {
  const dir = tempDir(context);
  const place = { store: async () => openSqliteStore(dir), operator: async () => openSqliteOperator(dir) };
  const { commit } = await opened(context, place);
  const outbox = (...args: readonly string[]) =>
    callCli(['--env-file', '/dev/null', 'outbox', ...args], {
      NOMAD_URL: 'https://n/api/v1',
      NOMAD_USERNAME: 'ada',
      NOMAD_PASSWORD: 'secret',
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'm@lab.example',
      MAIL_TO: 'ada@lab.example',
      STATE_DIR: dir,
    });
  assert.equal((await outbox()).stdout, 'the outbox is empty: everything was delivered\n');

  const events = [event(), event({ id: 'e2' })];
  const notifications = events.map(
    ({ id }) => ({ eventId: id, channel: 'mail', recipient: 'ada@lab.example' }) as const,
  );
  await commit({ events, notifications });
  assert.match(
    (await outbox()).stdout,
    /^waiting: 2 events for mail ada@lab\.example, the oldest since .*: the running monitor sends this next, with more of the same if it finds any\n$/,
  );
  const { deliveries, held } = JSON.parse((await outbox('--json')).stdout) as Record<string, readonly object[]>;
  const [lane] = held ?? [];
  assert.deepEqual([deliveries, held?.length], [[], 1]);
  assert.deepEqual(
    { ...lane, since: null },
    {
      channel: 'mail',
      recipient: 'ada@lab.example',
      events: 2,
      since: null,
      reason: 'due',
      until: null,
    },
  );
});

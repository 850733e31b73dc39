// A set-up that the mail server refuses: the message waits, the log says it once, and what is accepted later leaves the server's answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel, Sent } from '../../src/channels/channel.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { createRelay } from '../../src/jobs/relay.ts';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { MINUTE, T0, event, reader } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

test('refused for three recipients and many tries: one line, then a count; accepted in the end, with the answer kept', async (context) => {
  const dir = tempDir(context);
  const store = openSqliteStore(dir);
  const operator = openSqliteOperator(dir);
  context.after(async () => {
    await operator.close();
    await store.close();
  });
  let tries = 0;
  let sent: Sent = { result: 'retry', reason: '550 5.7.60 no; set MAIL_FROM', advice: 'set MAIL_FROM' };
  const mail: Channel = { send: () => ((tries += 1), Promise.resolve(sent)), close: () => undefined };
  const lines: { level: string; fields: Readonly<Record<string, unknown>>; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message });
  const log = { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
  const time = { now: T0 };
  const relay = createRelay({
    ...{ store, channels: { mail }, readerOf: () => reader(), quietAt: () => () => null, mailMaxPerHour: 100 },
    ...{ log, clock: () => time.now, random: () => 0.5 },
  });
  const { id: account } = await store.openAccount('n', 'ada', T0);
  const people = ['a@lab.example', 'b@lab.example', 'c@lab.example'];
  const notifications = people.map((recipient) => ({ eventId: 'e1', channel: 'mail', recipient }) as const);
  const poll = { account, login: '', health: HEALTHY, comparedWith: null, takenAt: T0, changed: [], removed: [] };
  await store.commitPoll({ ...poll, events: [event({ id: 'e1' })], notifications, now: T0 });

  for (let minute = 0; minute < 50; minute += 1) {
    time.now = T0 + minute * MINUTE;
    await relay.runOnce(time.now);
  }
  const warnings = lines.filter(({ level }) => level === 'warn');
  assert.ok(tries >= 15, `${tries} tries`);
  assert.deepEqual(
    warnings.map(({ message }) => message.replace(/ since \S+:/, ':')),
    [1, 2, 4, 8, 16]
      .slice(0, warnings.length)
      .map((n) => `${n === 1 ? '' : `repeated ${n} times: `}not delivered yet: set MAIL_FROM`),
  );
  assert.equal((await operator.undelivered(time.now)).filter(({ state }) => state === 'pending').length, 3);

  sent = { result: 'delivered', answer: '250 2.0.0 Ok: queued as 4F1' };
  time.now += 2 * 60 * MINUTE;
  await relay.runOnce(time.now);
  const delivered = lines.filter(({ message }) => message === 'delivered');
  assert.deepEqual(
    delivered.map(({ fields }) => fields['answer']),
    people.map(() => '250 2.0.0 Ok: queued as 4F1'),
  );
  const kept = await operator.delivered(2);
  assert.deepEqual(
    kept.map(({ answer, recipient }) => [answer, recipient]),
    [
      ['250 2.0.0 Ok: queued as 4F1', 'c@lab.example'],
      ['250 2.0.0 Ok: queued as 4F1', 'b@lab.example'],
    ],
  );
});

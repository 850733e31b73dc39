// The examples work as they stand.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { createWebhookChannel } from '../src/channels/webhook.ts';
import { readAccountsFile } from '../src/config/accounts-file.ts';
import { parseRules } from '../src/config/rules.ts';
import type { Content } from '../src/domain/notify/delivery-content.ts';
import { messageOf } from '../src/domain/message/message.ts';
import { scheduleProblem } from '../src/scheduler.ts';
import { T0, event, reader } from './support/builders.ts';

const SECRET = `whsec_${Buffer.from('k'.repeat(24)).toString('base64')}`;

test('examples/rules.yaml is a good rules file', () => {
  const read = parseRules(
    readFileSync('examples/rules.yaml', 'utf8'),
    'rules.yaml',
    { mail: true, webhook: true, chat: true },
    { scheduleProblem },
  );
  assert.ok('rules' in read, JSON.stringify(read));
  assert.deepEqual([read.rules.routes.length, read.rules.quiet.length], [3, 2]);
});

test('examples/group.yaml is a good rules file, the same as in docs/groups.md', () => {
  const text = readFileSync('examples/group.yaml', 'utf8');
  const read = parseRules(text, 'group.yaml', { mail: true, webhook: false, chat: false }, { scheduleProblem });
  assert.ok('rules' in read, JSON.stringify(read));
  assert.deepEqual([read.rules.routes.length, read.rules.summaries.length], [1, 1]);
  const page = readFileSync('docs/groups.md', 'utf8');
  assert.ok(page.includes(text.slice(text.indexOf('routes:'))));
  for (const [, example = ''] of page.matchAll(/^```yaml\n(.*?)^```/gms)) {
    if (/^accounts:/m.test(example)) {
      assert.deepEqual(readAccountsFile(example, 'groups.md').problems, [], example);
      continue;
    }
    const all = { mail: true, webhook: true, chat: true };
    assert.ok('rules' in parseRules(example, 'groups.md', all, { scheduleProblem }), example);
  }
});

async function receiver(context: TestContext) {
  const child = spawn('python3', ['examples/webhook_receiver.py', '0'], {
    env: { PATH: process.env['PATH'], WEBHOOK_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(async () => {
    child.kill();
    await once(child, 'exit');
  });
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  await once(reader, 'line');
  return { url: lines[0] ?? '', lines, next: () => once(reader, 'line') };
}

const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not there';

test(
  'examples/webhook_receiver.py takes what the monitor signs, once, and refuses another secret',
  { skip },
  async (context) => {
    const { url, lines, next } = await receiver(context);
    const content: Content = { kind: 'events', events: [event({ kind: 'upload.failed' })] };
    const send = (secret: string) =>
      createWebhookChannel({
        url,
        secrets: [secret],
        proxyEnv: {},
        scrub: String,
      }).send({
        id: 'd1',
        recipient: 'webhook',
        content,
        message: messageOf(content),
        reader: reader(),
        now: T0,
      });
    const printed = next();
    assert.deepEqual(await send(SECRET), { result: 'delivered' });
    await printed;
    assert.deepEqual(await send(SECRET), { result: 'delivered' });
    assert.equal((await send('a secret of somebody else')).result, 'retry');
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', /^\S+ upload\.failed batch-42$/);
  },
);

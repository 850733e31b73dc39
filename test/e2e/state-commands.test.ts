// The verbs beside a running monitor, as people use them: the whole program, its state, real servers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload, fail } from '../../src/demo/nomad-state.ts';
import { callCli } from '../support/cli.ts';
import { startHook } from '../support/hook.ts';
import { COMPILED, type Program, builtProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const DAY = 86_400_000;
type Line = Readonly<Record<string, unknown>>;

async function setUp(context: TestContext, more: Readonly<Record<string, string>> = {}) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  const hook = await startHook(context);
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  const upload = addUpload(nomad.world, 'u1', Date.now() - DAY, {
    name: 'batch-42',
    process: 'process_upload',
    status: 'SUCCESS',
    completeTime: Date.now() - DAY,
    entries: 1,
  });
  const dir = tempDir(context);
  const rulesFile = join(dir, 'rules.yaml');
  const env = {
    NOMAD_URL: nomad.url,
    NOMAD_USERNAME: ADA.username,
    NOMAD_PASSWORD: ADA.password,
    SMTP_URL: inbox.url,
    MAIL_FROM: 'm@lab.example',
    STATE_DIR: join(dir, 'state'),
    TZ: 'UTC',
    ...more,
  };
  const verb = async (...args: string[]) => {
    const called = await callCli(['--env-file', '/dev/null', ...args], env);
    return { ...called, json: () => JSON.parse(called.stdout) as Record<string, unknown> };
  };
  /** The same as a process of its own. */
  const verbProcess = async (...args: string[]) => {
    const child = spawn(process.execPath, ['--', builtProgram(), '--env-file', '/dev/null', ...args], {
      env: { ...COMPILED, ...env },
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
    const [code] = (await once(child, 'close')) as [number];
    return { code, ...out };
  };
  const rules = (text: string) => {
    writeFileSync(rulesFile, text);
  };
  return { nomad, inbox, hook, upload, env, rulesFile, rules, verb, verbProcess };
}
const failRun = (upload: Parameters<typeof fail>[0], error: string) => {
  fail(upload, Date.now(), [error]);
};
const says =
  (text: string) =>
  ({ msg }: Line) =>
    msg === text;
const found =
  (kind: string) =>
  ({ event }: Line) =>
    event === kind;
const metric = async (program: Program, name: string) =>
  new RegExp(`^nomad_upload_monitor_${name} (.*)$`, 'm').exec(
    await (await fetch(`${await program.url()}/metrics`)).text(),
  )?.[1];

test(
  'mute holds, unmute delivers as one; outbox, events and ack beside the running monitor',
  { timeout: 300_000 },
  async (context) => {
    const { inbox, upload, env, verb, verbProcess } = await setUp(context);
    const none = await verb('events');
    assert.deepEqual([none.code, none.stdout], [5, '']);
    assert.match(none.stderr, /^state: none in .* yet; start the monitor, or set STATE_DIR to its folder\n$/);

    const program = startProgram(context, env);
    await program.line(says('delivered'));
    const muted = await verbProcess('mute', '--for', '8h');
    assert.match(
      muted.stdout,
      /^all notifications muted until \d+ \w+ \d{4}, \d\d:\d\d UTC; notifications are held until then/,
    );
    failRun(upload, 'ValueError: one');
    await program.line(({ event, before }) => event === 'upload.failed' && before === 'SUCCESS');
    failRun(upload, 'ValueError: two');
    await program.line(({ event, before }) => event === 'upload.failed' && before === 'FAILURE');

    const box = await verb('outbox');
    assert.match(
      box.stdout,
      /^held: 2 events for mail ada@lab\.example, the oldest since \d+ s: muted, until \d+ \w+ \d{4}, \d\d:\d\d UTC\n$/,
    );
    assert.deepEqual((await verb('outbox', '--json')).json()['deliveries'], []);
    assert.equal(await metric(program, 'notifications_held\\{channel="mail"\\}'), '2');
    assert.equal(await metric(program, 'deliveries_pending\\{channel="mail"\\}'), '0');

    const events = (
      await verb('events', '--since', '1h', '--kind', 'upload.failed', '--upload', 'u1', '--json')
    ).json();
    assert.deepEqual(
      (events['events'] as { kind: string }[]).map(({ kind }) => kind),
      ['upload.failed', 'upload.failed'],
    );
    assert.match((await verb('events')).stdout, /upload\.failed\s+batch-42\s+u1\s+ValueError: two/);

    assert.equal(inbox.mails.length, 1);
    assert.match((await verbProcess('unmute')).stdout, /^1 mute ended; what was held is sent now\n$/);
    await program.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('batch-42'));
    assert.equal(inbox.mails.length, 2);
    assert.match(inbox.mails[1]?.text ?? '', /one[\s\S]*two/);
    assert.equal((await verb('outbox')).stdout, 'the outbox is empty: everything was delivered\n');
    assert.match((await verb('outbox', '--delivered')).stdout, /^ID +CHANNEL[\s\S]*mail +ada@lab\.example .* — 250 /);
    const { delivered } = (await verb('outbox', '--delivered', '--json')).json() as { delivered: { answer: string }[] };
    assert.match(delivered[0]?.answer ?? '', /^250 /);

    assert.match(
      (await verbProcess('ack', 'u1')).stdout,
      /^no more reminders of batch-42 \(u1\) until something changes\n$/,
    );
    assert.match(
      (await verb('ack', 'u1', 'BATCH')).stdout,
      /^no more reminders of batch-42 \(u1\) until/,
      'named twice',
    );
    assert.deepEqual((await verb('mute', '--for', '1h', 'batch-42', 'u1', '--json')).json()['muted'], ['u1']);
    const wrong = await verb('ack', 'batch-43');
    const said = '"batch-43": no upload has this id or name; did you mean batch-42?\n';
    assert.deepEqual([wrong.code, wrong.stderr], [2, said]);
  },
);

test('SIGHUP reads the rules again; wrong ones are told and change nothing', { timeout: 300_000 }, async (context) => {
  const { inbox, upload, env, rules, rulesFile, verb } = await setUp(context);
  const withRules = { ...env, RULES_FILE: rulesFile };
  rules('routes:\n  - match: { kind: upload.failed }\n    mail: [first@x.example]\n');
  const program = startProgram(context, withRules);
  await program.line(says('delivered'));

  rules('routes:\n  - match: { kind: upload.faild }\n    mail: [second@x.example]\n');
  program.child.kill('SIGHUP');
  const told = await program.line(({ msg }) => String(msg).includes('rules.yaml'));
  assert.match(
    String(told['msg']),
    /rules\.yaml:2:20: "upload\.faild" is not a kind of event; did you mean upload\.failed\?$/,
  );
  await program.line(says('the rules file is invalid: the previous rules stay in use'));
  assert.equal(await metric(program, 'config_last_reload_successful'), '0');
  failRun(upload, 'E1');
  await program.line(({ msg, recipient }) => msg === 'delivered' && recipient === 'first@x.example');

  rules('routes:\n  - match: { kind: upload.failed, upload_name: "batch-*" }\n    mail: [second@x.example]\n');
  program.child.kill('SIGHUP');
  await program.line(says('the rules file was reloaded'));
  assert.equal(await metric(program, 'config_last_reload_successful'), '1');
  failRun(upload, 'E2');
  await program.line(({ msg, recipient }) => msg === 'delivered' && recipient === 'second@x.example');
  assert.deepEqual(
    inbox.mails.map(({ to }) => to[0]),
    ['ada@lab.example', 'first@x.example', 'second@x.example'],
  );
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);

  rules('routes: 3');
  const refused = startProgram(context, withRules);
  assert.equal(await refused.ended, 2);
  assert.match(refused.output(), /rules\.yaml:1:9: routes is a list; start each item with a dash\n$/);
  assert.equal((await verb('config')).code, 0);
});

test(
  'config tells where each value came from, and no secret; --explain tells where events go',
  { timeout: 300_000 },
  async (context) => {
    const { env, rules, rulesFile, verb } = await setUp(context, {
      WEBHOOK_URL: 'https://hooks.example/s3cret-path-of-a-hook',
    });
    Object.assign(env, { RULES_FILE: rulesFile });
    rules(
      'routes:\n  - match: { kind: upload.failed, upload_name: "batch-*" }\n    mail: [boss@x.example]\n  - match: { author: Grace }\n    mail: true\n',
    );
    const program = startProgram(context, env);
    await program.line(says('delivered'));
    const { stdout } = await verb('config');
    assert.match(stdout, /^NOMAD_USERNAME +environment +ada$/m);
    assert.match(stdout, /^NOMAD_PASSWORD +environment +\(secret\)$/m);
    assert.match(stdout, /^POLL_SCHEDULE +default +\* \* \* \* \*$/m);
    assert.ok(!stdout.includes('s3cret') && !stdout.includes(ADA.password));
    const explained = await verb('config', '--explain', 'u1');
    assert.match(explained.stdout, /^batch-42 \(u1\), by .*, your role: main_author\n/);
    assert.match(explained.stdout, /^upload\.failed +boss@x\.example +line 2 applies; line 4 is for other authors$/m);
    assert.match(
      explained.stdout,
      /^upload\.stuck +ada@lab\.example, webhook +line 4 is for other authors; no route applies: the default$/m,
    );
    assert.match(explained.stdout, /^upload\.created +nobody +line 4 names no kind/m);
    assert.match((await verb('config', '--explain', 'u3')).stderr, /did you mean u1\?/);
  },
);

test(
  'test-notification: through every channel, each has to be accepted; the heartbeat beats',
  { timeout: 300_000 },
  async (context) => {
    const { inbox, hook, env, verb } = await setUp(context);
    Object.assign(env, {
      WEBHOOK_URL: `${hook.url}/webhook-of-the-test`,
      CHAT_WEBHOOK_URL: `${hook.url}/chat-of-the-test-s3cret`,
      ALERTMANAGER_URL: hook.url,
      HEARTBEAT_URL: `${hook.url}/heartbeat`,
    });
    const good = await verb('test-notification');
    assert.deepEqual(
      [good.code, good.stdout, good.stderr],
      [0, 'accepted  mail ada@lab.example\naccepted  webhook\naccepted  chat\naccepted  alertmanager\n', ''],
    );
    assert.match(inbox.mails[0]?.subject ?? '', /^\[NOMAD\] Test/);
    assert.deepEqual(
      hook.received.map(({ path }) => path),
      ['/webhook-of-the-test', '/chat-of-the-test-s3cret', '/api/v2/alerts'],
    );
    hook.answer = (_, response) => response.writeHead(403).end('invalid_token');
    const bad = await verb('test-notification', '--channel', 'chat');
    assert.deepEqual([bad.code, bad.stdout], [1, 'REFUSED   chat: it answered 403: invalid_token\n']);
    assert.match(
      (await verb('test-notification', '--channel', 'pigeon')).stderr,
      /there is no channel pigeon; the channels are mail, webhook, chat, alertmanager/,
    );

    const program = startProgram(context, env);
    await program.line(({ reason }) => reason === 'it answered 403: invalid_token');
    assert.ok(hook.received.some(({ method, path }) => method === 'GET' && path === '/heartbeat'));
    assert.ok(!program.output().includes('s3cret'));
  },
);

test(
  'what cannot be delivered: in the outbox with the reason, tried again or dropped by hand',
  { timeout: 300_000 },
  async (context) => {
    const { hook, upload, env, verb } = await setUp(context, {});
    Object.assign(env, { WEBHOOK_URL: hook.url });
    hook.answer = (_, response) => response.writeHead(410).end('no such project');
    const program = startProgram(context, env);
    await program.line(({ msg, channel }) => msg === 'delivery failed permanently' && channel === 'webhook');
    await program.line(({ msg, channel }) => msg === 'delivered' && channel === 'mail');
    const { deliveries } = (await verb('outbox', '--json')).json() as {
      deliveries: { id: string; state: string; reason: string }[];
    };
    assert.deepEqual(
      deliveries.map(({ state, reason }) => [state, reason]),
      [['dead', 'it answered 410 (gone: it wants no more): no such project']],
    );
    assert.match((await verb('outbox')).stdout, /^ID +STATE[\s\S]*dead +webhook[\s\S]*no such project\n$/);
    assert.equal(await metric(program, 'deliveries_dead\\{channel="webhook"\\}'), '1');
    hook.answer = null;
    assert.match((await verb('outbox', 'retry', '--all')).stdout, /^1 delivery will be retried now/);
    await program.line(({ msg, channel }) => msg === 'delivered' && channel === 'webhook');
    hook.answer = (_, response) => response.writeHead(410).end();
    failRun(upload, 'E');
    await program.line(found('upload.failed'));
    await program.line(
      ({ msg, channel, subject }) =>
        msg === 'delivery failed permanently' && channel === 'webhook' && String(subject).includes('batch'),
    );
    const left = (await verb('outbox', '--json')).json() as { deliveries: { id: string; state: string }[] };
    // The mail about it may still be on its way.
    const dead = left.deliveries.find(({ state }) => state === 'dead');
    assert.match((await verb('outbox', 'drop', dead?.id ?? '')).stdout, /^1 delivery dropped/);
    assert.equal((await verb('outbox', 'drop', dead?.id ?? '')).code, 2);
    assert.equal((await verb('outbox', 'retry')).code, 2);
    assert.equal(await metric(program, 'deliveries_dead\\{channel="webhook"\\}'), '0');
  },
);

test(
  'quiet hours hold; a kill and a changed rule later it is all delivered, as one',
  { timeout: 300_000 },
  async (context) => {
    const { inbox, upload, env, rules, rulesFile, verb } = await setUp(context);
    const withRules = { ...env, RULES_FILE: rulesFile };
    rules('quiet:\n  - { days: [mon, tue, wed, thu, fri, sat, sun], except: [monitor.baseline] }\n');
    const first = startProgram(context, withRules);
    await first.line(says('delivered'));
    failRun(upload, 'ValueError: one');
    await first.line(found('upload.failed'));
    first.child.kill('SIGKILL');
    assert.equal(await first.ended, 'SIGKILL');
    Object.assign(env, withRules);
    assert.match((await verb('outbox')).stdout, /^held: 1 event for mail ada@lab\.example, .*: quiet hours, until /);
    const second = startProgram(context, withRules);
    await second.line(says('watching'));
    failRun(upload, 'ValueError: two');
    await second.line(found('upload.failed'));
    rules('quiet: []\n');
    second.child.kill('SIGHUP');
    await second.line(says('delivered'));
    assert.deepEqual(
      inbox.mails.map(({ subject }) => subject),
      ['[NOMAD] Now watching 1 upload', '[NOMAD] batch-42 failed, failed again: ValueError: two'],
    );
  },
);

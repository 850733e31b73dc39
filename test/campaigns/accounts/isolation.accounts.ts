// Ten accounts in one program, half of them ill, and the program is killed again and again: the others notice nothing of it.
// Run by `npm run test:accounts`; SEED=… repeats a run.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { seeded } from '../../support/random.ts';
import { tempDir } from '../../support/temp.ts';
import { type Monitor, startMonitor } from '../torture/monitor.ts';
import { startReceivers } from '../torture/receivers.ts';
import { ABSENT, EVERYBODY, GOOD, type Group, WATCHED, addressOf, startGroup } from './group.ts';
import { type Outcome, type Polled, judge } from './judge.ts';
import { watchStalls } from './stalls.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LIVES = 6;
/** In which of them one is not in the file. */
const WITHOUT = [2, 3];
const POLL_EVERY = 5;

test('accounts that are ill harm no other, whenever the program is killed', { timeout: 240_000 }, async (context) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const group = await startGroup(random);
  const receivers = await startReceivers(random);
  receivers.behave();
  const stalls = watchStalls();
  context.after(async () => {
    stalls.end();
    await receivers.close();
    await group.close();
  });
  const lab = openLab(context, group, receivers.smtpUrl);
  const kills: number[] = [];
  const served = new Map<string, string>();

  lab.writeAccounts(EVERYBODY);
  let monitor = lab.start();
  await eventually('everybody is watched', () => {
    const known = receivers.mails.filter(({ body }) => body.includes('watching started'));
    return WATCHED.every((name) => known.some(({ recipient }) => recipient === addressOf(name))) || undefined;
  });
  const life = setInterval(group.failOne, 150);
  context.after(() => {
    clearInterval(life);
  });
  for (let index = 1; index < LIVES; index += 1) {
    await pause(1500 + random() * 6000);
    monitor.signal('SIGKILL');
    kills.push((await monitor.ended).at);
    monitor = lab.start();
    // The file is read again while the program runs.
    if (index === WITHOUT[0]) lab.writeAccounts(EVERYBODY.filter((name) => name !== ABSENT));
    if (index === WITHOUT[1]) await lab.isLeftAlone(ABSENT);
    if (index === WITHOUT[1]) lab.writeAccounts(EVERYBODY);
  }
  clearInterval(life);
  const outcome = (): Outcome => ({
    failures: group.failures,
    mails: receivers.mails,
    kills,
    asked: group.asked,
    polls: lab.polls(),
    stalls: stalls.all,
    secrets: [...group.tokens.values()],
    outputs: new Map([
      ...served,
      ...lab.outputs(),
      ...receivers.mails.map(({ id, body }) => [`mail ${id}`, body] as const),
    ]),
  });
  await eventually('all is told', () => judge(outcome()).every((each) => !each.includes('never')) || undefined).catch(
    () => undefined,
  );
  for (const [path, text] of await lab.pages(monitor)) served.set(path, text);
  monitor.signal('SIGTERM');
  assert.equal((await monitor.ended).how, '0');
  const polls = lab.polls().filter(({ account }) => GOOD.some((name) => name === account));
  const longest = Math.max(...polls.map(({ milliseconds }) => milliseconds));
  context.diagnostic(
    `${group.failures.size} failures, ${kills.length} kills, ${polls.length} polls of the good ones, the longest ${longest} ms`,
  );
  assert.ok(polls.length > GOOD.length * LIVES, 'there were polls to be judged');
  assert.deepEqual(judge(outcome()), []);
});

/** The program, its accounts and all that it says. */
function openLab(context: TestContext, group: Group, smtpUrl: string) {
  const folder = tempDir(context);
  const file = join(folder, 'accounts.yaml');
  const monitors: Monitor[] = [];
  const env = {
    ...{ ACCOUNTS_FILE: file, NOMAD_URL: group.url, STATE_DIR: join(folder, 'state'), HTTP_PORT: '0', TZ: 'UTC' },
    ...{ SMTP_URL: smtpUrl, MAIL_FROM: 'monitor@lab.example', MAIL_MAX_PER_HOUR: '100000' },
    ...{ POLL_SCHEDULE: `*/${POLL_EVERY} * * * * *`, LOG_LEVEL: 'debug', LOG_FORMAT: 'json' },
    PATH: process.env['PATH'] ?? '',
  };
  context.after(() => {
    for (const monitor of monitors) monitor.signal('SIGKILL');
  });
  const lines = () => monitors.flatMap((monitor) => linesOf(monitor.output()));

  return {
    start(): Monitor {
      const monitor = startMonitor({ root: ROOT, env, killedAt: null, scratch: folder, ports: new Map() });
      monitors.push(monitor);
      return monitor;
    },
    /** In one go: the program may look at any moment. */
    writeAccounts(names: readonly string[]): void {
      const items = names.map(
        (name) => `  - { name: ${name}, token: ${group.tokens.get(name) ?? ''}, mail_to: ${addressOf(name)} }`,
      );
      writeFileSync(`${file}.new`, ['accounts:', ...items, ''].join('\n'), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    isLeftAlone: (account: string) =>
      eventually(`nobody asks for ${account}`, () => {
        const last = group.asked.findLast((each) => each.account === account)?.at ?? 0;
        return Date.now() - last > 2 * POLL_EVERY * 1000 || undefined;
      }),
    outputs: () => monitors.map((monitor, index) => [`output of process ${index + 1}`, monitor.output()] as const),
    polls: (): readonly Polled[] =>
      lines()
        .filter(({ msg }) => msg === 'polled')
        .map(({ account, time, milliseconds }) => ({
          account: String(account),
          endedAt: new Date(time as string | number).getTime(),
          milliseconds: Number(milliseconds),
        })),
    async pages(monitor: Monitor): Promise<readonly (readonly [string, string])[]> {
      const url = String(linesOf(monitor.output()).find(({ msg }) => msg === 'watching')?.['http']);
      const paths = ['/', '/metrics', '/api/v1/accounts', '/healthz', ...EVERYBODY.map((name) => `/accounts/${name}/`)];
      return Promise.all(paths.map(async (path) => [path, await (await fetch(`${url}${path}`)).text()] as const));
    },
  };
}

type Line = Readonly<Record<string, unknown>>;

/** The last one of a process that was killed may be cut. */
function linesOf(output: string): readonly Line[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Line);
}

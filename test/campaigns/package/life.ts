// The life of the .deb on a bare system, from `dpkg -i` to its purge, beside a simulated NOMAD and an inbox. Started by main.ts in a network of
// its own that has loopback and nothing else: what is installed cannot download anything.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startInbox } from '../../../src/demo/inbox.ts';
import { seedWorld } from '../../../src/demo/scenario.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { ADA, createWorld, fail } from '../../../src/demo/nomad-state.ts';
import { type Chroot, openChroot, removeTree, unpack } from './chroot.ts';
import { createTranscript } from './transcript.ts';

const NAME = 'nomad-upload-monitor';
const ENV = `etc/${NAME}/env`;
const STATE = `var/lib/${NAME}/state.sqlite`;

const [archive = '', deb = '', newer = ''] = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), `${NAME}-root-`));
unpack(archive, root);
const system = openChroot(root);
const before = system.list();

const world = createWorld();
seedWorld(world, Date.now(), () => 0.5);
const arrived = { tell: (): void => undefined };
const nomad = await startSimulatedNomad({ world });
const inbox = await startInbox({
  onMail: () => {
    arrived.tell();
  },
});

const { say, seconds } = createTranscript();
const debIn = copyIn(deb);
say(`# dpkg -i ${basename(deb)}`, system.run('dpkg', '-i', debIn));
say(`$ ${NAME} --version`, system.run(NAME, '--version'));
say(`$ stat -c '%a %U:%G' /${ENV}`, system.run('stat', '-c', '%a %U:%G', `/${ENV}`));
assert.match(system.run('stat', '-c', '%a %U:%G', `/${ENV}`), new RegExp(`^640 root:${NAME}$`, 'm'));
assert.equal(system.code('test', '-e', `/${STATE}`), 1);

const demo = system.run(NAME, 'demo', '--for', '10s');
assert.match(demo, /arrived for ada@lab.example/);
say(`$ ${NAME} demo --for 10s`, lastLine(demo));

system.run('useradd', '--groups', NAME, 'grace');
const configuration = configure(system, {
  NOMAD_URL: nomad.url,
  NOMAD_USERNAME: ADA.username,
  NOMAD_PASSWORD: ADA.password,
  SMTP_URL: inbox.url,
  MAIL_FROM: 'monitor@lab.example',
  POLL_SCHEDULE: '* * * * * *',
});
say(`# edit /${ENV}: NOMAD_URL, NOMAD_USERNAME, NOMAD_PASSWORD, SMTP_URL, MAIL_FROM`);
const first = nextMail();
const old = await system.daemon();
say(`# systemctl start ${NAME}   (here: ${NAME} --env-file /${ENV} run, as the user ${NAME})`);
await first;
say('the first mail', subjects().join('\n'));
assert.match(subjects()[0] ?? '', /Now watching/);
process.stdout.write(`From dpkg -i to the first mail: ${seconds().toFixed(1)} s, 10 of them the demo.\n`);
await byHand('while it runs');
assert.equal(await old.stop(), 0);
await byHand('while it does not');

const told = inbox.mails.length;
for (const upload of succeeded().slice(0, 1)) fail(upload, Date.now(), ['ProcessingError: parser raised system exit']);
say(`# dpkg -i ${basename(newer)}`, system.run('dpkg', '-i', copyIn(newer)));
say(`$ ${NAME} --version`, system.run(NAME, '--version'));
assert.equal(system.read(ENV), configuration);
const next = nextMail();
const fresh = await system.daemon();
await next;
say('the first mail after the upgrade', subjects().slice(told).join('\n'));
assert.doesNotMatch(subjects().slice(told).join('\n'), /Now watching/);
assert.equal(await fresh.stop(), 0);

say(`# dpkg -r ${NAME}`, system.run('dpkg', '-r', NAME));
assert.equal(system.code('test', '-e', `/usr/bin/${NAME}`), 1);
for (const kept of [ENV, STATE]) assert.ok(statSync(join(root, kept)).size > 0);
say(`$ ls /${ENV} /${STATE}`, system.run('ls', `/${ENV}`, `/${STATE}`));

say(`# dpkg -P ${NAME}`, system.run('dpkg', '-P', NAME));
// The user stays, and with it the copies that the system keeps of its lists of users; and the cache of whoever ran it by hand, here root.
const expected = /^\/(etc\/(passwd|shadow|group|gshadow|sub[ug]id)-?|root\/\.cache(\/.*)?)$/;
const left = system.list().filter((path) => !before.includes(path) && !expected.test(path));
assert.deepEqual(left, []);
say(`$ getent passwd ${NAME}`, system.run('getent', 'passwd', NAME));

await Promise.all([nomad.close(), inbox.close()]);
removeTree(root);

/** What an administrator types, as root and as a member of the group: with the service's variables, on its state. */
async function byHand(when: string): Promise<void> {
  const id = succeeded()[0]?.id ?? '';
  for (const as of [[], ['runuser', '-u', 'grace', '--']] as const) {
    const typed = async (words: string, code = 0) => {
      const ended = await system.meanwhile(...as, NAME, ...words.split(' '));
      assert.equal(ended.code, code, `${words}:\n${ended.output}`);
      return ended.output;
    };
    assert.match(await typed('config'), new RegExp(`^NOMAD_USERNAME +/${ENV} +${ADA.username}$`, 'm'));
    say(`${as.length === 0 ? '#' : 'grace$'} ${NAME} outbox   (${when})`, await typed('outbox'));
    assert.match(await typed('check --json', 1), /"remembers": true/);
    await typed(`mute ${id} --for 1h`);
    await typed(`unmute ${id}`);
    await typed('doctor');
  }
  assert.equal(system.run('find', `/var/lib/${NAME}`, '-not', '-user', NAME), '');
  assert.equal((await system.meanwhile('runuser', '-u', 'nobody', '--', NAME, 'outbox')).code, 2);
}

function copyIn(file: string): string {
  const inside = `/tmp/${basename(file)}`;
  writeFileSync(join(root, inside), readFileSync(file));
  return inside;
}

/** As an administrator does: the lines of the file that was installed, without their #. */
function configure({ read }: Chroot, values: Readonly<Record<string, string>>): string {
  const edited = Object.entries(values).reduce((text, [name, value]) => {
    const line = new RegExp(`^#${name}=.*$`, 'm');
    assert.match(text, line);
    return text.replace(line, `${name}=${value}`);
  }, read(ENV));
  writeFileSync(join(root, ENV), edited);
  return edited;
}

function nextMail(): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(reject, 120_000, new Error('no mail came'));
    arrived.tell = () => {
      clearTimeout(late);
      resolve();
    };
  });
}

function succeeded() {
  return [...world.uploads.values()].filter(({ status }) => status === 'SUCCESS');
}

function subjects(): readonly string[] {
  return inbox.mails.map(({ subject }) => subject);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

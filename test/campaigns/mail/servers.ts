// Debian's Postfix and Exim as they are installed, but for ports and paths: each in a folder of its own, gone with the test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../../src/demo/free-port.ts';
import { tempDir } from '../../support/temp.ts';

export interface MailServer {
  readonly port: number;
  /** What was delivered to the user nobody of this machine, oldest first, with CRLF. */
  delivered(): readonly string[];
  log(): string;
}

/** `more`: settings of main.cf that a test changes. */
export async function startPostfix(
  context: TestContext,
  more: Readonly<Record<string, string>> = {},
): Promise<MailServer> {
  const dir = openFolder(context);
  const [config, spool, data, mail] = ['etc', 'queue', 'data', 'mail'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ];
  cpSync('/etc/postfix', config, { recursive: true, dereference: true });
  for (const folder of [spool, data, mail]) mkdirSync(folder);
  chmodSync(mail, 0o1777);
  execFileSync('chown', ['postfix', data]);
  const log = join(dir, 'log');
  const port = await freePort();
  const master = readFileSync(join(config, 'master.cf'), 'utf8');
  const [stock = ''] = /^smtp +inet .*$/m.exec(master) ?? [];
  const listening = ['127.0.0.1', '[::1]'].map((host) => stock.replace(/^smtp/, `${host}:${port}`)).join('\n');
  // The folder to which Debian confines the daemons would need files that its start script copies there.
  const unconfined = master.replace(stock, listening).replace(/^(\S+ +(?:inet|unix) +\S+ +\S+ +)y/gm, '$1n');
  writeFileSync(join(config, 'master.cf'), unconfined);
  const paths = {
    queue_directory: spool,
    data_directory: data,
    mail_spool_directory: mail,
    ...{ maillog_file: log, maillog_file_prefixes: dir },
  };
  const settings = Object.entries({ ...paths, ...more }).map(([name, value]) => `${name}=${value}`);
  execFileSync('postconf', ['-c', config, '-e', ...settings]);
  const server = run(context, 'postfix', ['-c', config, 'start-fg']);
  const logged = () => (existsSync(log) ? readFileSync(log, 'utf8') : server.said());
  await listens(port, { ...server, said: logged });
  const pidFile = join(spool, 'pid/master.pid');
  while (!existsSync(pidFile)) await new Promise((resolve) => setTimeout(resolve, 20));
  server.isLedBy(Number(readFileSync(pidFile, 'utf8')));
  return { port, delivered: () => mailbox(join(mail, 'nobody')), log: logged };
}

/** `packages`: the folder with Exim's. It takes mail, and delivers none: it would have to be installed for that. */
export async function startExim(context: TestContext, packages: string): Promise<MailServer> {
  const dir = openFolder(context);
  for (const file of readdirSync(packages).filter((name) => name.endsWith('.deb')))
    execFileSync('dpkg', ['-x', join(packages, file), dir]);
  const exim = join(dir, 'usr/sbin/exim4');
  // What the package asks for at its installation, with the answers that are preset there.
  const answers = {
    ...{ dc_eximconfig_configtype: 'local', dc_local_interfaces: '127.0.0.1 ; ::1', CFILEMODE: '644' },
    ...{
      dc_use_split_config: 'false',
      dc_minimaldns: 'false',
      dc_mailname_in_oh: 'true',
      dc_localdelivery: 'mail_spool',
    },
  };
  const lines = Object.entries(answers).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(join(dir, 'etc/exim4/update-exim4.conf.conf'), lines.join(''));
  writeFileSync(join(dir, 'mailname'), 'localhost\n');
  const script = join(dir, 'update-exim4.conf');
  const stock = readFileSync(join(dir, 'usr/sbin/update-exim4.conf'), 'utf8');
  writeFileSync(script, stock.replaceAll('/etc/mailname', join(dir, 'mailname')));
  const config = join(dir, 'exim.conf');
  execFileSync('sh', [script, '-d', join(dir, 'etc/exim4'), '-o', config], { stdio: 'pipe' });
  const spool = join(dir, 'spool');
  mkdirSync(join(spool, 'log'), { recursive: true });
  execFileSync('chown', ['-R', 'Debian-exim:Debian-exim', spool]);
  const moved = readFileSync(config, 'utf8')
    .replace(
      'exim_path = /usr/sbin/exim4',
      `exim_path = ${exim}\nlog_file_path = ${spool}/log/%slog\npid_file_path = ${spool}/pid`,
    )
    .replace('CONFDIR = /etc/exim4', `CONFDIR = ${dir}/etc/exim4`)
    .replace('SPOOLDIR = /var/spool/exim4', `SPOOLDIR = ${spool}`)
    .replace(/^ *log_file_path = \/var.*$/m, '');
  writeFileSync(config, moved);
  const port = await freePort();
  const where = ['-oX', `<; [127.0.0.1]:${port}; [::1]:${port}`];
  const server = run(context, exim, ['-C', config, '-bdf', '-odq', ...where]);
  await listens(port, server);
  const log = join(spool, 'log/mainlog');
  return { port, delivered: () => [], log: () => (existsSync(log) ? readFileSync(log, 'utf8') : server.said()) };
}

/** The servers give up their rights, and have to get into it all the same. */
function openFolder(context: TestContext): string {
  const dir = tempDir(context);
  chmodSync(dir, 0o755);
  return dir;
}

interface Running {
  readonly child: ChildProcess;
  said(): string;
  /** The process that ends it all, where the program only starts that one. */
  isLedBy(pid: number): void;
}

export function run(context: TestContext, program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  const ended = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  let leader = child.pid ?? 0;
  context.after(async () => {
    try {
      process.kill(leader);
    } catch {
      // It has ended by itself.
    }
    await ended;
    // Connections that are still open have processes of their own, which hold these.
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  });
  return { child, said: () => said, isLedBy: (pid) => (leader = pid) };
}

/** Until something answers there. */
export async function listens(port: number, { child, said }: Pick<Running, 'child' | 'said'>): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isUp) return;
    if (child.exitCode !== null) throw new Error(`it does not start: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function mailbox(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const mails = `\n${readFileSync(file, 'latin1')}`.split(/\n(?=From \S+ .*\n)/).slice(1);
  return mails.map((mail) =>
    mail
      .replace(/^From .*\n/, '')
      .replace(/\n\n$/, '\n')
      .replaceAll('\n', '\r\n'),
  );
}

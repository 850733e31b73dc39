// Who judges mails: SpamAssassin, rspamd and dkimpy, without the network.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { freePort } from '../../../src/demo/free-port.ts';
import { tempDir } from '../../support/temp.ts';
import { listens, run } from './servers.ts';

export interface Verdict {
  readonly score: number;
  /** Rules that hit, with their points. */
  readonly rules: Readonly<Record<string, number>>;
}

/** Where a mail seems to come from: a machine of the world, which has the name that it says. */
export const SENDER = { ip: '9.9.9.9', helo: 'monitor.lab.example' } as const;
const RECEIVED = `Received: from ${SENDER.helo} (${SENDER.helo} [${SENDER.ip}])\r\n\tby mx.other.example with ESMTP id 1; ${new Date().toUTCString().replace('GMT', '+0000')}\r\n`;

/** All in one process: it takes seconds to start. */
export function spamAssassin(context: TestContext, mails: readonly string[]): readonly Verdict[] {
  const dir = tempDir(context);
  const box = join(dir, 'mbox');
  const from = 'From m@lab.example Fri Nov 20 10:00:00 2026\n';
  writeFileSync(
    box,
    mails.map((mail) => `${from}${`${RECEIVED}${mail}`.replaceAll('\r\n', '\n')}\n\n`).join(''),
    'latin1',
  );
  const local = `add_header all Rules _TESTSSCORES(,)_\nreport_safe 0\nuse_bayes 0\n`;
  writeFileSync(join(dir, 'local.cf'), local);
  const args = ['-L', '-t', '--mbox', '-p', join(dir, 'local.cf'), box];
  const said = execFileSync('spamassassin', args, {
    encoding: 'latin1',
    env: { ...process.env, HOME: dir },
    stdio: 'pipe',
  });
  return [...said.replace(/\n[ \t]+/g, ' ').matchAll(/^X-Spam-Rules: (.*)$/gm)].map(([, listed = '']) => {
    const rules = Object.fromEntries(
      [...listed.matchAll(/(\w+)=(-?[\d.]+)/g)].map(([, rule = '', points]) => [rule, Number(points)]),
    );
    return { score: Object.values(rules).reduce((sum, points) => sum + points, 0), rules };
  });
}

const Checked = z.object({ score: z.number(), symbols: z.record(z.string(), z.object({ score: z.number() })) });

/** rspamd as it is installed. What it asks DNS for is answered here: a domain with SPF and DMARC, a machine with a name. */
export async function startRspamd(context: TestContext) {
  const dir = tempDir(context);
  chmodSync(dir, 0o755);
  for (const folder of ['local.d', 'db', 'run']) mkdirSync(join(dir, folder));
  const port = await freePort();
  const records = [
    ['lab.example', 'txt', `v=spf1 ip4:${SENDER.ip} -all`],
    ['_dmarc.lab.example', 'txt', 'v=DMARC1; p=none'],
    ['lab.example', 'a', SENDER.ip],
    ['lab.example', 'mx', '10 monitor.lab.example'],
    [SENDER.helo, 'a', SENDER.ip],
    [SENDER.helo, 'mx', '10 monitor.lab.example'],
    [`${SENDER.ip.split('.').toReversed().join('.')}.in-addr.arpa`, 'ptr', SENDER.helo],
  ].map(([name, type, reply]) => `{ name = "${name ?? ''}"; type = ${type ?? ''}; replies = ["${reply ?? ''}"]; }`);
  const dns = `nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; fake_records = [${records.join(', ')}];`;
  const files = {
    // Compiling every pattern takes a minute, and changes no verdict.
    'options.inc': `dns { ${dns} }\ndisable_hyperscan = true;\ncontrol_socket = "${dir}/run/control";\n`,
    'logging.inc': 'type = "console"; level = "error";\n',
    'worker-normal.inc': `bind_socket = "127.0.0.1:${port}"; count = 1;\n`,
    'worker-controller.inc': 'enabled = false;\n',
    'worker-proxy.inc': 'enabled = false;\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'local.d', name), text);
  execFileSync('chown', ['-R', '_rspamd:_rspamd', dir]);
  const folders = { LOCAL_CONFDIR: dir, DBDIR: `${dir}/db`, RUNDIR: `${dir}/run`, LOGDIR: `${dir}/run` };
  const vars = Object.entries(folders).map(([name, value]) => `--var=${name}=${value}`);
  const server = run(context, 'rspamd', ['-f', '-u', '_rspamd', '-g', '_rspamd', ...vars]);
  await listens(port, server);
  return async (mail: string): Promise<Verdict> => {
    const headers = {
      IP: SENDER.ip,
      Helo: SENDER.helo,
      Hostname: SENDER.helo,
      From: 'm@lab.example',
      Rcpt: 'ada@other.example',
    };
    const body = Buffer.from(`${RECEIVED}${mail}`, 'latin1');
    const answer = await fetch(`http://127.0.0.1:${port}/checkv2`, { method: 'POST', body, headers });
    const { score, symbols } = Checked.parse(await answer.json());
    return { score, rules: Object.fromEntries(Object.entries(symbols).map(([rule, each]) => [rule, each.score])) };
  };
}

/** Debian's Python has Debian's dkimpy. */
export function startDkim(context: TestContext) {
  const child = spawn('/usr/bin/python3', [resolve(import.meta.dirname, 'dkim-tool.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  context.after(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const ask = async (task: string, mail: string): Promise<string> => {
    child.stdin.write(`${JSON.stringify({ do: task, mail: Buffer.from(mail, 'latin1').toString('base64') })}\n`);
    const next = await lines.next();
    if (next.done === true) throw new Error('dkimpy has ended');
    return next.value;
  };
  return {
    sign: async (mail: string) => Buffer.from(await ask('sign', mail), 'base64').toString('latin1'),
    /** Of the signatures simple/simple and relaxed/relaxed. */
    verify: async (mail: string) => JSON.parse(await ask('verify', mail)) as readonly boolean[],
  };
}

// 1,000 mails through a local SMTP server: our relay (outbox on the disk, claims, rendering, settling) beside a bare nodemailer pool that
// sends the same bytes; and how long it takes from the commit of an event to the server's "accepted". The server is a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { createMailChannel } from '../src/channels/mail.ts';
import { mailHtml } from '../src/channels/templates/mail-html.ts';
import { mailText } from '../src/channels/templates/mail-text.ts';
import type { Event } from '../src/domain/events.ts';
import { HEALTHY } from '../src/domain/health.ts';
import { messageOf } from '../src/domain/message.ts';
import { createRelay } from '../src/jobs/relay.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';

const MAILS = 1000;
const ROUNDS = 5;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

if (process.argv[2] === 'serve') await serve();
else await compare();

/** Takes everything and keeps nothing. */
async function serve(): Promise<void> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => {
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.stdout.write(`${(server.server.address() as AddressInfo).port}\n`);
}

function eventOf(index: number, time: number): Event {
  const upload = {
    id: `upload-${index}`,
    name: `sample ${index}`,
    link: 'https://nomad.example/prod/v1/gui/user/uploads/upload/id/x',
    author: 'Ada Lovelace',
    role: 'main_author',
  } as const;
  const after = {
    status: 'FAILURE',
    process: 'process_upload',
    message: null,
    errors: ['FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml'],
    warnings: [],
    entries: 0,
  } as const;
  return { id: `e${index}`, kind: 'upload.failed', time, upload, before: null, after, details: {} };
}

function recipient(index: number): string {
  return `user${index}@lab.example`;
}

/** ms for all. */
async function bare(port: number): Promise<number> {
  const pool = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 2 });
  const before = performance.now();
  await Promise.all(
    Array.from({ length: MAILS }, (_, index) => {
      const message = messageOf({ kind: 'events', events: [eventOf(index, Date.now())] });
      const { subject } = message;
      return pool.sendMail({
        from: 'm@lab.example',
        to: recipient(index),
        subject,
        text: mailText(message, 'UTC'),
        html: mailHtml(message, 'UTC'),
      });
    }),
  );
  const took = performance.now() - before;
  pool.close();
  return took;
}

async function ours(port: number): Promise<{ readonly all: number; readonly each: readonly number[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-relay-'));
  const store = openSqliteStore(dir);
  const mail = createMailChannel({
    smtpUrl: `smtp://127.0.0.1:${port}`,
    allowPlaintext: false,
    isLoopback: true,
    from: 'm@lab.example',
    timeZone: 'UTC',
    scrub: String,
  });
  const relay = createRelay({
    store,
    channels: { mail },
    quietAt: () => () => null,
    mailMaxPerHour: 30,
    log: silent,
    clock: Date.now,
    random: () => 0.5,
  });
  const { id: account } = await store.openAccount('n', 'ada', 0);
  const commit = async (from: number, to: number, comparedWith: number | null) => {
    const now = Date.now();
    const indices = Array.from({ length: to - from }, (_, offset) => from + offset);
    await store.commitPoll({
      account,
      login: '',
      health: HEALTHY,
      comparedWith,
      takenAt: now,
      changed: [],
      removed: [],
      events: indices.map((index) => eventOf(index, now)),
      notifications: indices.map((index) => ({ eventId: `e${index}`, channel: 'mail', recipient: recipient(index) })),
      now,
    });
  };
  await commit(0, MAILS, null);
  const before = performance.now();
  const sent = await relay.runOnce(Date.now());
  const all = performance.now() - before;
  if (sent.filter(({ result }) => result === 'delivered').length !== MAILS) throw new Error('not all were delivered');
  const each: number[] = [];
  for (let index = 0; index < 100; index += 1) {
    const found = performance.now();
    await commit(MAILS + index, MAILS + index + 1, index + 1);
    await relay.runOnce(Date.now());
    each.push(performance.now() - found);
  }
  mail.close();
  await store.close();
  rmSync(dir, { recursive: true });
  return { all, each };
}

async function compare(): Promise<void> {
  const server = spawn(process.execPath, [import.meta.filename, 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  const rounds: { readonly bare: number; readonly ours: number }[] = [];
  const each: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await bare(port);
    const own = await ours(port);
    rounds.push({ bare: plain, ours: own.all });
    each.push(...own.each);
  }
  server.kill();
  const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
  const ratios = rounds.map((round) => round.ours / round.bare);
  const shown = (numbers: readonly number[]) =>
    `${median(numbers).toFixed(2)} (${Math.min(...numbers).toFixed(2)} to ${Math.max(...numbers).toFixed(2)})`;
  const p99 = each.toSorted((a, b) => a - b)[Math.floor(each.length * 0.99)] ?? 0;
  process.stdout.write(
    [
      `${MAILS} mails to ${MAILS} recipients, ${ROUNDS} rounds, two connections each`,
      `bare nodemailer pool, ms: ${shown(rounds.map((round) => round.bare))}`,
      `our relay, ms:            ${shown(rounds.map((round) => round.ours))}`,
      `ours / bare:              ${shown(ratios)}`,
      `commit to accepted, ms:   median ${median(each).toFixed(1)}, p99 ${p99.toFixed(1)} (${each.length} single events)`,
      '',
    ].join('\n'),
  );
}

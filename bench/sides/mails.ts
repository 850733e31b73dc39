// 1,000 mails by our relay (outbox on the disk, claims, rendering, settling) beside a bare nodemailer pool that sends the same bytes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { createMailChannel } from '../../src/channels/mail.ts';
import { mailHtml } from '../../src/channels/templates/mail-html.ts';
import { mailText } from '../../src/channels/templates/mail-text.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { messageOf } from '../../src/domain/message/message.ts';
import type { Reader } from '../../src/domain/message/reader.ts';
import { createRelay } from '../../src/jobs/relay.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { eventOf, recipientOf } from './samples.ts';

const MAILS = 1000;
const TURNS = 6;
const port = Number(process.argv[2]);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const READER: Reader = {
  timeZone: 'UTC',
  why: ['You get this.'],
  page: null,
  alsoBroken: null,
  nomad: 'https://nomad.example/api/v1',
};
const results: { readonly ours: number; readonly bare: number }[] = [];
// The first turn is for the compiler.
for (let turn = 0; turn < TURNS; turn += 1) results.push({ bare: await bare(), ours: await ours() });
process.stdout.write(JSON.stringify(results.slice(1)));

/** ms. */
async function bare(): Promise<number> {
  const pool = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 2 });
  const before = performance.now();
  const sent = Array.from({ length: MAILS }, (_, index) => {
    const message = messageOf({ kind: 'events', events: [eventOf(index, Date.now())] });
    const body = { subject: message.subject, text: mailText(message, READER), html: mailHtml(message, READER) };
    return pool.sendMail({ from: 'm@lab.example', to: recipientOf(index), ...body });
  });
  await Promise.all(sent);
  const took = performance.now() - before;
  pool.close();
  return took;
}

/** ms. */
async function ours(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
  const store = openSqliteStore(dir);
  const mail = createMailChannel({
    smtpUrl: `smtp://127.0.0.1:${port}`,
    allowPlaintext: false,
    isLoopback: true,
    from: 'm@lab.example',
    scrub: String,
  });
  const readerOf = () => READER;
  const about = { store, channels: { mail }, readerOf, quietAt: () => () => null, mailMaxPerHour: 30, log: silent };
  const relay = createRelay({ ...about, clock: Date.now, random: () => 0.5 });
  const { id: account } = await store.openAccount('n', 'ada', 0);
  const now = Date.now();
  const events = Array.from({ length: MAILS }, (_, index) => eventOf(index, now));
  await store.commitPoll({
    account,
    login: '',
    health: HEALTHY,
    comparedWith: null,
    takenAt: now,
    changed: [],
    removed: [],
    events,
    notifications: events.map(({ id }, index) => ({ eventId: id, channel: 'mail', recipient: recipientOf(index) })),
    now,
  });
  const before = performance.now();
  const sent = await relay.runOnce(Date.now());
  const took = performance.now() - before;
  if (sent.filter(({ result }) => result === 'delivered').length !== MAILS) throw new Error('not all were delivered');
  mail.close();
  await store.close();
  rmSync(dir, { recursive: true });
  return took;
}

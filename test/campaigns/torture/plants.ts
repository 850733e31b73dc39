// Known faults, to show that the campaign finds such: a copy of the program's source with a few lines changed.
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Violation } from './evidence.ts';

interface Plant {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The promise that it breaks. */
  readonly breaks: Violation['promise'];
}

export const PLANTS: Readonly<Record<string, Plant>> = {
  'send-before-commit': {
    what: 'what a poll found is sent, and only then committed as sent',
    file: 'src/app/jobs.ts',
    from: `  const newPoll = () =>
    createPoll({
      nomad: connection.nomad,
      store,`,
    to: `  const early = {
    ...store,
    commitPoll: async (commit: Parameters<Store['commitPoll']>[0]) => {
      const sent = new Set();
      for (const lane of Map.groupBy(commit.notifications, ({ channel, recipient }) => channel + recipient).values()) {
        const { channel, recipient } = lane[0];
        const events = commit.events.filter(({ id }) => lane.some(({ eventId }) => eventId === id));
        for (const told of channel === 'webhook' ? events.map((each) => [each]) : [events]) {
          const eventIds = told.map(({ id }) => id);
          const id = createHash('sha256').update([channel, recipient, ...eventIds].join(' ')).digest('hex').slice(0, 32);
          const content = { kind: 'events' as const, events: told };
          const reader = { timeZone: 'UTC', why: [], page: null, alsoBroken: null, nomad: 'https://nomad.example/api/v1' };
          const outgoing = { id, recipient, content, message: messageOf(content), reader, now: commit.now };
          const { result } = await options.channels.channels[channel].send(outgoing);
          if (result !== 'retry') for (const eventId of eventIds) sent.add(channel + recipient + eventId);
        }
      }
      const isLeft = ({ channel, recipient, eventId }) => !sent.has(channel + recipient + eventId);
      return store.commitPoll({ ...commit, notifications: commit.notifications.filter(isLeft) });
    },
  };
  const newPoll = () =>
    createPoll({
      nomad: connection.nomad,
      store: early,`,
    breaks: 'twice',
  },
  'settle-before-acceptance': {
    what: 'a delivery counts as delivered before the other side took it',
    file: 'src/jobs/delivery.ts',
    from: '  const sent = await send(claim, message, options, now);\n',
    to: `  await settlements.settle(claim, { result: 'delivered', at: now });
  const sent = await send(claim, message, options, now);
  if (sent.result === 'delivered') return { channel: claim.channel, result: 'delivered', milliseconds: 0 };
`,
    breaks: 'lost',
  },
  'two-transactions': {
    what: 'the snapshot is committed, and then the events',
    file: 'src/store/sql/commit.ts',
    from: '  return storeHealth(session, login, commit);\n',
    to: "  await session.rows('COMMIT');\n  await session.rows('BEGIN IMMEDIATE');\n  return storeHealth(session, login, commit);\n",
    breaks: 'lost',
  },
};

const IMPORTS =
  "import { createHash } from 'node:crypto';\nimport { messageOf } from '../domain/message/message.ts';\n";

/** The folder of a program with this fault; throws when the source is not what the fault was made for. */
export function plant(name: string): string {
  const fault = PLANTS[name];
  if (fault === undefined) throw new Error(`there is no fault ${name}; there are ${Object.keys(PLANTS).join(', ')}`);
  const root = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-planted-'));
  cpSync('src', join(root, 'src'), { recursive: true });
  cpSync('package.json', join(root, 'package.json'));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const path = join(root, fault.file);
  const source = readFileSync(path, 'utf8');
  const parts = source.split(fault.from);
  if (parts.length !== 2) throw new Error(`${fault.file} is not what ${name} was made for`);
  const head = fault.file === 'src/app/jobs.ts' ? IMPORTS : '';
  writeFileSync(path, `${head}${parts.join(fault.to)}`);
  return root;
}

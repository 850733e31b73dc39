// The real program as a process between a simulated NOMAD, an inbox and a webhook, each behind a proxy that breaks on order and a gate
// that counts. What was told is read where it arrives, what was asked where it is asked.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload, fail, start } from '../../../src/demo/nomad-state.ts';
import { startHook } from '../../support/hook.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';
import { type Gate, startGate } from './gate.ts';
import type { Proxy, Toxiproxy } from './toxiproxy.ts';

export const LINKS = ['nomad', 'smtp', 'webhook'] as const;
export type Link = (typeof LINKS)[number];

export interface LabOptions {
  /** How many uploads there are; 30 when not given. */
  readonly uploads?: number;
  readonly env?: Readonly<Record<string, string>>;
}

type Entry = Readonly<Record<string, unknown>>;
export type Lab = Awaited<ReturnType<typeof openLab>>;

const DAY = 86_400_000;
const PREFIX = 'nomad_upload_monitor_';
/** Names of proxies are one set for all labs. */
const names = { made: 0 };

/** Resolves when the first poll has been told by mail and by webhook. */
export async function openLab(context: TestContext, toxiproxy: Toxiproxy, { uploads = 30, env = {} }: LabOptions = {}) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  const hook = await startHook(context);
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  for (let index = 0; index < uploads; index += 1) {
    const state = { process: 'process_upload', status: 'SUCCESS', completeTime: Date.now() - DAY, entries: 1 } as const;
    addUpload(nomad.world, `u${index}`, Date.now() - DAY + index, { name: `upload ${index}`, ...state });
  }
  const id = (names.made += 1);
  const link = async (name: Link, port: number): Promise<{ readonly gate: Gate; readonly proxy: Proxy }> => {
    const gate = await startGate(context, port);
    return { gate, proxy: await toxiproxy.proxy(`${id}-${name}`, gate.port) };
  };
  const links = {
    nomad: await link('nomad', Number(new URL(nomad.url).port)),
    smtp: await link('smtp', inbox.port),
    webhook: await link('webhook', Number(new URL(hook.url).port)),
  };
  const program = startProgram(context, {
    NOMAD_URL: nomad.url.replace(/:\d+/, `:${links.nomad.proxy.port}`),
    SMTP_URL: `smtp://127.0.0.1:${links.smtp.proxy.port}`,
    WEBHOOK_URL: `http://127.0.0.1:${links.webhook.proxy.port}/hook`,
    STATE_DIR: tempDir(context),
    ...env,
  });
  await program.line(() => inbox.mails.length > 0 && hook.received.length > 0);
  const url = await program.url();
  const { pid } = program.child;
  assert.ok(pid !== undefined);

  /** Message-IDs of the mails that tell of that failure, in the order in which they arrived. */
  const mailed = (index: number) =>
    inbox.mails.filter(({ text }) => text.includes(`error ${index}\n`)).map(({ messageId }) => messageId);
  /** The webhook-ids of the requests that tell of it. */
  const posted = (index: number) =>
    hook.received
      .filter(({ body }) => body.includes(`"error ${index}"`))
      .map(({ headers }) => String(headers['webhook-id']));
  /** Resolves when that is so; looked at once whenever the program says something. */
  async function until(isSo: () => boolean): Promise<void> {
    let seen = -1;
    await program.line(() => {
      const { length } = program.output();
      if (length === seen) return false;
      seen = length;
      return isSo();
    });
  }
  let failed = 0;
  const metrics = async () => (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return {
    nomad,
    inbox,
    hook,
    links,
    program,
    until,
    /** The first log line of that kind since then (ms). */
    said: (from: number, found: (entry: Entry) => boolean) =>
      program.line((entry) => Date.parse(String(entry['time'])) >= from && found(entry)),
    /** A run of an upload that was good begins and fails: which one, and its error is `error` with its number, and what is given. */
    failRun(more = ''): number {
      const index = (failed += 1);
      const upload = nomad.world.uploads.get(`u${index}`);
      assert.ok(upload);
      start(upload);
      fail(upload, Date.now(), [`error ${index}${more}`]);
      return index;
    },
    mailed,
    posted,
    /** Resolves when that failure has arrived by mail and by webhook, and the program knows that it has. */
    async told(index: number): Promise<void> {
      const ids = () => [mailed(index)[0]?.slice(1).split('@')[0], posted(index)[0]];
      await until(() => {
        const delivered = program
          .output()
          .split('\n')
          .filter((line) => line.includes('"msg":"delivered"'));
        return ids().every((each) => each !== undefined && delivered.some((line) => line.includes(each)));
      });
    },
    /** The kinds of all events that the webhook was told, each once. */
    kinds(): readonly string[] {
      const told = new Map(hook.received.map(({ body }) => JSON.parse(body) as Posted).map((each) => [each.id, each]));
      return [...told.values()].map(({ data }) => data.kind).toSorted();
    },
    /** The sum of all series that begin like this. */
    async metric(series: string): Promise<number> {
      const lines = (await metrics()).filter((line) => line.startsWith(`${PREFIX}${series}`));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    healthz: async () => (await fetch(`${url}/healthz`)).status,
    /** Connections that the program holds, by what they lead to. */
    open: () =>
      Object.fromEntries(LINKS.map((name) => [name, connections(pid, links[name].proxy.port)])) as Record<Link, number>,
    /** What the program holds open, of any kind. */
    descriptors: () => readdirSync(`/proc/${pid}/fd`).length,
    async end(): Promise<void> {
      program.child.kill('SIGTERM');
      assert.equal(await program.ended, 0);
    },
  };
}

interface Posted {
  readonly id: string;
  readonly data: { readonly kind: string };
}

/** How many TCP sockets of a process lead to a port of this machine. */
function connections(pid: number, port: number): number {
  const held = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => target(`/proc/${pid}/fd/${fd}`)));
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((row) => row.trim().split(/\s+/));
  return rows.filter((row) => row[2]?.endsWith(`:${hex}`) === true && held.has(`socket:[${row[9]}]`)).length;
}

/** null: it was closed meanwhile. */
function target(descriptor: string): string | null {
  try {
    return readlinkSync(descriptor);
  } catch {
    return null;
  }
}

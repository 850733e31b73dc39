// Two instances of the real program on one database, each with a way of its own to the database that can be cut. What was told
// is read where it arrives.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload, fail, start, succeed } from '../../../src/demo/nomad-state.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import type { Proxy, Toxiproxy } from '../network/toxiproxy.ts';
import { type Program, startProgram } from '../../support/program.ts';

export interface Instance {
  readonly name: string;
  readonly program: Program;
  /** Its way to the database. */
  readonly database: Proxy;
  /** How often it took the lead. */
  led(): number;
}

export interface Pair {
  readonly leader: Instance;
  readonly standby: Instance;
  readonly target: DatabaseTarget;
  /** An upload ends badly at NOMAD. */
  failUpload(name: string): void;
  /** Resolves when its mail is there. */
  told(name: string): Promise<void>;
  /** Resolves when nothing waits in the outbox. */
  atRest(): Promise<void>;
  /** How many messages told of it; one that was sent again under the same Message-ID, as after a kill, is one. */
  count(name: string): number;
}

const TIMEOUT_MS = 90_000;
const DAY = 86_400_000;
const names = { made: 0 };

export interface PairOptions {
  readonly toxiproxy: Toxiproxy;
  readonly target: DatabaseTarget;
  /** Ports of the servers, where there are several. */
  readonly ports: readonly number[];
}

/** Resolves when one leads and its first poll is told. */
export async function openPair(context: TestContext, { toxiproxy, target, ports }: PairOptions): Promise<Pair> {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  for (const name of ['before', 'during', 'after']) {
    succeed(addUpload(nomad.world, name, Date.now() - DAY, { name, process: 'process_upload' }), Date.now() - DAY, 3);
  }
  const open = async (name: string): Promise<Instance> => {
    const id = (names.made += 1);
    const ways = await Promise.all(ports.map((port, index) => toxiproxy.proxy(`${id}-database-${index}`, port)));
    const hosts = ways.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const program = startProgram(context, {
      NOMAD_URL: nomad.url,
      SMTP_URL: inbox.url,
      DATABASE_URL: `postgres://${target.user}:${encodeURIComponent(target.password ?? '')}@${hosts}/${target.database}`,
    });
    const led = () => program.output().split('this instance leads now').length - 1;
    const [database] = ways;
    assert.ok(database !== undefined);
    return { name, program, database, led };
  };
  const leader = await open('A');
  await leader.program.line(({ msg }) => msg === 'this instance leads now');
  await leader.program.line(({ msg }) => msg === 'delivered');
  const standby = await open('B');
  await standby.program.url();

  const db = openDatabase(target, 1);
  context.after(() => db.close());
  const count = (name: string) =>
    new Set(inbox.mails.filter(({ subject }) => subject.includes(`${name} failed`)).map(({ messageId }) => messageId))
      .size;
  return {
    leader,
    standby,
    target,
    count,
    failUpload(name) {
      const upload = nomad.world.uploads.get(name);
      assert.ok(upload !== undefined);
      start(upload);
      fail(upload, Date.now(), ['KeyError: x']);
    },
    told: (name) => until(() => count(name) > 0, `${name} is not told`),
    atRest: () =>
      until(async () => {
        const [row] = await db
          .rows(
            `SELECT (SELECT count(*) FROM delivery WHERE state = 'pending') + (SELECT count(*) FROM notification WHERE delivery_id IS NULL) AS n`,
          )
          .catch(() => [{ n: 1 }]);
        return Number(row?.n) === 0;
      }, 'something still waits in the outbox'),
  };
}

export async function until(isSo: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end;) {
    if (await isSo()) return;
    await delay(50);
  }
  assert.fail(otherwise);
}

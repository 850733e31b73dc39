// Two instances on one state as Prometheus sees them, without a database: two real registries, between which the lead goes to and fro.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { EMPTY_SNAPSHOT } from '../../../src/domain/report/conditions.ts';
import { createOneMetrics } from '../../support/metrics.ts';

const SECOND = 1000;
/** How many seconds each leads. */
const TURN = 100;

/** Lives until the test ends; returns `host:port` of each. */
export async function startInstances(context: TestContext): Promise<readonly string[]> {
  const [first, second] = [create(), create()] as const;
  for (const each of [first, second]) each.onLead(false);
  let seconds = 0;
  const life = setInterval(() => {
    const [leader, other] = seconds % (2 * TURN) < TURN ? [first, second] : [second, first];
    if (seconds % TURN === 0) {
      other.onLead(false);
      leader.onLead(true);
    }
    leader.onPoll(goodPoll());
    seconds += 1;
  }, SECOND);
  const servers = await Promise.all([first, second].map(serve));
  context.after(() => {
    clearInterval(life);
    for (const server of servers) server.close();
  });
  return servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function create() {
  return createOneMetrics({
    version: '0.1.0',
    nodeVersion: process.versions.node,
    maxUploads: 9,
    outbox: () => Promise.resolve([]),
    configuredAt: Date.now(),
    group: '0a1b2c3d',
  });
}

function goodPoll() {
  return {
    ...({ kind: 'poll', result: 'ok', milliseconds: 5, watching: null, health: HEALTHY } as const),
    ...{ startedAt: Date.now(), snapshot: EMPTY_SNAPSHOT, names: new Map(), events: [], durations: [], malformed: [] },
  };
}

async function serve(metrics: ReturnType<typeof createOneMetrics>) {
  const server = createServer((_, response) => {
    void metrics.render('text').then((body) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4', connection: 'close' }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

// The running demo in the hands of a test: the same life, the same inbox, the real program with the demo's variables; and NOMAD and the
// monitor can be stopped and started again.
import type { TestContext } from 'node:test';
import { demoEnvironment } from '../../src/demo/environment.ts';
import { type Inbox, startInbox } from '../../src/demo/inbox.ts';
import { liveOn, seedWorld } from '../../src/demo/scenario.ts';
import type { FaultRule } from '../../src/demo/nomad-faults.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import type { Generation } from '../../src/demo/nomad-generations.ts';
import { type World, createWorld } from '../../src/demo/nomad-state.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { startProgram } from './program.ts';
import { seeded } from './random.ts';
import { tempDir } from './temp.ts';

export interface DemoOptions {
  /** Pause between the steps of the uploads' life, ms; null: nothing happens but what the test does. */
  readonly step?: number | null;
  /** The newest, when it is not said. */
  readonly generation?: Generation;
  /** What NOMAD answers instead, from before the first poll on. */
  readonly fault?: FaultRule;
  /** Variables beside the demo's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Demo {
  readonly world: World;
  readonly inbox: Inbox;
  /** `host:port` where the monitor serves its metrics, also after it was started anew. */
  readonly target: string;
  /** Those of the monitor, for verbs beside it. */
  readonly variables: Readonly<Record<string, string>>;
  /** What NOMAD answers instead; null: as usual. */
  setFault(rule: FaultRule | null): void;
  stopNomad(): Promise<void>;
  /** On the same port. */
  startNomad(): Promise<void>;
  stopMonitor(): Promise<void>;
  /** With the same state. */
  startMonitor(): Promise<void>;
}

/** Ends with the test. */
export async function startDemo(
  context: TestContext,
  { step = 1000, env = {}, fault, generation }: DemoOptions = {},
): Promise<Demo> {
  const world = createWorld(generation);
  const random = seeded(1);
  seedWorld(world, Date.now(), random);
  let nomad = await startSimulatedNomad({ world });
  nomad.setFault(fault ?? null);
  const { url } = nomad;
  const inbox = await startInbox();
  const addresses = { nomad: url, smtp: inbox.url, httpPort: await freePort(), stateDir: tempDir(context) };
  const variables = { ...demoEnvironment(addresses), ...env };
  let program = startProgram(context, variables);
  await program.url();

  let steps = 0;
  const liveOneStep = () => {
    liveOn(world, steps, Date.now(), random);
    steps += 1;
  };
  const life = step === null ? undefined : setInterval(liveOneStep, step);
  context.after(async () => {
    clearInterval(life);
    program.child.kill('SIGTERM');
    await program.ended;
    await Promise.all([nomad.close(), inbox.close()]);
  });

  return {
    world,
    inbox,
    target: `127.0.0.1:${addresses.httpPort}`,
    variables,
    setFault: (rule) => {
      nomad.setFault(rule);
    },
    stopNomad: () => nomad.close(),
    async startNomad() {
      nomad = await startSimulatedNomad({ world, port: Number(new URL(url).port) });
    },
    async stopMonitor() {
      program.child.kill('SIGTERM');
      await program.ended;
    },
    async startMonitor() {
      program = startProgram(context, variables);
      await program.url();
    },
  };
}

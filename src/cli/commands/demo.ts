// `demo`: a simulated NOMAD, an inbox and the real `run` as a process of its own, all on loopback; it narrates what happens.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { duration as readDuration } from '../../config/value-parsers.ts';
import { demoEnvironment, dotenvText } from '../../demo/environment.ts';
import { freePort } from '../../demo/free-port.ts';
import { startInboxPage } from '../../demo/inbox-page.ts';
import { startInbox } from '../../demo/inbox.ts';
import { liveOn, seedWorld } from '../../demo/scenario.ts';
import { startSimulatedNomad } from '../../demo/nomad-server.ts';
import { GENERATIONS, type Generation, isGeneration } from '../../demo/nomad-generations.ts';
import { ADA, createWorld } from '../../demo/nomad-state.ts';
import { STORY_INDENT, storyLine } from '../../demo/narration.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { MAIN } from '../../files.ts';
import { EXIT } from '../exit-status.ts';
import { typed } from '../installation.ts';
import { type Io, complain, print } from '../output.ts';
import { cut } from '../terminal/table.ts';
import { hasColours, widthOf } from '../terminal/terminal.ts';

export interface DemoOptions {
  /** As given, `60s`; null: until a signal. */
  readonly duration: string | null;
  /** As given: which NOMAD it is that is simulated. */
  readonly generation: string;
  readonly io: Io;
  readonly stopping: AbortSignal;
}

const STEP = 1000;
/** The monitor polls every other step. */
const STEPS_A_LISTING = 2;

export async function demo({ duration, generation, io, stopping }: DemoOptions): Promise<number> {
  const wanted = duration === null ? null : readDuration(duration);
  if (wanted !== null && 'problem' in wanted) {
    complain(io, `--for: ${wanted.problem}`);
    return EXIT.usage;
  }
  if (!isGeneration(generation)) {
    complain(io, `--generation: must be one of ${GENERATIONS.join(', ')}`);
    return EXIT.usage;
  }
  const narrate = narrator(io);
  const stage = await setUp(generation, narrate);
  print(io, stage.welcome);
  print(io, wanted === null ? 'Ctrl-C stops it.\n' : `It stops after ${String(duration)}.\n`);

  const monitor = startMonitor(stage.variables);
  const ended = once(monitor, 'exit');
  if (monitor.stderr !== null)
    createInterface({ input: monitor.stderr }).on('line', (line) => {
      narrateLogLine(line, narrate);
    });

  let steps = 0;
  const isWatched = pace(stage.lastListing);
  const life = setInterval(() => {
    if (!isWatched()) return;
    for (const { name, what } of liveOn(stage.world, steps, Date.now(), Math.random))
      narrate('nomad', `${name} ${what}`);
    steps += 1;
  }, STEP);
  await Promise.race([ended, untilAborted(stopping), ...(wanted === null ? [] : [sleep(wanted.value)])]);
  clearInterval(life);
  const endedEarly = monitor.exitCode !== null && !stopping.aborted;
  monitor.kill('SIGTERM');
  await ended;
  await stage.close();
  narrate(
    'note',
    `The demo has finished: ${stage.mails.length} mails arrived; the monitor exited with code ${String(monitor.exitCode)}.`,
  );
  return monitor.exitCode === 0 && !endedEarly ? EXIT.good : EXIT.bad;
}

/** Life begins when the monitor has looked once, and waits for it where the machine is busy: what nobody sees is no story. */
function pace(lastListing: () => object | null): () => boolean {
  let [seen, steps]: [object | null, number] = [null, 0];
  return () => {
    const newest = lastListing();
    if (newest !== seen) [seen, steps] = [newest, 0];
    steps += 1;
    return newest !== null && steps <= STEPS_A_LISTING;
  };
}

type Narrate = (actor: Parameters<typeof storyLine>[0], text: string) => void;

function narrator(io: Io): Narrate {
  return (actor, text) => {
    const width = widthOf(io.stdout);
    const shown = width === null ? text : cut(oneLine(text, width), Math.max(1, width - STORY_INDENT));
    print(io, storyLine(actor, Date.now(), shown, hasColours(io.stdout, io.env)));
  };
}

/** All that the monitor needs around it, and the variables by which it finds that. */
async function setUp(generation: Generation, narrate: Narrate) {
  const world = createWorld(generation);
  seedWorld(world, Date.now(), Math.random);
  const nomad = await startSimulatedNomad({ world });
  const inbox = await startInbox({
    onMail: (mail) => {
      narrate('mail', `"${mail.subject}" arrived for ${mail.to.join(', ')}`);
    },
  });
  const page = await startInboxPage(inbox);
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-demo-'));
  const port = await freePort();
  const stateDir = join(folder, 'state');
  const variables = demoEnvironment({ nomad: nomad.url, smtp: inbox.url, httpPort: port, stateDir });
  const envFile = join(folder, 'env');
  writeFileSync(envFile, dotenvText(variables), { mode: 0o600 });
  const welcome = [
    `The page    http://127.0.0.1:${port}/`,
    `the inbox   ${page.url}`,
    `the metrics http://127.0.0.1:${port}/metrics`,
    `and NOMAD   ${nomad.url} (${generation}, simulated, ${world.uploads.size} uploads)`,
    `The monitor polls it every 2 s and writes to ${ADA.email}. Look at it from another terminal with`,
    `  ${typed(`--env-file ${envFile} check`)}`,
  ].join('\n');
  return {
    world,
    variables,
    welcome,
    mails: inbox.mails,
    /** The newest request for the list of uploads; null: there was none. */
    lastListing: () => nomad.requests.findLast(({ line }) => line.startsWith('GET /uploads?')) ?? null,
    async close() {
      await Promise.all([nomad.close(), inbox.close(), page.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** The same program and command that people run, without our own environment, which could change what it does. */
function startMonitor(env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [MAIN, 'run', '--env-file', '/dev/null'], {
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
}

/** Narrates an entry of the monitor's log. */
function narrateLogLine(line: string, narrate: Narrate): void {
  const entry = parsed(line);
  if (entry === null) {
    narrate('note', line);
    return;
  }
  const { msg, level, event, what, subject, recipient } = entry;
  if (event !== undefined) narrate('event', `${what ?? ''} (${event})`);
  else if (msg === 'delivered') narrate('event', `delivered "${subject ?? ''}" to ${recipient ?? ''}`);
  // The simulated NOMAD is slow at times, and the demo polls every two seconds.
  else if (msg?.includes('skipped a poll') === true) return;
  else if (level === 'warn' || level === 'error') narrate('note', line);
}

function parsed(line: string): Readonly<Record<string, string | undefined>> | null {
  try {
    return JSON.parse(line) as Record<string, string | undefined>;
  } catch {
    return null;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}

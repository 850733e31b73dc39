// `run`: read the environment, make the configuration, build, start; on a signal, stop.
import { type App, createApp } from '../../app/app.ts';
import { load } from '../../config/load.ts';
import { serviceManagerIn } from '../../config/systemd.ts';
import { type AdjustableLog, createLog, createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { StateError } from '../../store/store.ts';
import { createServiceManager } from '../systemd/service-manager.ts';
import { EXIT, complain, version, type Io } from '../exit-status.ts';
import { hasColours } from '../terminal/terminal.ts';

export interface RunOptions {
  readonly envFile: string | null;
  readonly io: Io;
  readonly stopping: AbortSignal;
  /** Calls back each time the rules are to be read again. */
  readonly onReload: (reload: () => void) => unknown;
  /** Calls back each time debug lines are to be written, or not any more. */
  readonly onToggleDebug: (toggle: () => void) => unknown;
}

export async function run({ envFile, io, stopping, onReload, onToggleDebug }: RunOptions): Promise<number> {
  let reload: () => void = () => undefined;
  let log: AdjustableLog | null = null;
  onReload(() => {
    reload();
  });
  onToggleDebug(() => log?.toggleDebug());
  const { loaded, problems, values } = load(envFile, { scheduleProblem }, io.env);
  if (loaded === null) {
    for (const problem of problems) complain(io, problem);
    return EXIT.usage;
  }
  const { config } = loaded;
  const isTerminal = io.stderr.isTTY;
  const scrubber = createScrubber(config.secrets);
  log = createLog({
    level: config.log.level,
    format: config.log.format === 'auto' ? (isTerminal ? 'pretty' : 'json') : config.log.format,
    colour: hasColours(io.stderr, io.env),
    scrub: scrubber.scrub,
    write: (text) => io.stderr.write(text),
  });
  const manager = createServiceManager(serviceManagerIn(values, process.pid), log);
  try {
    const app: App = createApp({
      ...loaded,
      version: version(),
      log,
      scrubber,
      onPolled: () => {
        manager.report(async () => scrubber.scrub(await app.status()));
      },
    });
    reload = () => {
      manager.reload(app.reload);
    };
    try {
      const { url } = await app.start();
      manager.ready(app.stuck);
      log.info({ nomad: config.nomad.url, http: url, mail: config.mail !== null, version: version() }, 'watching');
      for (const warning of loaded.warnings) log.warn({}, warning);
      await aborted(stopping);
      manager.stopping();
      log.info({}, 'shutting down: finishing running jobs');
    } finally {
      await app.stop();
    }
    log.info({}, 'ended');
    return EXIT.good;
  } catch (error) {
    if (error instanceof StateError) {
      log.error({}, error.message);
      return EXIT.state;
    }
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'EADDRINUSE' || error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL')
    ) {
      log.error(
        {},
        `HTTP_HOST, HTTP_PORT: ${config.http.host}:${config.http.port} cannot be had (${error.code}); set HTTP_PORT to a free port, for example 9698`,
      );
      return EXIT.usage;
    }
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

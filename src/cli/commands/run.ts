// `run`: read the environment, make the configuration, build, start; on a signal, stop.
import { type App, createApp } from '../../app/app.ts';
import type { Config } from '../../config/config.ts';
import { load, loadAccounts } from '../../config/load.ts';
import { serviceManagerIn } from '../../config/systemd.ts';
import { type AdjustableLog, type Scrubber, createLog, createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { StateError } from '../../store/store.ts';
import { createServiceManager } from '../systemd/service-manager.ts';
import { EXIT } from '../exit-status.ts';
import { onFileChange } from '../file-change.ts';
import { version } from '../installation.ts';
import { type Io, complain } from '../output.ts';
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
  const { loaded, problems, values, origins, secrets } = load(envFile, { scheduleProblem }, io.env);
  if (loaded === null) {
    for (const problem of problems) complain(io, problem);
    return EXIT.usage;
  }
  const { config } = loaded;
  const scrubber = createScrubber(secrets);
  log = logOf(config, io, scrubber);
  const manager = createServiceManager(serviceManagerIn(values, process.pid), log);
  try {
    const app: App = createApp({
      config,
      accounts: loaded.accounts,
      readAccounts: () => {
        const read = loadAccounts({ values, origins }, { scheduleProblem });
        scrubber.keep(read.secrets);
        return read;
      },
      version: version(),
      log,
      scrubber,
      onPolled: () => {
        manager.report(async () => scrubber.scrub(await app.status()));
      },
    });
    reload = () => {
      manager.reload(() => void app.reload());
    };
    try {
      const { url } = await app.start();
      manager.ready(app.stuck);
      // Of several accounts each has a NOMAD of its own, and says so with its login.
      const what = config.account === null ? { nomad: config.nomad.url } : { accounts: loaded.accounts.length };
      log.info({ ...what, http: url, mail: config.mail !== null, version: version() }, 'watching');
      for (const problem of loaded.problems) log.error({}, problem);
      for (const warning of loaded.warnings) log.warn({}, warning);
      const unwatch = onFileChange(values['ACCOUNTS_FILE'] ?? null, reload);
      await aborted(stopping);
      unwatch();
      manager.stopping();
      log.info({}, 'shutting down: finishing running jobs');
    } finally {
      await app.stop();
    }
    log.info({}, 'ended');
    return EXIT.good;
  } catch (error) {
    const end = endOf(error, config);
    if (end === null) throw error;
    log.error({}, end.message);
    return end.status;
  }
}

function logOf({ log: { level, format } }: Config, { stderr, env }: Io, { scrub }: Scrubber): AdjustableLog {
  return createLog({
    level,
    format: format === 'auto' ? (stderr.isTTY ? 'pretty' : 'json') : format,
    colour: hasColours(stderr, env),
    scrub,
    write: (text) => stderr.write(text),
  });
}

/** What is said of an error that people can do something about; null: it is none. */
function endOf(error: unknown, { http }: Config): { readonly message: string; readonly status: number } | null {
  if (error instanceof StateError) return { message: error.message, status: EXIT.state };
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return null;
  return {
    message: `HTTP_HOST, HTTP_PORT: ${http.host}:${http.port} cannot be used (${code}); set HTTP_PORT to a free port, for example 9698`,
    status: EXIT.usage,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

// The service of this machine: where its variables and its state are, for commands that an administrator types beside it.
import { accessSync, constants } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

const SETTINGS = '/etc/nomad-upload-monitor';
const STATE = '/var/lib/nomad-upload-monitor';

export interface ServiceFiles {
  readonly envFile: string;
  readonly stateDir: string;
}

interface Asked {
  /** What --env-file names; null: the option was not given. */
  readonly envFile: string | null;
  readonly environment: NodeJS.ProcessEnv;
  /** A clone has an `.env` of its own. */
  readonly isClone: boolean;
}

/**
 * The service's files, if they are meant: by --env-file, or because nothing else was named and we may read them (root may, and the group
 * nomad-upload-monitor). null: they are not meant, or a service manager has said all of it (STATE_DIRECTORY).
 */
export function serviceFiles(
  { envFile, environment, isClone }: Asked,
  mayRead: (path: string) => boolean = isReadable,
): ServiceFiles | null {
  if (environment['STATE_DIRECTORY'] !== undefined) return null;
  if (envFile !== null) return filesOf(resolve(envFile));
  const usual = `${SETTINGS}/env`;
  return !isClone && mayRead(usual) ? filesOf(usual) : null;
}

/** `env`: the service itself; `NAME.env`: its instance of that name. */
function filesOf(envFile: string): ServiceFiles | null {
  if (dirname(envFile) !== SETTINGS) return null;
  const name = basename(envFile);
  if (name === 'env') return { envFile, stateDir: STATE };
  const instance = /^(.+)\.env$/.exec(name)?.[1];
  return instance === undefined ? null : { envFile, stateDir: `${STATE}/${instance}` };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

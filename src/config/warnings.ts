// What is no error, and still should not be so: secrets that others can read, on the disk or on the way.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from './config.ts';
import { addressesOf } from './parse.ts';
import { judgeProxies } from './proxy.ts';
import { isLoopback } from './value-parsers.ts';

const READ_BY_OTHERS = 0o004;
const ENTERED_BY_OTHERS = 0o001;

/** Whether the rights let every user of this machine read a file: its own, and those of the folders on the way to it. */
export function isReadByAll(path: string): boolean {
  // Windows has no such rights.
  if (process.platform === 'win32') return false;
  try {
    const full = resolve(path);
    return (statSync(full).mode & READ_BY_OTHERS) !== 0 && foldersOf(full).every(isEnteredByAll);
  } catch {
    return false;
  }
}

function foldersOf(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersOf(folder)];
}

function isEnteredByAll(folder: string): boolean {
  return (statSync(folder).mode & ENTERED_BY_OTHERS) !== 0;
}

/** What is allowed, and probably not meant so. */
export function oddities(config: Config): readonly string[] {
  const { url, proxyEnv } = config.nomad;
  const { protocol, hostname, port } = new URL(url);
  const isPlain = protocol === 'http:' && !isLoopback(hostname);
  const own = [
    isPlain &&
      'NOMAD_URL: http:// is not encrypted, and anyone on the network path can read the password or token; use https:// if the server supports it',
    port === HASHICORP_PORT &&
      `NOMAD_URL: ${HASHICORP_PORT} is the port of HashiCorp Nomad, another program; name a NOMAD as on nomad-lab.eu, for example https://nomad-lab.eu/prod/v1/api/v1`,
  ].filter((each) => each !== false);
  return [...own, ...judgeProxies(proxyEnv, addressesOf(config)).warnings];
}

const HASHICORP_PORT = '4646';

// Where the real NOMADs live: the cache folder, their versions and their ports on loopback.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

export const ALL_VERSIONS = ['2.0.0', '1.4.3', '1.4.2', '1.4.1', '1.4.0', '1.3.17'] as const;
export type Version = (typeof ALL_VERSIONS)[number];
/** What is played when none is named; the others are patch releases that hardly anybody still runs. */
export const VERSIONS: readonly Version[] = ['2.0.0', '1.4.3', '1.3.17'];

export const SETUP = join(import.meta.dirname, 'setup');
export const CACHE = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nomad-upload-monitor', 'nomad-live');

export const PORTS = {
  postgres: 31_001,
  ferret: 31_002,
  search: 31_003,
  searchTransport: 31_004,
  keycloak: 31_005,
  keycloakManagement: 31_006,
  rabbit: 31_007,
  rabbitCluster: 31_008,
} as const;

const FIRST_PORT = {
  '2.0.0': 32_000,
  '1.4.3': 32_100,
  '1.3.17': 32_200,
  '1.4.2': 32_300,
  '1.4.1': 32_400,
  '1.4.0': 32_500,
} as const;
export const appPort = (version: Version) => FIRST_PORT[version];
/** Where a Temporal worker says that it is well. */
export const workerPort = (version: Version) => FIRST_PORT[version] + 2;
export const temporalPort = (version: Version) => FIRST_PORT[version] + 1;

export const apiOf = (version: Version) => `http://127.0.0.1:${appPort(version)}/nomad-oasis/api/v1`;
/** The real Temporal server, where it was built. */
export const TEMPORAL_SERVER = join(CACHE, 'bin', 'temporal');
export const isTemporal = (version: Version) => version !== '1.3.17';
/** No good run sets `complete_time`. */
export const leavesNoTime = (version: Version) => version.startsWith('1.4.');
/** Its worker answers over HTTP whether it is well. */
export const hasWorkerHealth = (version: Version) => version === '1.4.3' || version === '2.0.0';
export const pythonOf = (version: Version) => join(CACHE, `venv-${version}`, 'bin', 'python');
/** Where a NOMAD of that version keeps its files. */
export const homeOf = (version: Version) => join(CACHE, `nomad-${version}`);

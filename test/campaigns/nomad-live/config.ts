// The nomad.yaml of each version (JSON is YAML too).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN } from './people.ts';
import {
  PORTS,
  type Version,
  appPort,
  hasWorkerHealth,
  homeOf,
  isTemporal,
  temporalPort,
  workerPort,
} from './places.ts';

/** Seconds by NOMAD's names: how long a step may take. */
export type Timeouts = Readonly<Record<string, number>>;

/** Writes it and answers with its path. */
export function writeConfig(version: Version, timeouts: Timeouts = {}): string {
  const home = homeOf(version);
  mkdirSync(home, { recursive: true });
  const file = join(home, 'nomad.yaml');
  writeFileSync(file, JSON.stringify(configOf(version, timeouts), null, 1));
  return file;
}

function configOf(version: Version, timeouts: Timeouts) {
  const name = `live_${version.replaceAll('.', '_')}`;
  const home = homeOf(version);
  const keycloak = `http://127.0.0.1:${PORTS.keycloak}`;
  return {
    services: {
      api_host: '127.0.0.1',
      api_port: appPort(version),
      api_base_path: '/nomad-oasis',
      api_secret: 'a secret of at least thirty-two characters',
      admin_user_id: ADMIN.id,
      console_log_level: 30,
      https: false,
      upload_limit: 1000,
      optimade_enabled: false,
      dcat_enabled: false,
      h5grove_enabled: false,
    },
    oasis: { is_oasis: true, uses_central_user_management: false },
    north: { enabled: false },
    meta: { deployment: name, deployment_url: `http://127.0.0.1:${appPort(version)}/nomad-oasis/api` },
    mongo: { host: '127.0.0.1', port: PORTS.ferret, db_name: name },
    elastic: {
      ...(version === '2.0.0' ? { version: '7' } : {}),
      host: '127.0.0.1',
      port: PORTS.search,
      entries_index: `${name}_entries`,
      materials_index: `${name}_materials`,
    },
    keycloak: {
      server_url: `${keycloak}/`,
      public_server_url: `${keycloak}/`,
      realm_name: 'nomad',
      client_id: 'nomad_public',
      username: ADMIN.username,
      password: ADMIN.password,
    },
    ...(isTemporal(version)
      ? temporal(version, timeouts)
      : { rabbitmq: { host: `127.0.0.1:${PORTS.rabbit}`, user: 'guest', password: 'guest' } }),
    fs: isTemporal(version)
      ? { working_directory: join(home, 'data') }
      : {
          tmp: join(home, 'tmp'),
          staging: join(home, 'staging'),
          public: join(home, 'public'),
          north_home: join(home, 'north'),
        },
    mail: { enabled: false },
    logstash: { enabled: false },
    plugins: {
      entry_points: {
        include: ['live_parsers:level_0', 'live_parsers:level_1', 'live_parsers:level_2', 'live_parsers:example'],
      },
    },
  };
}

const temporal = (version: Version, timeouts: Timeouts) => ({
  temporal: {
    host: '127.0.0.1',
    port: temporalPort(version),
    namespace: 'default',
    // 600 s by default: a lost worker is to show within minutes.
    processing_timeouts: { internal_processing_heartbeat_timeout: 40, ...timeouts },
    internal_worker: {
      pool_size: 1,
      max_concurrent_activities: 1,
      ...(hasWorkerHealth(version) && { healthcheck_host: '127.0.0.1', healthcheck_port: workerPort(version) }),
    },
  },
});

// What a NOMAD with workers needs, part by part, and how each is started.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { type Timeouts, writeConfig } from './config.ts';
import {
  CACHE,
  PORTS,
  SETUP,
  TEMPORAL_SERVER,
  type Version,
  apiOf,
  appPort,
  hasWorkerHealth,
  homeOf,
  isTemporal,
  pythonOf,
  temporalPort,
  workerPort,
} from './places.ts';
import { type Part, logOf } from './processes.ts';

/** PostgreSQL and RabbitMQ refuse to be run by root. */
const NOBODY = 65_534;
const asNobody = getuid?.() === 0 ? { user: { uid: NOBODY, gid: NOBODY } } : {};
/** What they write lies where that user may go. */
const SERVERS = '/var/tmp/nomad-upload-monitor-live';

const jars = (folder: string) =>
  existsSync(join(CACHE, folder)) ? readdirSync(join(CACHE, folder)).map((file) => join(CACHE, folder, file)) : [];

const answers = (port: number) => () =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .once('connect', () => {
        done(true);
      })
      .once('error', () => {
        done(false);
      });
  });

const good = (url: string) => async () => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
};

const says = (name: string, words: RegExp) => async () =>
  Promise.resolve(existsSync(logOf(name)) && words.test(readFileSync(logOf(name), 'utf8')));

const postgres = (): Part => ({
  name: 'postgres',
  command: [
    readFileSync(join(CACHE, 'postgres-programs'), 'utf8').trim() + '/postgres',
    ...['-D', join(SERVERS, 'postgres'), '-p', String(PORTS.postgres), '-c', 'listen_addresses=127.0.0.1'],
    ...['-c', `unix_socket_directories=${SERVERS}`, '-c', 'max_connections=200', '-c', 'fsync=off'],
  ],
  cwd: SERVERS,
  ...asNobody,
  isReady: answers(PORTS.postgres),
  seconds: 30,
});

/** MongoDB's protocol over PostgreSQL. */
const ferret: Part = {
  name: 'ferret',
  command: [
    join(CACHE, 'bin/ferret'),
    `127.0.0.1:${PORTS.ferret}`,
    `postgres://postgres@127.0.0.1:${PORTS.postgres}/ferret`,
  ],
  isReady: answers(PORTS.ferret),
  seconds: 30,
};

const search = (): Part => ({
  name: 'search',
  command: [
    ...['java', '-Xms400m', '-Xmx400m', '-Djava.net.preferIPv4Stack=true', '-Dlog4j2.formatMsgNoLookups=true'],
    ...['-Dlog4j.configurationFile=config/log4j2.properties', '-Des.networkaddress.cache.ttl=60'],
    ...['-Dio.netty.noUnsafe=true', '--add-opens=java.base/java.io=ALL-UNNAMED'],
    ...['-cp', [join(CACHE, 'es/config'), join(CACHE, 'es/classes'), ...jars('es-lib')].join(':')],
    ...['RunES', join(CACHE, 'es'), String(PORTS.search), String(PORTS.searchTransport)],
  ],
  cwd: join(CACHE, 'es'),
  isReady: good(`http://127.0.0.1:${PORTS.search}/_cluster/health`),
  seconds: 120,
});

const keycloak: Part = {
  name: 'keycloak',
  command: [
    ...[join(CACHE, 'keycloak/bin/kc.sh'), 'start-dev', '--http-host=127.0.0.1', `--http-port=${PORTS.keycloak}`],
    ...['--import-realm', `--http-management-port=${PORTS.keycloakManagement}`],
  ],
  env: {
    JAVA_OPTS_KC_HEAP: '-Xms128m -Xmx512m',
    KC_BOOTSTRAP_ADMIN_USERNAME: 'root',
    KC_BOOTSTRAP_ADMIN_PASSWORD: 'root-pw',
  },
  isReady: good(`http://127.0.0.1:${PORTS.keycloak}/realms/nomad`),
  seconds: 400,
};

const rabbit: Part = {
  name: 'rabbit',
  command: ['/usr/lib/rabbitmq/bin/rabbitmq-server'],
  cwd: join(SERVERS, 'rabbit'),
  ...asNobody,
  env: {
    HOME: join(SERVERS, 'rabbit'),
    RABBITMQ_NODENAME: 'nomad-live@localhost',
    RABBITMQ_MNESIA_BASE: join(SERVERS, 'rabbit/mnesia'),
    RABBITMQ_LOG_BASE: join(SERVERS, 'rabbit/log'),
    RABBITMQ_CONFIG_FILE: join(SERVERS, 'rabbit/rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(SERVERS, 'rabbit/enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(PORTS.rabbit),
    RABBITMQ_DIST_PORT: String(PORTS.rabbitCluster),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_ADDRESS: '127.0.0.1',
  },
  isReady: answers(PORTS.rabbit),
  seconds: 60,
};

/** The real server, where it was built (it takes long); else its test server, in memory. */
function temporal(version: Version): Part {
  const port = temporalPort(version);
  const ports = ['--port', String(port), '--http-port', String(port + 3), '--metrics-port', String(port + 4)];
  const state = ['--db-filename', join(homeOf(version), 'temporal.sqlite'), '--log-level', 'warn'];
  const main = 'io.temporal.testserver.TestServer';
  return {
    name: `temporal-${version}`,
    command: existsSync(TEMPORAL_SERVER)
      ? [TEMPORAL_SERVER, 'server', 'start-dev', '--ip', '127.0.0.1', ...ports, '--headless', ...state]
      : ['java', '-Xmx300m', '-cp', jars('temporal-lib').join(':'), main, String(port)],
    isReady: answers(port),
    seconds: 60,
  };
}

function nomad(
  version: Version,
  what: string,
  args: readonly string[],
  timeouts: Timeouts = {},
): Omit<Part, 'isReady' | 'seconds'> {
  const launcher = isTemporal(version) ? ['-m', 'nomad.cli'] : [join(SETUP, 'nomad-celery.py')];
  return {
    name: `${what}-${version}`,
    command: [pythonOf(version), ...launcher, ...args],
    cwd: join(homeOf(version), 'data'),
    env: {
      NOMAD_CONFIG: writeConfig(version, timeouts),
      PYTHONPATH: join(SETUP, 'shim'),
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
      PYTHONUNBUFFERED: '1',
    },
  };
}

export const app = (version: Version): Part => ({
  ...nomad(version, 'app', ['admin', 'run', 'app', '--host', '127.0.0.1', '--port', String(appPort(version))]),
  isReady: good(`${apiOf(version)}/info`),
  seconds: 400,
});

function workerCommand(version: Version): readonly string[] {
  const run = ['admin', 'run', version === '1.4.0' ? 'action-internal-worker' : 'worker'];
  if (!isTemporal(version)) return [...run, '--workers', '2'];
  // One without an answer of its own says at level info that it has started.
  return hasWorkerHealth(version) ? run : ['-v', ...run];
}

export const worker = (version: Version, timeouts: Timeouts = {}): Part => ({
  ...nomad(version, 'worker', workerCommand(version), timeouts),
  isReady: hasWorkerHealth(version)
    ? good(`http://127.0.0.1:${workerPort(version)}/health`)
    : says(`worker-${version}`, isTemporal(version) ? /Starting internal processing worker/ : /transfer_logs/),
  seconds: 200,
});

/** `nomad admin …` as its operator runs it. */
export const adminCommand = (version: Version, args: readonly string[]) => nomad(version, 'admin', ['admin', ...args]);

/** All of a version, in the order in which they start. */
export const partsOf = (version: Version): readonly Part[] => [
  postgres(),
  ferret,
  search(),
  keycloak,
  isTemporal(version) ? temporal(version) : rabbit,
  app(version),
  worker(version),
];

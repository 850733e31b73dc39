// The real Prometheus and the real Alertmanager (Debian: prometheus, prometheus-alertmanager) on free loopback ports, with the configuration
// that is shipped: only addresses and the pauses between scrapes are others.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';

export interface PrometheusOptions {
  /** `host:port`, each a monitor. */
  readonly targets: readonly string[];
  /** Paths of rule files. */
  readonly rules?: readonly string[];
  /** Between scrapes, and between evaluations of the rules: `1s`. */
  readonly scrapeInterval?: string;
  /** The monitors' HTTP_TOKEN; a monitor on loopback without one takes any. */
  readonly token?: string;
  /** `host:port` of the Alertmanager; none: alerts go nowhere. */
  readonly alertmanager?: string;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Times in seconds. */
  readonly values: readonly (readonly [time: number, value: number])[];
}
/** An alert as Prometheus lists it; one that is neither pending nor firing is not listed. */
export interface ListedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Prometheus {
  readonly url: string;
  /** An instant vector; throws with Prometheus' words when the query is wrong. */
  query(promql: string): Promise<readonly Sample[]>;
  /** Times in seconds since the epoch, `step` in seconds. */
  queryRange(promql: string, from: number, to: number, step: number): Promise<readonly Series[]>;
  alerts(): Promise<readonly ListedAlert[]>;
  close(): Promise<void>;
}

interface ScrapeConfig {
  readonly authorization: object;
  readonly static_configs: readonly object[];
}
interface PrometheusConfig {
  readonly global: object;
  readonly scrape_configs: readonly ScrapeConfig[];
}
type Wire = readonly { metric: Record<string, string>; value: [number, string]; values: [number, string][] }[];

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { targets, rules = [], scrapeInterval = '1s', token = 'any', alertmanager } = options;
  const shipped = parse(readFileSync('prometheus/prometheus.yaml', 'utf8')) as PrometheusConfig;
  const program = await launch('prometheus', {
    'prometheus.yaml': stringify({
      ...shipped,
      global: { ...shipped.global, scrape_interval: scrapeInterval, evaluation_interval: scrapeInterval },
      rule_files: rules.map((path) => resolve(path)),
      alerting: {
        alertmanagers: alertmanager === undefined ? [] : [{ static_configs: [{ targets: [alertmanager] }] }],
      },
      scrape_configs: shipped.scrape_configs.map((each) => ({ ...each, static_configs: [{ targets }] })),
    }),
    'nomad-upload-monitor.token': token,
  });

  async function ask<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${program.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const { data, error } = (await response.json()) as { readonly data: T; readonly error?: string };
    if (error !== undefined) throw new Error(`${error}: ${parameters['query'] ?? path}`);
    return data;
  }

  return {
    url: program.url,
    async query(query) {
      const { result } = await ask<{ result: Wire }>('query', { query });
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async queryRange(query, from, to, step) {
      const range = { query, start: String(from), end: String(to), step: String(step) };
      const { result } = await ask<{ result: Wire }>('query_range', range);
      return result.map(({ metric, values }) => ({
        metric,
        values: values.map(([time, value]) => [time, Number(value)] as const),
      }));
    },
    alerts: async () => (await ask<{ alerts: readonly ListedAlert[] }>('alerts')).alerts,
    close: program.close,
  };
}

/** An alert as Alertmanager holds it. */
export interface HeldAlert extends Omit<ListedAlert, 'state'> {
  /** Suppressed: nobody is told. */
  readonly status: { readonly state: 'unprocessed' | 'active' | 'suppressed' };
}

export interface Alertmanager {
  /** `host:port`. */
  readonly address: string;
  /** Those that have not ended. */
  alerts(): Promise<readonly HeldAlert[]>;
  close(): Promise<void>;
}

export interface AlertmanagerOptions {
  /** Where its mails go: `host:port` of a mail server without TLS. */
  readonly smtp: string;
}

interface AlertmanagerConfig {
  readonly global: object;
  readonly route: object;
}

/** Tells at once, where it would gather for half a minute. */
export async function startAlertmanager({ smtp }: AlertmanagerOptions): Promise<Alertmanager> {
  const shipped = parse(readFileSync('prometheus/alertmanager.yaml', 'utf8')) as AlertmanagerConfig;
  const program = await launch('prometheus-alertmanager', {
    'alertmanager.yaml': stringify({
      ...shipped,
      global: { ...shipped.global, smtp_smarthost: smtp, smtp_require_tls: false },
      route: { ...shipped.route, group_wait: '1s', group_interval: '1s' },
    }),
  });
  return {
    address: new URL(program.url).host,
    async alerts() {
      const response = await fetch(`${program.url}/api/v2/alerts`);
      return (await response.json()) as readonly HeldAlert[];
    },
    close: program.close,
  };
}

type Name = 'prometheus' | 'prometheus-alertmanager';
const ARGUMENTS: Readonly<Record<Name, readonly string[]>> = {
  prometheus: ['--config.file=prometheus.yaml', '--storage.tsdb.path=data'],
  'prometheus-alertmanager': [
    '--config.file=alertmanager.yaml',
    '--storage.path=data',
    '--cluster.listen-address=', // alone: no second port
  ],
};

/** In a folder of its own with these files; on the port that it got, which it logs. */
async function launch(name: Name, files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), `nomad-upload-monitor-${name}-`));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const child = spawn(name, [...ARGUMENTS[name], '--web.listen-address=127.0.0.1:0'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  };
  const url = `http://${await listening(name, child, ended)}`;
  while (!(await fetch(`${url}/-/ready`)).ok);
  return { url, close };
}

async function listening(name: Name, child: ChildProcess, ended: Promise<unknown>): Promise<string> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  for (;;) {
    const address = /msg="Listening on" address=(\S+)/.exec(said)?.[1];
    if (address !== undefined) return address;
    const news = child.stderr === null ? ended : once(child.stderr, 'data').then(() => null);
    if ((await Promise.race([news, ended])) !== null) throw new Error(`${name} ended:\n${said}`);
  }
}

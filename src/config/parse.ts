// Environment values -> Config, or every problem at once. Pure: files are read before, by env.ts.
import { ROLES } from '../domain/upload.ts';
import { EVENT_KINDS, NOTIFIED_BY_DEFAULT, type EventKind } from '../domain/event.ts';
import { hookSettings, mailSettings } from './channels.ts';
import { type Config, type Credentials, LOG_FORMATS, LOG_LEVELS, OTHER_LEVEL_NAMES } from './config.ts';
import { databasePasswords, databaseUrl } from './database.ts';
import { httpSettings } from './http-settings.ts';
import { type Source, createSource } from './source.ts';
import { VARIABLES, defaultOf, exampleOf } from './variables/all.ts';
import * as read from './value-parsers.ts';
import { HASHICORP_TOKEN_PROBLEM, isHashiCorpToken } from './foreign.ts';
import { PROXY_NAMES, PROXY_VARIABLES, judgeProxies, withScheme } from './proxy.ts';
import { zoneNamed } from './time-zone.ts';
import { closest } from '../domain/text/closest.ts';

export type Parsed = { readonly config: Config } | { readonly problems: readonly string[] };

export interface Checks {
  /** What is wrong with a cron pattern; null: nothing. */
  readonly scheduleProblem: (pattern: string) => string | null;
}

/**
 * `env`: names and values, secrets already read from their files. Empty means unset. `file`: the one that the user may write values into.
 * `alsoSecret`: what is in none of these values by right, and must not be shown if it is.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  checks: Checks,
  file = '.env',
  alsoSecret: readonly string[] = [],
): Parsed {
  const problems: string[] = [];
  const hidden = secrets(env);
  const source = createSource(env, [...hidden, ...alsoSecret], (sentence) => problems.push(sentence));
  const { text, optional, value } = source;

  const schedule: read.ValueParser<string> = (pattern) => {
    const problem = checks.scheduleProblem(pattern);
    return problem === null ? { value: pattern } : { problem: `${problem}; write for example */5 * * * *` };
  };
  const config: Config = {
    account: null,
    nomad: {
      url: value('NOMAD_URL', read.nomadUrl),
      credentials: credentials(source, file),
      tokenLifetime: value('NOMAD_TOKEN_LIFETIME', read.duration) / 1000,
      roles: optional('NOMAD_ROLES', read.listOf(read.oneOf(ROLES))) ?? [],
      proxyEnv: pick(env, PROXY_VARIABLES),
    },
    pollSchedule: value('POLL_SCHEDULE', schedule),
    sweepSchedule: value('SWEEP_SCHEDULE', schedule),
    stuckAfter: value('STUCK_AFTER', read.duration),
    unreachableAfter: value('UNREACHABLE_AFTER', read.duration),
    notifyOn: value('NOTIFY_ON', kinds),
    rulesFile: text('RULES_FILE'),
    remindAfter: value('REMIND_AFTER', read.unlessOff(read.duration)),
    digestSchedule: value('DIGEST_SCHEDULE', read.unlessOff(schedule)),
    mail: mailSettings(source),
    ...hookSettings(source),
    http: httpSettings(source),
    stateDir: stateDir(source),
    database: optional('DATABASE_URL', databaseUrl),
    metricsMaxUploads: value('METRICS_MAX_UPLOADS', read.whole(0, 100_000, defaultOf('METRICS_MAX_UPLOADS'))),
    retention: value('RETENTION', read.duration),
    log: {
      level: value('LOG_LEVEL', read.oneOf(LOG_LEVELS, OTHER_LEVEL_NAMES)),
      format: value('LOG_FORMAT', read.oneOf(LOG_FORMATS)),
    },
    timeZone: timeZone(source),
    secrets: hidden,
  };
  problems.push(...judgeProxies(config.nomad.proxyEnv, addressesOf(config)).problems);
  return problems.length > 0 ? { problems } : { config };
}

function credentials({ text, problem }: Source, file: string): Credentials {
  const [username, password, token] = [text('NOMAD_USERNAME'), text('NOMAD_PASSWORD'), text('NOMAD_TOKEN')];
  if (token !== null && (username !== null || password !== null)) {
    problem('NOMAD_TOKEN: set together with NOMAD_USERNAME or NOMAD_PASSWORD; set either the token or these two');
  }
  if (token !== null && isHashiCorpToken(token)) problem(`NOMAD_TOKEN: ${HASHICORP_TOKEN_PROBLEM}`);
  if (token !== null) {
    if (!/^[\x21-\x7e]+$/.test(token))
      problem('NOMAD_TOKEN: it contains a space or another character that no token has; copy it again, as one line');
    return { kind: 'token', token };
  }
  if (username === null && password === null) {
    problem(
      `NOMAD_USERNAME, NOMAD_PASSWORD: no credentials; set both, for example ${exampleOf('NOMAD_USERNAME')}, or a NOMAD_TOKEN, in the environment or in ${read.excerpt(file)}`,
    );
  } else if (username === null) {
    problem(`NOMAD_USERNAME: required with NOMAD_PASSWORD; write for example ${exampleOf('NOMAD_USERNAME')}`);
  } else if (password === null) {
    problem('NOMAD_PASSWORD: required with NOMAD_USERNAME; set it, or NOMAD_PASSWORD_FILE=/path/to/it');
  }
  return { kind: 'password', username: username ?? '', password: password ?? '' };
}

/** `none`; or `all`, kinds, and `-kind` to take one out of what stands before it (of the default when it stands first). */
const kinds: read.ValueParser<readonly EventKind[]> = (text) => {
  const parts = read.commaSeparated(text.toLowerCase());
  if (parts.includes('none')) {
    if (parts.length === 1) return { value: [] };
    return { problem: '"none" stands alone: no event is notified; write none, or only the kinds' };
  }
  const chosen = new Set<EventKind>(parts[0]?.startsWith('-') === true ? NOTIFIED_BY_DEFAULT : []);
  for (const part of parts) {
    const name = part.replace(/^-/, '');
    const matching = name === 'all' ? EVENT_KINDS : EVENT_KINDS.filter((kind) => kind === name);
    if (matching.length === 0) {
      const near = closest(name, EVENT_KINDS);
      const hint = near === null ? `the kinds are ${EVENT_KINDS.join(', ')}, or all, or none` : `did you mean ${near}?`;
      return { problem: `"${read.excerpt(name)}" is not a kind of event; ${hint}` };
    }
    for (const kind of matching) {
      if (part.startsWith('-')) chosen.delete(kind);
      else chosen.add(kind);
    }
  }
  return { value: EVENT_KINDS.filter((kind) => chosen.has(kind)) };
};

/** What is asked over HTTP. */
export function addressesOf({ nomad, webhook, chat, alertmanager, heartbeat }: Config): readonly string[] {
  return [nomad.url, ...[webhook, chat, alertmanager, heartbeat].flatMap((each) => each?.url ?? [])];
}

/** systemd's STATE_DIRECTORY can name several, joined by colons: the first is ours. */
function stateDir({ text, problem }: Source): string {
  const own = text('STATE_DIR') ?? text('STATE_DIRECTORY')?.split(':')[0] ?? null;
  if (own !== null) return own;
  const [xdg, home] = [text('XDG_STATE_HOME'), text('HOME')];
  if (xdg !== null) return `${xdg}/nomad-upload-monitor`;
  if (home !== null) return `${home}/.local/state/nomad-upload-monitor`;
  if (text('DATABASE_URL') !== null) return '';
  problem(`STATE_DIR: not set, and there is no HOME; write for example ${exampleOf('STATE_DIR')}`);
  return '';
}

function timeZone({ text, excerpt, problem }: Source): string {
  const zone = text('TZ')?.replace(/^:/, '') ?? null;
  if (zone === null) return new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = zoneNamed(zone);
  if (known === null) problem(`TZ: "${excerpt(zone)}" is not a valid time zone; write for example Europe/Berlin`);
  return known ?? 'UTC';
}

/** All that must never be seen: also what is secret inside an address (a password, as written and as meant; a hook's path). */
export function secrets(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const given = VARIABLES.filter(({ secret, name }) => secret === true && name !== 'DATABASE_URL').flatMap(
    ({ name }) => env[name] ?? [],
  );
  const database = env['DATABASE_URL'] ?? '';
  const ofProxies = PROXY_NAMES.flatMap((name) => passwords(URL.parse(withScheme(env[name] ?? ''))));
  const inside = given.flatMap((value) => {
    const url = URL.parse(value);
    const parts = /\s/.test(value) ? value.split(/\s+/) : [];
    if (url === null) return parts;
    const path = `${url.pathname}${url.search}`;
    return [...parts, ...passwords(url), path.length >= SECRET_PATH ? path : ''];
  });
  return [...new Set([...given, ...inside, ...ofProxies, database, ...databasePasswords(database.trim())])].filter(
    (secret) => secret !== '',
  );
}

/** As written, and as meant. */
function passwords(url: URL | null): readonly string[] {
  return url === null ? [] : [url.password, read.safeDecode(url.password) ?? ''];
}

/** A shorter path is no secret, and hiding it would make logs unreadable. */
const SECRET_PATH = 16;

function pick(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

// Variables that do not exist, and which one was probably meant. Our own file is read strictly. The environment belongs to everybody: there
// only a name that is hardly more than a slip away from one of ours is mentioned.
import { closest, distance, MAX_LETTERS } from '../domain/text/closest.ts';
import { VARIABLES } from './variables/all.ts';
import { SURROUNDINGS } from './variables/runtime.ts';
import { excerpt } from './value-parsers.ts';

const NAMES = new Set(VARIABLES.flatMap(({ name, secret }) => (secret === true ? [name, `${name}_FILE`] : [name])));

/** Others' variables that may stand in our file: it may also be systemd's EnvironmentFile=, or the --env-file of a container. */
const WELCOME = new Set([
  ...SURROUNDINGS.map(({ name }) => name),
  'LANG',
  'PATH',
  'HOME',
  'NOTIFY_SOCKET',
  'ALL_PROXY',
]);
const WELCOME_FAMILIES = ['NODE_', 'NPM_', 'COMPOSE_', 'DOCKER_', 'LC_', 'SSL_CERT_', 'XDG_', 'UV_'];

/** cron's own, so close to MAIL_TO that it would always be mentioned. */
const CRON = 'MAILTO';

/** One sentence for each variable of our own file that does not exist. `isSecret`: a name that must not be shown. */
export function unknownInFile(
  names: readonly string[],
  isSecret: (name: string) => boolean,
): ReadonlyMap<string, string> {
  const strangers = names.filter((name) => !NAMES.has(name) && !isWelcome(name));
  return new Map(strangers.map((name) => [name, isSecret(name) ? GLUED : sentence(name)]));
}

/** One sentence for each variable of the environment that is probably one of ours, misspelt. */
export function nearMisses(names: readonly string[]): readonly string[] {
  return names.filter((name) => !NAMES.has(name) && !isWelcome(name) && isNearMiss(name)).map(sentence);
}

const GLUED =
  '.env: the name of a variable contains a part of a secret, so neither is shown; write each variable on a line of its own, as NAME=value';

function isWelcome(name: string): boolean {
  const upper = name.toUpperCase();
  return WELCOME.has(upper) || WELCOME_FAMILIES.some((family) => upper.startsWith(family));
}

/** From this length on a name may differ by two slips. A shorter one that does is another word: SMTP_PORT is not HTTP_PORT. */
const LONG = 12;

function isNearMiss(name: string): boolean {
  // What people type by habit is a name of other programs.
  if (name.length > MAX_LETTERS || name === CRON || habitOf(name) !== undefined) return false;
  if (NAMES.has(withoutFile(name))) return true;
  const upper = name.toUpperCase();
  const slips = upper.length < LONG ? 1 : 2;
  return [...NAMES].some((ours) => distance(upper, ours) <= slips);
}

function sentence(name: string): string {
  return `${excerpt(name)}: there is no such variable${suggestion(name)}`;
}

const MAIL_SERVER = 'the mail server is one address: SMTP_URL=smtp://user:password@host:587';

/** What people type by habit, and what is wanted here. Never what it was set to: that may be a secret. */
const HABITS: Readonly<Record<string, string>> = {
  NOMAD_USER: 'write NOMAD_USERNAME',
  NOMAD_LOGIN: 'write NOMAD_USERNAME',
  NOMAD_PASS: 'write NOMAD_PASSWORD',
  NOMAD_SERVER: 'write NOMAD_URL',
  NOMAD_HOST: 'write NOMAD_URL',
  NOMAD_API_TOKEN: 'write NOMAD_TOKEN',
  NOMAD_APP_TOKEN: 'write NOMAD_TOKEN',
  SMTP_HOST: MAIL_SERVER,
  SMTP_SERVER: MAIL_SERVER,
  SMTP_PORT: MAIL_SERVER,
  SMTP_USER: MAIL_SERVER,
  SMTP_USERNAME: MAIL_SERVER,
  SMTP_PASS: MAIL_SERVER,
  SMTP_PASSWORD: MAIL_SERVER,
  EMAIL_TO: 'write MAIL_TO',
  MAIL_RECIPIENTS: 'write MAIL_TO',
  EMAIL_FROM: 'write MAIL_FROM',
  SMTP_FROM: 'write MAIL_FROM',
  TIMEZONE: 'write TZ',
  TIME_ZONE: 'write TZ',
  PORT: 'write HTTP_PORT',
  PUBLIC_URL: 'write HTTP_PUBLIC_URL',
  BASE_URL: 'write HTTP_PUBLIC_URL',
};

function habitOf(name: string): string | undefined {
  return HABITS[withoutFile(name).toUpperCase()];
}

function suggestion(name: string): string {
  const value = withoutFile(name);
  const habit = habitOf(name);
  if (habit !== undefined) return `; ${habit}`;
  if (value !== name && NAMES.has(value)) return `; only secrets can be read from a file, set ${value} itself`;
  const upper = name.toUpperCase();
  // SMTP_HOST means something about the mail server: HTTP_HOST is no help.
  const family = [...NAMES].filter((ours) => ours.startsWith(upper.replace(/_.*/, '_')));
  const nearest = closest(upper, family.length === 0 ? [...NAMES] : family);
  return nearest === null ? '; see .env.example for all variables' : `; did you mean ${nearest}?`;
}

function withoutFile(name: string): string {
  return name.replace(/_FILE$/, '');
}

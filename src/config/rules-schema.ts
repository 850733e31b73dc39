// Reads the nodes of a rules file: what each key may hold. Reports each problem at the node where it is.
import { isMap, isNode, isScalar, isSeq } from 'yaml';
import { EVENT_KINDS, type EventKind } from '../domain/event.ts';
import { globMatches } from '../domain/text/glob.ts';
import { WEEKDAYS, type Quiet } from '../domain/notify/quiet-hours.ts';
import type { Match, Recipients, Route, Rules } from '../domain/notify/routing.ts';
import { ROLES } from '../domain/upload.ts';
import { readRecipientWishes } from './rules-recipients.ts';
import { covers } from './rules-shadowing.ts';
import { mailAddress } from './mail-addresses.ts';
import { excerpt } from './value-parsers.ts';
import { zoneNamed } from './time-zone.ts';
import { closest } from '../domain/text/closest.ts';
import { type Entries, type NodeProblem, entriesOf, isEmpty, items } from './yaml-file.ts';

/** The channels that there are: a route to one that is not configured would lose what it is given. */
export interface Configured {
  readonly mail: boolean;
  readonly webhook: boolean;
  readonly chat: boolean;
}

export interface RulesContext {
  readonly configured: Configured;
  readonly lineOf: (node: unknown) => number;
  readonly problem: NodeProblem;
}

const KEYS = ['routes', 'quiet', 'recipients', 'summaries'];

/** What could not be read is left out; it was reported. Summaries: rules-summaries.ts. */
export function readRules(contents: unknown, reading: RulesContext): Omit<Rules, 'summaries'> {
  if (isEmpty(contents)) return { routes: [], quiet: [], recipients: [] };
  const top = entriesOf(contents, KEYS, `a rules file has the keys ${KEYS.join(', ')}`, reading);
  const routes = items(top.get('routes')?.value, 'routes', reading).flatMap((node) => {
    // Whether one that is not understood as a whole is ever reached cannot be said.
    let wrong = 0;
    const problem: RulesContext['problem'] = (at, sentence) => {
      wrong += 1;
      reading.problem(at, sentence);
    };
    const read = readRoute(node, { ...reading, problem });
    return read !== null && wrong === 0 ? [read] : [];
  });
  const quiet = items(top.get('quiet')?.value, 'quiet', reading).flatMap((node) => readQuiet(node, reading) ?? []);
  const recipients = readRecipientWishes(top.get('recipients')?.value, reading.problem);
  const read = routes.map(({ route }) => route);
  for (const [index, { route, node }] of routes.entries()) {
    const earlier = read.slice(0, index).find((each) => !each.continue && covers(each.match, route.match));
    if (earlier !== undefined)
      reading.problem(
        node,
        `this route is never reached: the one at line ${earlier.line} matches everything it would match and has continue: false; move this one above it`,
      );
  }
  return { routes: read, quiet, recipients };
}

function readRoute(node: unknown, reading: RulesContext): { readonly route: Route; readonly node: unknown } | null {
  const keys = ['match', 'mail', 'webhook', 'chat', 'continue'];
  if (!isMap(node)) {
    reading.problem(node, 'a route is a mapping; write for example - match: { kind: upload.failed }');
    return null;
  }
  const entries = entriesOf(node, keys, 'a route has the keys match, mail, webhook, chat and continue', reading);
  const recipients = readRecipients(node, entries, 'route', reading);
  const match = readMatch(entries.get('match')?.value, reading);
  const goesOn = entries.has('continue') ? readFlag('continue', entries, reading) : true;
  return { node, route: { match, ...recipients, continue: goesOn, line: reading.lineOf(node) } };
}

/** `what`: what it is that sends. */
export function readRecipients(
  node: unknown,
  entries: Entries,
  what: 'route' | 'summary',
  reading: RulesContext,
): Recipients {
  const mail = readMail(entries, reading);
  const [webhook, chat] = [readFlag('webhook', entries, reading), readFlag('chat', entries, reading)];
  for (const channel of ['mail', 'webhook', 'chat'] as const) {
    const entry = entries.get(channel);
    const isUsed = channel === 'mail' ? mail !== null : entry !== undefined && flagOf(entry.value) === true;
    if (isUsed && !reading.configured[channel])
      reading.problem(entry?.key, `${channel} is not configured: set ${VARIABLE[channel]}, or remove this`);
  }
  if (mail === null && !webhook && !chat && !['mail', 'webhook', 'chat'].some((key) => entries.has(key)))
    reading.problem(node, `this ${what} sends nothing; add mail: [ada@lab.example], webhook: true or chat: true`);
  return { mail, webhook, chat };
}

function readFlag(key: string, entries: Entries, reading: RulesContext): boolean {
  const entry = entries.get(key);
  if (entry === undefined) return false;
  const value = flagOf(entry.value);
  if (value === null) reading.problem(entry.value ?? entry.key, `${key} is neither true nor false; write ${key}: true`);
  return value ?? false;
}

const VARIABLE = { mail: 'SMTP_URL', webhook: 'WEBHOOK_URL', chat: 'CHAT_WEBHOOK_URL' } as const;

function readMail(entries: Entries, reading: RulesContext): Route['mail'] {
  const entry = entries.get('mail');
  if (entry === undefined) return null;
  if (flagOf(entry.value) === true) return 'default';
  const addresses = texts(entry, 'mail', 'mail: [ada@lab.example], or mail: true for MAIL_TO', reading);
  return addresses.flatMap(({ text, node }) => {
    const read = mailAddress(text);
    if ('value' in read) return [text];
    reading.problem(node, read.problem);
    return [];
  });
}

const NOTHING: Match = { kind: null, author: null, uploadName: null, role: null };

/** `noKind`: why there can be no kind; null: there can. */
export function readMatch(node: unknown, reading: RulesContext, noKind: string | null = null): Match {
  if (isEmpty(node)) return NOTHING;
  const keys = ['kind', 'author', 'upload_name', 'role'];
  const entries = entriesOf(node, keys, 'match has the keys kind, author, upload_name and role', reading);
  const kind = entries.get('kind');
  const role = entries.get('role');
  if (kind !== undefined && noKind !== null) reading.problem(kind.key, noKind);
  const globs = (key: string): readonly string[] | null => {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    return texts(entry, key, `${key}: "batch-*"`, reading).map(({ text }) => text);
  };
  return {
    kind: kind === undefined || noKind !== null ? null : kindsIn(kind, 'kind', reading),
    author: globs('author'),
    uploadName: globs('upload_name'),
    role: role === undefined ? null : oneOfIn(role, 'role', ROLES, reading),
  };
}

function kindsIn(entry: { key: unknown; value: unknown }, key: string, reading: RulesContext): readonly EventKind[] {
  const named = texts(entry, key, `${key}: upload.failed`, reading);
  const found = named.flatMap(({ text, node }) => {
    const matching = EVENT_KINDS.filter((kind) => globMatches(text, kind));
    if (matching.length > 0) return matching;
    const near = closest(text, EVENT_KINDS);
    const hint = near === null ? `the kinds are ${EVENT_KINDS.join(', ')}` : `did you mean ${near}?`;
    reading.problem(
      node,
      `"${excerpt(text)}" ${text.includes('*') ? 'matches no kind of event' : 'is not a kind of event'}; ${hint}`,
    );
    return [];
  });
  return EVENT_KINDS.filter((kind) => found.includes(kind));
}

export function oneOfIn<const T extends string>(
  entry: { key: unknown; value: unknown },
  key: string,
  choices: readonly T[],
  reading: RulesContext,
): readonly T[] {
  return texts(entry, key, `${key}: ${String(choices[0])}`, reading).flatMap(({ text, node }) => {
    const choice = choices.find((each) => each === text);
    if (choice !== undefined) return [choice];
    const near = closest(text, choices);
    reading.problem(
      node,
      `"${excerpt(text)}" is not one of ${choices.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`,
    );
    return [];
  });
}

function readQuiet(node: unknown, reading: RulesContext): Quiet | null {
  const keys = ['days', 'from', 'to', 'timezone', 'except'];
  if (!isMap(node)) {
    reading.problem(node, 'quiet hours are a mapping; write for example - { from: "22:00", to: "07:00" }');
    return null;
  }
  const entries = entriesOf(node, keys, 'quiet has the keys days, from, to, timezone and except', reading);
  const [days, except] = [entries.get('days'), entries.get('except')];
  const [from, to, zone] = [time('from'), time('to'), readZone(entries, reading)];
  if (entries.has('from') !== entries.has('to'))
    reading.problem(
      node,
      `${entries.has('from') ? 'to' : 'from'} is missing; write both, for example from: "22:00", to: "07:00"`,
    );
  if (from !== null && from === to)
    reading.problem(
      entries.get('to')?.value,
      'from and to are the same: nothing lies between; leave out both for the whole day',
    );
  if (!entries.has('from') && !entries.has('to') && days === undefined)
    reading.problem(node, 'it would always be quiet; add days, or from and to');
  return {
    days: days === undefined ? null : oneOfIn(days, 'days', WEEKDAYS, reading),
    from,
    to,
    timeZone: zone,
    except: except === undefined ? [] : kindsIn(except, 'except', reading),
  };

  function time(key: string): number | null {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    const match = isScalar(entry.value) ? /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(String(entry.value.value)) : null;
    if (match !== null) return Number(match[1]) * 60 + Number(match[2]);
    reading.problem(entry.value ?? entry.key, `${key} is not a valid time of day; write for example ${key}: "22:00"`);
    return null;
  }
}

function readZone(entries: Entries, reading: RulesContext): string | null {
  const entry = entries.get('timezone');
  if (entry === undefined) return null;
  const name = isScalar(entry.value) && typeof entry.value.value === 'string' ? entry.value.value : '';
  const zone = zoneNamed(name);
  if (zone === null)
    reading.problem(
      entry.value ?? entry.key,
      `"${excerpt(name)}" is not a valid time zone; write for example Europe/Berlin`,
    );
  return zone;
}

/** One text or a list of them; `example` is what would be right. */
function texts(
  { key, value }: { readonly key: unknown; readonly value: unknown },
  name: string,
  example: string,
  reading: RulesContext,
): readonly { readonly text: string; readonly node: unknown }[] {
  const nodes = isSeq(value) ? value.items : [value];
  if (nodes.length === 0)
    reading.problem(key, `${name} is an empty list: it would match nothing; write for example ${example}`);
  return nodes.flatMap((node) => {
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return [{ text: node.value, node }];
    reading.problem(isNode(node) ? node : key, `${name} must be text; write for example ${example}`);
    return [];
  });
}

function flagOf(node: unknown): boolean | null {
  return isScalar(node) && typeof node.value === 'boolean' ? node.value : null;
}

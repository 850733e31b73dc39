// Logs: one line an event, JSON or readable, to stderr. Every secret is taken out of every line, wherever it stands in it.
import { type Level, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import { createSecretSearch } from './domain/text/secret-search.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What the rest of the program needs of a logger. */
export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** The same log, with these fields in every line. */
export function withFields(log: Log, fields: Fields): Log {
  return {
    debug: (more, message) => {
      log.debug({ ...fields, ...more }, message);
    },
    info: (more, message) => {
      log.info({ ...fields, ...more }, message);
    },
    warn: (more, message) => {
      log.warn({ ...fields, ...more }, message);
    },
    error: (more, message) => {
      log.error({ ...fields, ...more }, message);
    },
  };
}

/** Knows the secrets and takes them out of texts, also URL-encoded, in base64, and as JSON and HTML write them. */
export interface Scrubber {
  /** Those of a configuration that was read again, for good. */
  keep(secrets: readonly string[]): void;
  /** One that comes while it runs: a token. The newest are kept; one that is added again is new again. */
  add(secret: string): void;
  readonly scrub: (text: string) => string;
}

/** Tokens are renewed every few hours: without a bound they would become more and more. Thousands of accounts have fewer in use. */
const MAX_ADDED = 10_000;

export function createScrubber(secrets: readonly string[]): Scrubber {
  const search = createSecretSearch();
  const keep = (more: readonly string[]) => {
    for (const form of more.flatMap(formsOf)) search.add(form);
  };
  keep(secrets);
  const added = new Map<string, readonly string[]>();
  return {
    keep,
    add(secret) {
      const known = added.get(secret);
      added.delete(secret);
      added.set(secret, known ?? formsOf(secret));
      if (known !== undefined) return;
      for (const form of added.get(secret) ?? []) search.add(form);
      const [oldest] = added;
      if (oldest === undefined || added.size <= MAX_ADDED) return;
      added.delete(oldest[0]);
      for (const form of oldest[1]) search.remove(form);
    },
    scrub: search.replaced,
  };
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function formsOf(secret: string): readonly string[] {
  const all = [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    secret.replace(/[&<>"']/g, (character) => HTML[character] ?? character),
    base64(secret),
  ];
  return [...new Set(all)];
}

/** Without padding, so that it is found in both alphabets' common part however the text went on. */
function base64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

export interface AdjustableLog extends Log {
  /** Debug, or back to the level of the start; from a start at debug or trace it is info and back. Says which one is in force now. */
  toggleDebug(): void;
}

export interface LogOptions {
  readonly level: Level;
  readonly format: 'json' | 'pretty';
  readonly colour: boolean;
  readonly scrub: (text: string) => string;
  readonly write: (text: string) => void;
}

/** JSON lets C1 controls and bidi marks through, and escapes of the others come back to life in the readable format. */
function withoutControls(line: string): string {
  return line
    .replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, ' ')
    .replace(/\\(u00[01][0-9a-f]|.)/g, (escape, what: string) => (/^(u00|[bfr])/.test(what) ? ' ' : escape));
}

export function createLog({ level, format, colour, scrub, write }: LogOptions): AdjustableLog {
  const readable = pretty.prettyFactory({
    colorize: colour,
    ignore: 'pid,hostname',
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
    singleLine: true,
  });
  const destination = {
    write: (line: string) => {
      const clean = withoutControls(scrub(line));
      write(format === 'json' ? clean : readable(clean));
    },
  };
  const logger = pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  const other = level === 'debug' || level === 'trace' ? 'info' : 'debug';
  return Object.assign(logger, {
    toggleDebug() {
      const now = logger.level === level ? other : level;
      logger.level = now;
      // At that level itself, so that the line is there whichever it is.
      logger[now](`the log level is now ${now}`);
    },
  });
}

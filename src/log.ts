// Logs: one line an event, JSON or readable, to stderr. Every secret is taken out of every line, wherever it stands in it.
import { pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';

export type Fields = Readonly<Record<string, unknown>>;

/** What the rest of the program needs of a logger. */
export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** Knows the secrets and takes them out of texts, also URL-encoded, in base64, and as JSON writes them. */
export interface Scrubber {
  add(secret: string): void;
  readonly scrub: (text: string) => string;
}

export function createScrubber(secrets: readonly string[]): Scrubber {
  const forms = new Set<string>();
  const known = new Set<string>();
  const add = (secret: string) => {
    if (known.has(secret)) return;
    known.add(secret);
    const all = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
      base64(secret),
    ];
    // Something of three letters would be found everywhere and make every line unreadable.
    for (const form of all) if (form.length >= 4) forms.add(form);
  };
  secrets.forEach(add);
  return {
    add,
    scrub: (text) =>
      [...forms].sort((a, b) => b.length - a.length).reduce((rest, form) => rest.replaceAll(form, '[secret]'), text),
  };
}

/** Without padding, so that it is found in both alphabets' common part however the text went on. */
function base64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

export interface LogOptions {
  readonly level: string;
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

export function createLog({ level, format, colour, scrub, write }: LogOptions): Log {
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
  return pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
}

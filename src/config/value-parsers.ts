// Reads single values: each takes a text and returns the value, or the problem with an example that would be right.
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { DAY, HOUR, MINUTE, SECOND } from '../domain/text/durations.ts';
import { oneLine } from '../domain/text/one-line.ts';

export type Read<T> = { readonly value: T } | { readonly problem: string };
export type ValueParser<T> = (text: string) => Read<T>;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** `90s`, `15m`, `2h`, `7d` as ms. */
export const duration: ValueParser<number> = (text) => {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined || Number(match[1]) === 0) {
    return { problem: `"${excerpt(text)}" is not a valid duration; write for example 90s, 15m, 2h or 7d` };
  }
  return { value: Number(match[1]) * unit };
};

export function whole(least: number, limit: number, example: string): ValueParser<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= limit) return { value };
    return {
      problem: `"${excerpt(text)}" is not a whole number from ${least} to ${limit}; write for example ${example}`,
    };
  };
}

export const yesOrNo: ValueParser<boolean> = (text) => {
  const word = text.toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return { value: true };
  if (['false', 'no', 'off', '0'].includes(word)) return { value: false };
  return { problem: `"${excerpt(text)}" is neither true nor false; write for example true` };
};

/** In letters of any case. `also`: what others call them. */
export function oneOf<const T extends string>(
  choices: readonly T[],
  also: Readonly<Record<string, T>> = {},
): ValueParser<T> {
  return (text) => {
    const word = text.toLowerCase();
    const value = choices.find((choice) => choice === word) ?? (Object.hasOwn(also, word) ? also[word] : undefined);
    return value === undefined
      ? { problem: `"${excerpt(text)}" is not one of ${choices.join(', ')}; write for example ${String(choices[0])}` }
      : { value };
  };
}

export function listOf<T>(item: ValueParser<T>): ValueParser<readonly T[]> {
  return (text) => {
    const read = commaSeparated(text).map(item);
    const bad = read.find((each) => 'problem' in each);
    return bad ?? { value: read.flatMap((each) => ('value' in each ? [each.value] : [])) };
  };
}

export function commaSeparated(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * NOMAD's API base from whatever address people have at hand: the API, the GUI or the deployment.
 * https://nomad-lab.eu/prod/v1/gui/user/uploads is understood as https://nomad-lab.eu/prod/v1/api/v1.
 */
export const nomadUrl: ValueParser<string> = (text) => {
  const example = 'write for example https://nomad-lab.eu/prod/v1/api/v1';
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return { problem: `"${excerpt(withoutLogin(text))}" is not a valid web address; ${example}` };
  if (url.username !== '' || url.password !== '') {
    return {
      problem: `it must not contain a user or password: those go into NOMAD_USERNAME and NOMAD_PASSWORD; ${example}`,
    };
  }
  const central = /^(www\.)?nomad-lab\.eu$/.test(url.hostname) && url.pathname === '/';
  const path = central ? '/prod/v1' : url.pathname.replace(/\/(gui|api|docs)(\/.*)?$/, '').replace(/\/+$/, '');
  return { value: `${url.origin}${path}/api/v1` };
};

export const smtpUrl: ValueParser<string> = (text) => {
  const example = 'write for example smtp://user:password@mail.lab.example:587';
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    return { problem: `it is not a valid SMTP address; ${example}` };
  if (url.search !== '' || !/^\/?$/.test(url.pathname)) {
    return {
      problem: `something follows the host; special characters in a password must be written as %XX; ${example}`,
    };
  }
  if (safeDecode(url.username) === null || safeDecode(url.password) === null) {
    return { problem: `its user or password has a % that does not start a %XX; write a % as %25; ${example}` };
  }
  return { value: text };
};

/** A full host name, in ASCII, or an address in brackets (RFC 5321, 4.1.1.1 and 4.1.3). */
export const ehloName: ValueParser<string> = (text) => {
  const name = text.startsWith('[') ? text : domainToASCII(text);
  const isName = name.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i.test(name);
  const literal = /^\[(IPv6:)?([\da-f:.]+)\]$/i.exec(name);
  const isLiteral = literal !== null && isIP(literal[2] ?? '') === (literal[1] === undefined ? 4 : 6);
  if (isName || isLiteral) return { value: name };
  return { problem: `"${excerpt(text)}" is not a full host name; write for example monitor.lab.example` };
};

/** An address that something is sent to; it may hold a secret, so it is never shown. */
export const webAddress: ValueParser<string> = (text) => {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || /\s/.test(text)) {
    return { problem: 'it is not a valid web address; write for example https://hooks.lab.example/nomad' };
  }
  return { value: text };
};

/** One, or two while one takes the place of the other; `whsec_` and base64, as Standard Webhooks has them, or any text. */
export const webhookSecrets: ValueParser<readonly string[]> = (text) => {
  const given = text.split(/\s+/).filter((part) => part !== '');
  const isBroken = given.some((part) => part.startsWith('whsec_') && !/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(part));
  if (isBroken || given.some((part) => part.length < 16)) {
    return {
      problem:
        'a secret has at least 16 characters, and after whsec_ it is base64; create one with: echo whsec_$(openssl rand -base64 24)',
    };
  }
  if (given.length > 2)
    return { problem: `it contains ${given.length} secrets; give one, or two while you replace one by the other` };
  return { value: given };
};

/** What can be turned off by the word. */
export function unlessOff<T>(reader: ValueParser<T>): ValueParser<T | null> {
  return (text) => (text.toLowerCase() === 'off' ? { value: null } : reader(text));
}

export function safeDecode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** What may be shown of an address that could not be read: nothing that might be a password. */
export function withoutLogin(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@');
}

/** A value, short enough to be quoted in a problem: it can be anything. */
export function excerpt(text: string): string {
  return oneLine(text, 100);
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
  return ['localhost', '::1'].includes(name) || /^(?:127(\.\d{1,3}){3}|::ffff:7f[\da-f]{2}:[\da-f]{1,4})$/.test(name);
}

// The variables of the HTTP server: where it listens, who may read, and what stands before it.
import { isIP, isIPv6 } from 'node:net';
import type { Config, HttpAccess } from './config.ts';
import type { Source } from './source.ts';
import { defaultOf } from './variables/all.ts';
import * as read from './value-parsers.ts';

export function httpSettings({ text, optional, value, excerpt, problem }: Source): Config['http'] {
  const host = text('HTTP_HOST') ?? defaultOf('HTTP_HOST');
  const port = value('HTTP_PORT', read.whole(0, 65_535, defaultOf('HTTP_PORT')));
  const [username, password] = [text('HTTP_USERNAME'), text('HTTP_PASSWORD')];
  if ((username === null) !== (password === null)) {
    problem(
      `${username === null ? 'HTTP_USERNAME' : 'HTTP_PASSWORD'}: it is missing; basic authentication needs both HTTP_USERNAME and HTTP_PASSWORD`,
    );
  }
  const basic = username === null || password === null ? null : { username, password };
  const access: HttpAccess = { token: text('HTTP_TOKEN'), basic };
  const anonymous = value('HTTP_ALLOW_ANONYMOUS', read.yesOrNo);
  if (!read.isLoopback(host) && access.token === null && basic === null && !anonymous) {
    problem(
      `HTTP_HOST: ${excerpt(host)} can be reached from other machines; set HTTP_TOKEN (or HTTP_USERNAME and HTTP_PASSWORD), or HTTP_ALLOW_ANONYMOUS=true`,
    );
  }
  return {
    host,
    port,
    access,
    publicUrl: optional('HTTP_PUBLIC_URL', publicUrl),
    allowedHosts: optional('HTTP_ALLOWED_HOSTS', read.listOf(hostName)) ?? [],
    trustedProxies: value('HTTP_TRUSTED_PROXIES', trustedProxies),
    frameAncestors: optional('HTTP_FRAME_ANCESTORS', frameAncestors) ?? [],
  };
}

/** A proxy that takes the path off would send these to us as they are: below one of them nothing could be told apart. */
export const OWN_PATHS = [
  '/accounts',
  '/api/v1',
  '/assets',
  '/feed.atom',
  '/healthz',
  '/live',
  '/metrics',
  '/readyz',
  '/uploads',
] as const;

/** Where people reach our page: of a web address what links begin with, without a slash at the end. */
const publicUrl: read.ValueParser<string> = (text) => {
  const example = 'write for example https://monitor.lab.example/nomad-monitor';
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || /\s/.test(text))
    return { problem: `"${read.excerpt(read.withoutLogin(text))}" is not a valid web address; ${example}` };
  if (url.username !== '' || url.password !== '')
    return { problem: `it must not contain a user or password: everybody who gets a mail reads it; ${example}` };
  if (url.search !== '' || url.hash !== '') return { problem: `it must end with the path, without ? or #; ${example}` };
  const path = url.pathname.replace(/\/+$/, '');
  const own = OWN_PATHS.find(
    (each) => `${path}/`.startsWith(`${each}/`) || (path !== '' && each.startsWith(`${path}/`)),
  );
  if (own !== undefined)
    return { problem: `its path must not begin as ${own}, an address of the monitor's own; ${example}` };
  return { value: `${url.origin}${path}` };
};

/** What a Host header can name: a host name or an address, without its port, as browsers write it. */
const hostName: read.ValueParser<string> = (text) => {
  const bare = isIPv6(text) ? `[${text}]` : text;
  const isBare = /^(\[[\da-f:.]+\]|[^\s/:@?#\\*%[\]]+)$/i.test(bare) && !bare.startsWith('.');
  const name = isBare ? (URL.parse(`http://${bare}`)?.hostname ?? '') : '';
  if (name !== '') return { value: name };
  return {
    problem: `"${read.excerpt(read.withoutLogin(text))}" is not a host name; write the name alone, without scheme, port, path or *, for example monitor.lab.example`,
  };
};

/** Networks as `address/bits`. */
const trustedProxies: read.ValueParser<readonly string[]> = (text) => {
  const parts = read.commaSeparated(text);
  if (!parts.includes('none')) {
    const networks = read.listOf(trustedProxy)(text);
    return 'problem' in networks ? networks : { value: networks.value.flat() };
  }
  if (parts.length === 1) return { value: [] };
  return { problem: '"none" stands alone: no proxy is trusted; write none, or only the proxies' };
};

const trustedProxy: read.ValueParser<readonly string[]> = (text) => {
  if (text === 'loopback') return { value: ['127.0.0.0/8', '::1/128'] };
  const [address = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isClean = most > 0 && !address.includes('%') && more.length === 0;
  if (isClean && bits === undefined) return { value: [`${address}/${most}`] };
  if (isClean && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= most) return { value: [text] };
  return {
    problem: `"${read.excerpt(text)}" is neither an address nor a network; write for example loopback, 10.1.2.3, 10.0.0.0/8 or fd00::/8`,
  };
};

/** Sources of the directive frame-ancestors: origins, and 'self' with its quotes. Commas or spaces stand between them. */
const frameAncestors: read.ValueParser<readonly string[]> = (text) =>
  read.listOf(frameAncestor)(text.replaceAll(/\s+/g, ','));

const frameAncestor: read.ValueParser<string> = (text) => {
  if (/^('self'|self)$/i.test(text)) return { value: "'self'" };
  const url = URL.parse(text);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && /^https?:\/\/[^\s/@?#\\*;,'"]+\/?$/i.test(text);
  // The directive has no form for an IPv6 address (CSP 3, host-source).
  if (isOrigin && !url.hostname.startsWith('[')) return { value: url.origin };
  return {
    problem: `"${read.excerpt(read.withoutLogin(text))}" is not an origin; write scheme, host and port, for example https://portal.lab.example, or self`,
  };
};

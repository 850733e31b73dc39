// Which addresses are reached without the proxy: NO_PROXY as curl, Go and Python read it, and this machine in any case.
// Entries are separated by commas or blanks: `*`, a name (with all names below it), a name below it alone (`*.lab.example`), an address, a
// network (10.0.0.0/8), each but the network also with a port. Where curl and Go differ, an address that one of them reaches directly is
// reached directly (test/campaigns/no-proxy compares).
import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** 127.0.0.0/8 and ::1, also written as IPv6 addresses of IPv4. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

interface Host {
  /** Lower case, without brackets and without a dot at the end. */
  readonly name: string;
  readonly port: string;
}

export function isDirect(url: URL, noProxy: string): boolean {
  const host = { name: bare(url.hostname), port: url.port || (url.protocol === 'https:' ? '443' : '80') };
  if (isThisMachine(host.name)) return true;
  const entries = noProxy.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.some((entry) => covers(entry.toLowerCase(), host));
}

/** Names below localhost are this machine too (RFC 6761, 6.3). */
function isThisMachine(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isInside(LOOPBACK, name);
}

function covers(entry: string, host: Host): boolean {
  if (entry === '*') return true;
  const [, network = '', bits = ''] = /^\[?([^\]/]*)\]?\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== '') return isInNetwork(network, Number(bits), host.name);
  const { name, port } = partsOf(entry);
  if (port !== null && port !== host.port) return false;
  if (isIP(name) !== 0 || isIP(host.name) !== 0) return isInNetwork(name, isIP(name) === 6 ? 128 : 32, host.name);
  const below = `.${domainToASCII(name.replace(/^\*?\./, ''))}`;
  if (below === '.') return false;
  return host.name.endsWith(below) || (!name.startsWith('*.') && `.${host.name}` === below);
}

/** `lab.example:8443`, `[::1]:8080`, or without a port; an IPv6 address may lack its brackets, and has no port then. */
function partsOf(entry: string): { readonly name: string; readonly port: string | null } {
  const [, inBrackets, port] = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry) ?? [];
  if (inBrackets !== undefined) return { name: inBrackets, port: port ?? null };
  const [, name, ownPort] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
  return name === undefined ? { name: bare(entry), port: null } : { name: bare(name), port: ownPort ?? null };
}

function isInNetwork(network: string, bits: number, name: string): boolean {
  const family = isIP(network);
  if (family === 0 || bits > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 6 ? 'ipv6' : 'ipv4');
  return isInside(list, name);
}

function isInside(list: BlockList, name: string): boolean {
  const family = isIP(name);
  return family !== 0 && list.check(name, family === 6 ? 'ipv6' : 'ipv4');
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}

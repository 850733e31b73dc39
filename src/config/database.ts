// Parses DATABASE_URL as PostgreSQL's own programs do: several hosts, Unix sockets, TLS. It may contain a password, so no problem quotes it.
import type { DatabaseConfig } from './config.ts';
import { type Read, isLoopback, safeDecode } from './value-parsers.ts';

const EXAMPLE = 'write for example postgres://monitor:secret@db.lab.example/nomad_upload_monitor';
const SHAPE = /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?@]*)(?:\/([^?]*))?(?:\?(.*))?$/;
/** A name, an address or a folder, and its port. In the parameter `host`, an IPv6 address has no brackets and no port. */
const HOST = /^([0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*|\[[^\]]*\]|[^:]*)(?::(.*))?$/i;
const PARAMETERS = ['host', 'port', 'user', 'password', 'dbname', 'sslmode', 'sslrootcert', 'target_session_attrs'];
/** Both verify the certificate and its name here, although `require` means less in libpq. */
const VERIFIED = ['verify-full', 'require'];
/** The monitor always looks for the server that accepts writes, so these all mean the same. */
const WRITABLE = ['any', 'read-write', 'primary'];

export function databaseUrl(text: string): Read<DatabaseConfig> {
  const parts = SHAPE.exec(text);
  if (parts === null) return { problem: `it is not a valid address of a PostgreSQL database; ${EXAMPLE}` };
  const [, userPart = '', passwordPart, hostPart = '', databasePart = '', query = ''] = parts;
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    return { problem: `it has an unknown parameter; the known ones are ${PARAMETERS.join(', ')}` };
  }
  const [user = null, password = null, database = null] = [userPart, passwordPart ?? '', databasePart].map(safeDecode);
  if (user === null || password === null || database === null) {
    return { problem: 'a % in it does not start a valid %XX; write % itself as %25, @ as %40, : as %3A, / as %2F' };
  }
  const [name, base] = [parameters.get('user') ?? user, parameters.get('dbname') ?? database];
  if (name === '') return { problem: `it contains no user; ${EXAMPLE}` };
  const hosts = hostsOf(parameters.get('host') ?? hostPart, parameters.get('port') ?? '');
  if (hosts === null)
    return { problem: 'a port in it is not a number from 1 to 65535; write for example db1.lab.example:5432' };
  const wanted = parameters.get('target_session_attrs') ?? 'read-write';
  if (!WRITABLE.includes(wanted)) {
    return {
      problem: 'target_session_attrs asks for a read-only server; write read-write, or leave it out',
    };
  }
  const tls = tlsOf(
    parameters,
    hosts.every(({ host }) => host.startsWith('/') || isLoopback(host)),
  );
  if ('problem' in tls) return tls;
  const secret = parameters.get('password') ?? (passwordPart === undefined ? null : password);
  return { value: { hosts, user: name, password: secret, database: base === '' ? name : base, tls: tls.value } };
}

/** The passwords in an address, also in an invalid one: as written, and decoded. */
export function databasePasswords(text: string): readonly string[] {
  const [, , written = ''] = SHAPE.exec(text) ?? [];
  const query = text.slice(text.indexOf('?') + 1);
  return [written, safeDecode(written) ?? '', new URLSearchParams(query).get('password') ?? ''];
}

/** `ports`: the parameter, one port for all hosts or one for each. null: one of them is no port number. */
function hostsOf(text: string, ports: string): DatabaseConfig['hosts'] | null {
  const own = ports === '' ? [] : ports.split(',');
  const hosts = (text === '' ? 'localhost' : text).split(',').map((part, index) => {
    const [, host = '', port] = HOST.exec(part.trim()) ?? [];
    const number = port ?? (own.length === 1 ? own[0] : own[index]) ?? '5432';
    const decoded = safeDecode(host.replace(/^\[|\]$/g, '')) ?? '';
    return { host: decoded === '' ? 'localhost' : decoded, port: /^\d{1,5}$/.test(number) ? Number(number) : 0 };
  });
  return hosts.every(({ port }) => port >= 1 && port <= 65_535) ? hosts : null;
}

function tlsOf(parameters: URLSearchParams, isLocal: boolean): Read<DatabaseConfig['tls']> {
  const mode = parameters.get('sslmode') ?? (isLocal ? 'disable' : 'verify-full');
  if (mode === 'disable') return { value: null };
  if (VERIFIED.includes(mode)) return { value: { caFile: parameters.get('sslrootcert') } };
  return {
    problem: 'sslmode has a value that is not supported; write verify-full, or disable if the network is trusted',
  };
}

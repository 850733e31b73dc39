// The variables of the program itself: HTTP, state, metrics, logs; and those that others have defined.
import type { Surrounding, Variable } from './variable.ts';

export const RUNTIME_VARIABLES: readonly Variable[] = [
  {
    name: 'HTTP_HOST',
    group: 'http',
    meaning: 'The address to listen on.',
    fallback: '127.0.0.1',
    example: '0.0.0.0',
  },
  {
    name: 'HTTP_PORT',
    group: 'http',
    meaning: 'The port; 0: any free port; the log shows which.',
    fallback: '9697',
    example: '9698',
  },
  {
    name: 'HTTP_TOKEN',
    group: 'http',
    meaning:
      'Anyone who has it (as a bearer token) may read the pages, the API and /metrics; /healthz and /readyz are open to all (openssl rand -hex 24 creates one).',
    needed:
      'if HTTP_HOST is more than this machine, unless HTTP_USERNAME and HTTP_PASSWORD or HTTP_ALLOW_ANONYMOUS=true are set',
    secret: true,
    freeText: true,
    inWords: 'not required',
    example: '5e0fc2b1a9d84e7795c1',
  },
  {
    name: 'HTTP_USERNAME',
    group: 'http',
    meaning: 'The same with user and password (basic authentication).',
    needed: 'with HTTP_PASSWORD',
    example: 'prometheus',
  },
  {
    name: 'HTTP_PASSWORD',
    group: 'http',
    meaning: 'The password of HTTP_USERNAME.',
    needed: 'with HTTP_USERNAME',
    secret: true,
    freeText: true,
    example: 'b7c19d40aa5e',
  },
  {
    name: 'HTTP_ALLOW_ANONYMOUS',
    group: 'http',
    meaning: 'true: anyone who can reach the port may read everything, from other machines too.',
    fallback: 'false',
    example: 'true',
  },
  {
    name: 'HTTP_PUBLIC_URL',
    group: 'http',
    meaning:
      'The address under which readers reach the page, its path included, for example behind a reverse proxy. Mails and chat messages then link to the page, its host name is answered, and its path may be passed on by the proxy or stripped. It does not change where the monitor listens.',
    inWords: 'no links to the page',
    example: 'https://monitor.lab.example/nomad-monitor',
  },
  {
    name: 'HTTP_ALLOWED_HOSTS',
    group: 'http',
    meaning:
      'More host names that are answered when the monitor listens on loopback, separated by commas: those that a proxy passes on. The names of this machine (localhost, 127.x.x.x, [::1]) and the host of HTTP_PUBLIC_URL always are. On another HTTP_HOST any name is answered unless this is set.',
    inWords: 'none',
    example: 'monitor.lab.example, monitor',
  },
  {
    name: 'HTTP_TRUSTED_PROXIES',
    group: 'http',
    meaning:
      'Proxies whose X-Forwarded-For is believed: addresses and networks, separated by commas; loopback: this machine; none: nobody. Clients are told apart by it in the log, and when wrong secrets are counted.',
    fallback: 'loopback',
    example: 'loopback, 10.0.0.0/8',
  },
  {
    name: 'HTTP_FRAME_ANCESTORS',
    group: 'http',
    meaning:
      'Sites that may show the page in a frame: origins, separated by commas; self: the page of the same origin.',
    inWords: 'nobody',
    example: 'https://portal.lab.example',
  },
  {
    name: 'STATE_DIR',
    group: 'state',
    meaning: 'Where the state is kept: a folder that no other user can read.',
    inWords:
      '$STATE_DIRECTORY (systemd), else $XDG_STATE_HOME/nomad-upload-monitor, else ~/.local/state/nomad-upload-monitor',
    example: '/var/lib/nomad-upload-monitor',
  },
  {
    name: 'DATABASE_URL',
    group: 'state',
    meaning:
      'The state in PostgreSQL instead of STATE_DIR, for several instances of which one leads; several hosts, target_session_attrs, sslmode and sslrootcert are supported.',
    secret: true,
    inWords: 'the state is kept in STATE_DIR',
    example: 'postgres://monitor:secret@db.lab.example/nomad_upload_monitor',
  },
  {
    name: 'METRICS_MAX_UPLOADS',
    group: 'state',
    meaning: 'Maximum number of uploads with their own series in /metrics.',
    fallback: '200',
    example: '1000',
  },
  {
    name: 'RETENTION',
    group: 'state',
    meaning: 'How long events and delivered messages are kept.',
    fallback: '365d',
    example: '90d',
  },
  {
    name: 'LOG_LEVEL',
    group: 'state',
    meaning: 'Lowest level that is logged: trace, debug, info, warn, error, fatal.',
    fallback: 'info',
    example: 'warn',
  },
  {
    name: 'LOG_FORMAT',
    group: 'state',
    meaning: 'auto (readable on a terminal, JSON otherwise), json, pretty.',
    fallback: 'auto',
    example: 'json',
  },
];

export const SURROUNDINGS: readonly Surrounding[] = [
  {
    name: 'TZ',
    meaning: "Time zone of schedules, of quiet hours and of times in mails. Without it: the machine's.",
    inFile: true,
  },
  {
    name: 'HTTPS_PROXY',
    meaning: 'Proxy for https:// addresses (NOMAD, webhooks), for example proxy.lab.example:3128.',
    inFile: true,
  },
  { name: 'HTTP_PROXY', meaning: 'The same for http:// addresses.', inFile: true },
  {
    name: 'NO_PROXY',
    meaning:
      'What is reached without the proxy, separated by commas: names, addresses, networks such as 10.0.0.0/8 (docs/configuration.md). This machine never needs a proxy.',
    inFile: true,
  },
  {
    name: 'NODE_EXTRA_CA_CERTS',
    meaning: 'A file of additional trusted certificates, for example of your own authority. Node itself reads it.',
    inFile: false,
  },
  { name: 'NO_COLOR', meaning: 'Turns colours off.', inFile: false },
  { name: 'FORCE_COLOR', meaning: 'Turns colours on without a terminal too; `0` turns them off.', inFile: false },
  {
    name: 'CREDENTIALS_DIRECTORY',
    meaning: 'Set by systemd: the folder where credentials are read from.',
    inFile: false,
  },
  {
    name: 'STATE_DIRECTORY',
    meaning: 'Set by systemd (StateDirectory=): where the state is kept when STATE_DIR is not set.',
    inFile: false,
  },
  {
    name: 'XDG_STATE_HOME',
    meaning: "The user's state folder, usually ~/.local/state: see STATE_DIR.",
    inFile: false,
  },
];

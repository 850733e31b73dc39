// What is started of each proxy: the documented configuration with the ports and certificates of a test, below what Debian's package has around it.
import { type Kind, NAME, type Snippets, replaced } from './document.ts';

/** Where the proxy listens, and what it leads to. */
export interface Wanted {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly monitorPort: number;
  /** A folder of its own, with monitor.lab.example.crt, .key and .pem. */
  readonly folder: string;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly text: string;
}

/** The lines of the whole configuration that lead to the monitor. */
const WAY: Readonly<Record<Kind, RegExp>> = {
  nginx: /^ {2}location \/ \{[^}]*\}\n/m,
  apache: /^ {2}ProxyPreserveHost On\n {2}ProxyPass .*\n/m,
  haproxy: /^ {2}use_backend .*\n/m,
  caddy: /^ {2}reverse_proxy .*\n/m,
};

export type Place = 'at the root' | 'below a path, passed on' | 'below a path, stripped';

const BACKEND = '# in the backend\n';

export function placed(kind: Kind, { whole, below, stripped }: Snippets, place: Place): string {
  if (place === 'at the root') return whole;
  const [here = '', backend = ''] = (place === 'below a path, stripped' ? stripped : below).split(BACKEND);
  return `${replaced(whole, WAY[kind], here)}${backend}`;
}

export function commandOf(kind: Kind, text: string, wanted: Wanted): Command {
  const local = text
    .replaceAll('127.0.0.1:9697', `127.0.0.1:${wanted.monitorPort}`)
    .replaceAll('/etc/ssl/', `${wanted.folder}/`);
  return COMMANDS[kind](local, wanted);
}

const COMMANDS: Readonly<Record<Kind, (text: string, wanted: Wanted) => Command>> = {
  nginx: (text, { scheme, port, folder }) => {
    const server =
      scheme === 'https'
        ? replaced(text, 'listen 443', `listen 127.0.0.1:${port}`)
        : replaced(text, 'listen 443 ssl http2', `listen 127.0.0.1:${port}`).replaceAll(/^ *ssl_.*\n/gm, '');
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (each) => `${each}_temp_path ${folder}/${each};`,
    );
    return {
      file: '/usr/sbin/nginx',
      args: ['-e', 'stderr', '-p', folder, '-c', `${folder}/configuration`],
      text: `daemon off;\npid ${folder}/pid;\nworker_processes 1;\nevents {}\nhttp {\ngzip on;\naccess_log off;\n${folders.join('\n')}\n${server}}\n`,
    };
  },
  apache: (text, { scheme, port, folder }) => {
    const host = replaced(text, '*:443', `127.0.0.1:${port}`);
    const modules = ['mpm_event', 'authz_core', 'alias', 'deflate', 'filter', 'proxy', 'proxy_http', 'ssl'].map(
      (each) => `LoadModule ${each}_module /usr/lib/apache2/modules/mod_${each}.so`,
    );
    return {
      file: '/usr/sbin/apache2',
      args: ['-d', folder, '-f', `${folder}/configuration`, '-DFOREGROUND'],
      text: `${modules.join('\n')}\nPidFile ${folder}/pid\nDefaultRuntimeDir ${folder}\nMutex file:${folder}\nErrorLog ${folder}/log\nServerName localhost\nListen 127.0.0.1:${port}\n${scheme === 'https' ? host : host.replaceAll(/^ *SSL.*\n/gm, '')}`,
    };
  },
  haproxy: (text, { scheme, port, folder }) => {
    const bound = replaced(text, 'bind :443', `bind 127.0.0.1:${port}`);
    return {
      file: '/usr/sbin/haproxy',
      args: ['-db', '-f', `${folder}/configuration`],
      text: scheme === 'https' ? bound : replaced(bound, / ssl crt .*/, ''),
    };
  },
  caddy: (text, { scheme, port, folder }) => ({
    file: '/usr/bin/caddy',
    args: ['run', '--adapter', 'caddyfile', '--config', `${folder}/configuration`],
    text: `{\n  admin off\n  local_certs\n  skip_install_trust\n  default_bind 127.0.0.1\n  auto_https disable_redirects\n  ${scheme}_port ${port}\n}\n${scheme === 'https' ? text : replaced(text, NAME, `http://${NAME}`)}`,
  }),
};

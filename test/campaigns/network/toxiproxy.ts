// Starts toxiproxy on loopback, and is the hand on its controls: a proxy for each link, toxics on it, the proxy off and on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../../src/demo/free-port.ts';

/** As toxiproxy's API takes it. `stream`: upstream is from the monitor to the server. */
export interface Toxic {
  readonly type: 'latency' | 'bandwidth' | 'slow_close' | 'timeout' | 'reset_peer' | 'slicer' | 'limit_data';
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

export interface Proxy {
  readonly port: number;
  /** On all connections, those that are open too. */
  add(toxic: Toxic): Promise<void>;
  /** Off: connections are cut, new ones refused. */
  switch(enabled: boolean): Promise<void>;
  /** As new: on, and without toxics. */
  mend(): Promise<void>;
}

export interface Toxiproxy {
  proxy(name: string, targetPort: number): Promise<Proxy>;
  stop(): Promise<void>;
}

/** `program`: the path that setup.sh printed. */
export async function startToxiproxy(program: string): Promise<Toxiproxy> {
  const port = await freePort();
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'info' },
  });
  const ended = once(child, 'exit');
  child.stdout.setEncoding('utf8');
  const base = `http://127.0.0.1:${port}`;
  // It says so just before it listens.
  let said = '';
  while (!said.includes('Starting Toxiproxy HTTP server')) said += String((await once(child.stdout, 'data'))[0]);
  child.stdout.resume();
  while (!(await isThere(`${base}/version`)));

  async function call(method: 'POST' | 'PATCH' | 'DELETE' | 'GET', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${base}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy: ${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  return {
    async proxy(name, targetPort) {
      const made = await call('POST', '/proxies', {
        name,
        listen: '127.0.0.1:0',
        upstream: `127.0.0.1:${targetPort}`,
      });
      const { listen } = made as { readonly listen: string };
      const path = `/proxies/${name}`;
      const toggle = (enabled: boolean) => call('PATCH', path, { enabled });
      return {
        port: Number(listen.split(':').at(-1)),
        async add(toxic) {
          await call('POST', `${path}/toxics`, { ...toxic, name: `${toxic.type} ${toxic.stream}` });
        },
        async switch(enabled) {
          await toggle(enabled);
        },
        async mend() {
          const toxics = (await call('GET', `${path}/toxics`)) as readonly { readonly name: string }[];
          // The last one first: what is cut by the removal of one must not be held back by the next.
          for (const each of toxics.toReversed())
            await call('DELETE', `${path}/toxics/${encodeURIComponent(each.name)}`);
          await toggle(true);
        },
      };
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function isThere(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

// Starts the real NOMAD of one version on loopback, and is the hand on its controls. It ends with the test run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { freePort } from '../../../src/demo/free-port.ts';
import { type Facts, GENERATIONS, type Version } from './generations.ts';

export interface RealNomad {
  readonly version: Version;
  readonly facts: Facts;
  /** The API base. */
  readonly url: string;
  /** Changes the server's world; see controls.py for what there is. */
  control(path: string, body?: object, method?: 'POST' | 'PATCH' | 'DELETE'): Promise<void>;
  stop(): Promise<void>;
}

/** `folder`: the virtual environment that setup.sh made. */
export async function startRealNomad(version: Version, folder: string): Promise<RealNomad> {
  const port = await freePort();
  const child = spawn(join(folder, 'bin/python'), [join(import.meta.dirname, 'serve.py'), '--port', String(port)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  // The failures that cases ask for fill it with tracebacks: shown only when it does not start.
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-4000)));
  const ready = new Promise<true>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') resolve(true);
    });
  });
  const isReady = await Promise.race([ready, ended.then(() => false)]);
  if (!isReady) throw new Error(`NOMAD ${version} ended before it listened:\n${said}`);
  return {
    version,
    facts: GENERATIONS[version],
    url: `http://127.0.0.1:${port}/prod/v1/api/v1`,
    async control(path, body = {}, method = 'POST') {
      const response = await fetch(`http://127.0.0.1:${port}/control/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

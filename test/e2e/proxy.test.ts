// A proxy for everything else: this machine is asked directly, so that a login never reaches the proxy in the clear.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { callCli } from '../support/cli.ts';
import { usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

test(
  'NOMAD on this machine is not asked through the proxy, whatever NO_PROXY says',
  { timeout: 300_000 },
  async (context) => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(503).end();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const nomad = await startSimulatedNomad();
    context.after(async () => {
      proxy.close();
      await nomad.close();
    });
    const HTTP_PROXY = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const NO_PROXY of ['', '127.0.0.0/8', 'lab.example']) {
      const env = usualEnv({ NOMAD_URL: nomad.url, STATE_DIR: tempDir(context), HTTP_PROXY, NO_PROXY });
      const { code, output } = await callCli(['--env-file', '/dev/null', 'check'], env);
      assert.equal(code, 0, output);
    }
    assert.deepEqual(asked, []);
  },
);

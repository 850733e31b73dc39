import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectNomad } from '../../src/app/nomad.ts';
import { ADA } from '../../src/demo/nomad-state.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { createScrubber } from '../../src/log.ts';
import { T0 } from '../support/builders.ts';

test('a NOMAD that repeats what it was sent brings no secret into what is told of a failure', async (context) => {
  const server = await startSimulatedNomad({ now: () => T0 });
  context.after(server.close);
  const scrubber = createScrubber([ADA.password]);
  let token = '';
  const { client, nomad } = connectNomad({
    config: {
      url: server.url,
      credentials: { kind: 'password', username: ADA.username, password: ADA.password },
      tokenLifetime: 3600,
      roles: [],
      proxyEnv: {},
    },
    version: '1',
    scrubber,
    clock: () => T0,
    random: () => 0.5,
    refusals: { recent: async () => [], add: async () => undefined },
    onToken: ({ value }) => (token = value),
  });
  context.after(client.close);
  assert.equal((await nomad.identity()).ok, true);
  assert.notEqual(token, '');
  const about = { known: new Set<string>(), wanted: [] };
  const asked = [() => nomad.identity(), () => nomad.list(T0), () => nomad.listPart(about, T0)];
  const faults = [
    { status: 503, body: JSON.stringify({ detail: `${'x'.repeat(250)}${token}` }) },
    { status: 503, body: JSON.stringify({ detail: `no\n${token} of ${ADA.password}` }) },
    {
      status: 302,
      body: '',
      headers: { location: `https://login.example/\u009b31m?token=${token}&x=${'x'.repeat(5000)}` },
    },
  ];
  for (const fault of faults) {
    server.setFault(() => fault);
    for (const ask of asked) {
      const answer = await ask();
      assert.ok(!answer.ok);
      assert.doesNotMatch(answer.problem, new RegExp(`${token}|${ADA.password}`));
      assert.match(answer.problem, /\[secret\]/);
      assert.doesNotMatch(answer.problem, /[\u0000-\u001f\u007f-\u009f]/);
      assert.ok(answer.problem.length <= 500, answer.problem);
    }
  }
});

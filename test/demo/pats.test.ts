// The simulated NOMAD lets a personal access token do what the real one does, and refuses the rest in the same words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload, createWorld } from '../../src/demo/nomad-state.ts';
import { WORLD } from '../support/answers.ts';
import { askWithPats, keptPats } from './pats.ts';

test('simulated 2.0 answers personal access tokens like the real one', async (context) => {
  const world = createWorld('2.0');
  for (const { id, ...more } of WORLD) addUpload(world, id, 0, more);
  const server = await startSimulatedNomad({ world });
  context.after(() => server.close());
  const answers = await askWithPats(server.url, (scopes) => {
    const token = server.tokens.mintPat(ADA, scopes);
    const revoke = () => {
      server.tokens.revoke(token);
      return Promise.resolve();
    };
    return Promise.resolve({ token, revoke });
  });
  assert.deepEqual(answers, keptPats());
});

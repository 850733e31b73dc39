// The simulated NOMAD is held to what the real ones answered, so that it cannot drift.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENERATIONS } from '../../src/demo/nomad-generations.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, createWorld } from '../../src/demo/nomad-state.ts';
import { REQUESTS, WORLD, askAll, fixtureOf, recordedOf, shapeOf } from '../support/answers.ts';

for (const generation of GENERATIONS) {
  const world = createWorld(generation);
  for (const { id, ...more } of WORLD) addUpload(world, id, 0, more);
  const server = await startSimulatedNomad({ world });
  const answers = await askAll(server.url);
  await server.close();
  for (const { name } of REQUESTS) {
    test(`simulated ${generation} answers like the real one: ${name}`, () => {
      const answer = answers.get(name);
      assert.ok(answer !== undefined);
      assert.deepEqual(shapeOf(answer), shapeOf(fixtureOf(recordedOf(generation), name)));
    });
  }
}

// The simulated NOMAD pages, orders, filters and refuses as the real ones did.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENERATIONS } from '../../src/demo/nomad-generations.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, createWorld } from '../../src/demo/nomad-state.ts';
import { WORLD, recordedOf } from '../support/answers.ts';
import { PATHS, askPaging, readKept } from './paging.ts';

for (const generation of GENERATIONS) {
  const world = createWorld(generation);
  for (const { id, ...more } of WORLD) addUpload(world, id, 0, more);
  const server = await startSimulatedNomad({ world });
  const answers = await askPaging(server.url);
  await server.close();
  const kept = readKept(recordedOf(generation));
  for (const path of PATHS) {
    test(`simulated ${generation} answers like the real one: ${path}`, () => {
      assert.deepEqual(answers.get(path), kept[path]);
    });
  }
}

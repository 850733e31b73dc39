// The monitor against the real NOMAD, both generations. Run by `npm run test:nomad`; not part of `npm test`, which needs no Python.
import { after, test } from 'node:test';
import { edgesCases } from './edges.cases.ts';
import { fixturesCases } from './fixtures.cases.ts';
import { lifeCases } from './life.cases.ts';
import { loginCases } from './login.cases.ts';
import { programCases } from './program.cases.ts';
import { refusalsCases } from './refusals.cases.ts';
import { runsCases } from './runs.cases.ts';
import { startRealNomad } from './start.ts';
import { uploadsCases } from './uploads.cases.ts';

const CASES = [
  ...loginCases,
  ...refusalsCases,
  ...uploadsCases,
  ...edgesCases,
  ...lifeCases,
  ...runsCases,
  ...programCases,
  ...fixturesCases,
];
const folders = (process.env['REAL_NOMAD'] ?? '').split('\n');
const servers = await Promise.all(([1, 2] as const).map((each) => startRealNomad(each, folders[each - 1] ?? '')));
after(() => Promise.all(servers.map((server) => server.stop())));

for (const server of servers) {
  for (const { name, generation, run } of CASES) {
    if (generation !== undefined && generation !== server.generation) continue;
    test(`${server.generation}.x: ${name}`, async (context) => {
      await server.control('clear');
      await run(server, context);
    });
  }
}

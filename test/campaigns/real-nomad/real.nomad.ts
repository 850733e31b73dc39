// The monitor against the real NOMAD, each version. Run by `npm run test:nomad`; not part of `npm test`, which needs no Python.
import { after, before, suite, test } from 'node:test';
import { accountsCases } from './accounts.cases.ts';
import { deedsCases } from './deeds.cases.ts';
import { edgesCases } from './edges.cases.ts';
import { fixturesCases } from './fixtures.cases.ts';
import { GENERATIONS, isVersion } from './generations.ts';
import { lifeCases } from './life.cases.ts';
import { livesCases } from './lives.cases.ts';
import { loginCases } from './login.cases.ts';
import { programCases } from './program.cases.ts';
import { refusalsCases } from './refusals.cases.ts';
import { runsCases } from './runs.cases.ts';
import { type RealNomad, startRealNomad } from './start.ts';
import { uploadsCases } from './uploads.cases.ts';
import { waitCases } from './wait.cases.ts';

const CASES = [
  ...loginCases,
  ...accountsCases,
  ...refusalsCases,
  ...uploadsCases,
  ...edgesCases,
  ...runsCases,
  ...deedsCases,
  ...livesCases,
  ...lifeCases,
  ...waitCases,
  ...programCases,
  ...fixturesCases,
];
const folders = (process.env['REAL_NOMAD'] ?? '').split('\n').map((line) => line.split(' '));

// The versions side by side: each mostly waits for its own server.
void suite('NOMAD', { concurrency: folders.length }, () => {
  for (const [version = '', folder = ''] of folders) {
    if (!isVersion(version)) throw new Error(`no cases for NOMAD "${version}"`);
    void suite(version, { concurrency: 1 }, () => {
      const started: { server?: RealNomad } = {};
      before(async () => {
        started.server = await startRealNomad(version, folder);
      });
      after(() => started.server?.stop());
      for (const { name, when, run } of CASES) {
        if (when?.(GENERATIONS[version]) === false) continue;
        test(name, { timeout: 120_000 }, async (context) => {
          const { server } = started;
          if (server === undefined) throw new Error('no server');
          await server.control('clear');
          await run(server, context);
        });
      }
    });
  }
});

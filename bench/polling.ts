// What an hour of polls each minute costs at 10,000 uploads: listed in full each time, and in two tiers. Both in one run, against the same
// simulated NOMAD, whose answers have the size of the real one's but for long error texts.
import { ADA, addUpload, createWorld, start, succeed } from '../src/demo/nomad-world.ts';
import { startSimulatedNomad } from '../src/demo/nomad-server.ts';
import { phaseOf } from '../src/domain/upload.ts';
import { createClient } from '../src/nomad/client.ts';
import { createNomad } from '../src/nomad/nomad.ts';
import { createTokenSource } from '../src/nomad/token-source.ts';

const UPLOADS = 10_000;
const PROCESSING = 20;
const MINUTES = 60;
const SWEEP_EACH = 15;

const world = createWorld();
for (let index = 0; index < UPLOADS; index += 1) {
  const upload = addUpload(world, `bench-upload-${String(index).padStart(6, '0')}`, Date.now() - index * 1000, {
    name: `batch ${index}`,
    process: 'process_upload',
  });
  if (index < PROCESSING) start(upload);
  else succeed(upload, Date.now());
}
const server = await startSimulatedNomad({ world });
const cost = { bytes: 0, requests: 0 };
const client = createClient({
  url: server.url,
  userAgent: 'bench',
  proxyEnv: {},
  onRequest: ({ bytes }) => {
    cost.bytes += bytes;
    cost.requests += 1;
  },
});
const tokens = createTokenSource({
  client,
  credentials: { kind: 'password', username: ADA.username, password: ADA.password },
  lifetime: 86_400,
  refusals: { recent: () => Promise.resolve([]), add: () => Promise.resolve() },
  clock: Date.now,
  random: Math.random,
});
const nomad = createNomad({ client, tokens, roles: [], clock: Date.now });

async function hour(sweepEach: number): Promise<{ bytes: number; requests: number; milliseconds: number }> {
  Object.assign(cost, { bytes: 0, requests: 0 });
  const startedAt = performance.now();
  let known = new Set<string>();
  let wanted: string[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const isFull = minute % sweepEach === 0;
    const result = await (isFull ? nomad.list(Date.now()) : nomad.listPart({ known, wanted }, Date.now()));
    if (!result.ok) throw new Error(result.problem);
    if (isFull) known = new Set(result.value.uploads.map(({ id }) => id));
    wanted = result.value.uploads.filter(({ status }) => phaseOf(status) !== 'idle').map(({ id }) => id);
  }
  return { ...cost, milliseconds: performance.now() - startedAt };
}

await tokens.token();
const full = await hour(1);
const tiers = await hour(SWEEP_EACH);
const row = (name: string, { bytes, requests, milliseconds }: typeof full) =>
  `${name.padEnd(28)} ${(bytes / 1e6).toFixed(1).padStart(8)} MB ${String(requests).padStart(6)} requests ${(milliseconds / 1000).toFixed(1).padStart(6)} s`;
console.log(row('in full each minute', full));
console.log(row('two tiers', tiers));
console.log(
  `ratio of bytes ${(full.bytes / tiers.bytes).toFixed(1)}, of requests ${(full.requests / tiers.requests).toFixed(1)}`,
);
client.close();
await server.close();

// The monitor's NOMAD side wired to the simulated server, with a clock that the test moves.
import type { LoginCredentials } from '../../src/nomad/login.ts';
import { createTokenSource } from '../../src/nomad/token-source.ts';
import { createClient } from '../../src/nomad/client.ts';
import { createNomad } from '../../src/nomad/nomad.ts';
import { type SimulatedNomad, type SimulatedNomadOptions, startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA } from '../../src/demo/nomad-state.ts';
import { T0 } from './builders.ts';

export const ADA_LOGIN: LoginCredentials = { kind: 'password', username: ADA.username, password: ADA.password };

interface WiringOptions extends Omit<SimulatedNomadOptions, 'now'> {
  readonly credentials?: LoginCredentials | ((server: SimulatedNomad) => LoginCredentials);
  /** Seconds. */
  readonly lifetime?: number;
  readonly roles?: readonly string[];
  /** How much our clock is ahead of the server's, ms. */
  readonly skew?: number;
}

export async function wire({
  credentials = ADA_LOGIN,
  lifetime = 3600,
  roles = [],
  skew = 0,
  ...options
}: WiringOptions = {}) {
  const time = { now: T0 };
  const server = await startSimulatedNomad({ ...options, now: () => time.now });
  const client = createClient({ url: server.url, userAgent: 'test', proxyEnv: {}, timeout: 5000 });
  const refusals: number[] = [];
  const renewals: string[] = [];
  const tokens = createTokenSource({
    client,
    credentials: typeof credentials === 'function' ? credentials(server) : credentials,
    lifetime,
    refusals: {
      recent: async () => refusals,
      add: async (at) => {
        refusals.push(at);
      },
    },
    clock: () => time.now + skew,
    random: () => 0.5,
    onRenewal: (result) => renewals.push(result),
  });
  const nomad = createNomad({ client, tokens, roles, clock: () => time.now + skew });
  const lines = () => server.requests.map(({ line }) => line);
  return {
    time,
    server,
    tokens,
    nomad,
    refusals,
    renewals,
    lines,
    close: async () => {
      client.close();
      await server.close();
    },
  };
}

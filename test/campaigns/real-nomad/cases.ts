// What a case is given: a real NOMAD, emptied, and the monitor's own NOMAD side wired to it.
import type { TestContext } from 'node:test';
import { ADA } from '../../../src/demo/nomad-state.ts';
import { type Client, type RequestCount, createClient } from '../../../src/nomad/client.ts';
import { createNomad } from '../../../src/nomad/nomad.ts';
import type { LoginCredentials } from '../../../src/nomad/login.ts';
import { createTokenSource } from '../../../src/nomad/token-source.ts';
import type { Facts } from './generations.ts';
import type { RealNomad } from './start.ts';

export interface Case {
  readonly name: string;
  /** Where not in each version. */
  readonly when?: (facts: Facts) => boolean;
  readonly run: (nomad: RealNomad, context: TestContext) => Promise<void>;
}

export const PASSWORD: LoginCredentials = { kind: 'password', username: ADA.username, password: ADA.password };

export interface WireOptions {
  readonly credentials?: LoginCredentials;
  /** Seconds. */
  readonly lifetime?: number;
  /** ms for a request. */
  readonly timeout?: number;
  readonly roles?: readonly string[];
}

/** `ahead.by`: how much our clock is ahead of the truth, ms; the test moves it. */
export function wireTo(real: RealNomad, context: TestContext, options: WireOptions = {}) {
  const requests: RequestCount[] = [];
  const ahead = { by: 0 };
  const refusals: number[] = [];
  const client: Client = createClient({
    url: real.url,
    userAgent: 'test',
    proxyEnv: {},
    timeout: options.timeout ?? 20_000,
    onRequest: (count) => requests.push(count),
  });
  context.after(() => {
    client.close();
  });
  const clock = () => Date.now() + ahead.by;
  const tokens = createTokenSource({
    client,
    credentials: options.credentials ?? PASSWORD,
    lifetime: options.lifetime ?? 3600,
    refusals: {
      recent: () => Promise.resolve(refusals),
      add: (time) => Promise.resolve(void refusals.push(time)),
    },
    clock,
    random: () => 0.5,
  });
  const nomad = createNomad({ client, tokens, roles: options.roles ?? [], clock });
  /** `endpoint code`, in the order made; forgets them. */
  const asked = () => requests.splice(0).map(({ endpoint, code }) => `${endpoint} ${code}`);
  return { client, tokens, nomad, ahead, refusals, asked, clock };
}

/** A personal access token of ada's. */
export async function makePat(
  real: RealNomad,
  scopes: readonly string[],
): Promise<{ token: string; revoke(): Promise<void> }> {
  const form = new URLSearchParams({ grant_type: 'password', username: ADA.username, password: ADA.password });
  const login = (await (await fetch(`${real.url}/auth/token`, { method: 'POST', body: form })).json()) as {
    access_token: string;
  };
  const headers = { authorization: `Bearer ${login.access_token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ metadata: { name: 'monitor', scopes }, expires_in_days: 30 });
  const made = await fetch(`${real.url}/auth/pats`, { method: 'POST', headers, body });
  if (made.status !== 201) throw new Error(`no personal access token: ${made.status} ${await made.text()}`);
  const { raw_token, pat } = (await made.json()) as { raw_token: string; pat: { id: string } };
  return {
    token: raw_token,
    revoke: async () => {
      const gone = await fetch(`${real.url}/auth/pats/${pat.id}`, { method: 'DELETE', headers });
      if (!gone.ok) throw new Error(`not revoked: ${gone.status} ${await gone.text()}`);
    },
  };
}

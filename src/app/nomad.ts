// Builds the connection to NOMAD, for every command: one client, one token source. Every token counts as a secret before it is sent.
import type { Config } from '../config/config.ts';
import { proxyEnvFor } from '../config/proxy.ts';
import type { Token } from '../domain/nomad/token-policy.ts';
import { HOUR } from '../domain/text/durations.ts';
import { hashOf } from '../jobs/hash.ts';
import type { Scrubber } from '../log.ts';
import { type Client, type RequestCount, createClient } from '../nomad/client.ts';
import type { Result } from '../nomad/failure.ts';
import { type Gate, createGate } from '../nomad/gate.ts';
import { type Nomad, createNomad } from '../nomad/nomad.ts';
import { type TokenSource, createTokenSource, refusalKey } from '../nomad/token-source.ts';

export interface ConnectionOptions {
  readonly config: Config['nomad'];
  readonly version: string;
  readonly scrubber: Scrubber;
  readonly clock: () => number;
  readonly random: () => number;
  /** Where several accounts ask one deployment: whose turn it is. */
  readonly gate?: (client: Client) => Client;
  /** Refused logins of the last hour, wherever they are stored; shared by all who log in as this user. */
  readonly refusals: {
    recent(key: string, since: number): Promise<readonly number[]>;
    add(key: string, time: number): Promise<void>;
  };
  readonly onRequest?: (count: RequestCount) => void;
  readonly onToken?: (token: Token) => void;
  readonly onRenewal?: (result: 'ok' | 'refused' | 'error') => void;
}

export interface Connection {
  readonly client: Client;
  readonly tokens: TokenSource;
  readonly nomad: Nomad;
}

export function connectNomad({
  config,
  version,
  scrubber,
  clock,
  random,
  gate = (client) => client,
  refusals,
  ...listeners
}: ConnectionOptions): Connection {
  const { url, credentials, roles, tokenLifetime } = config;
  const proxyEnv = proxyEnvFor(config.proxyEnv, url);
  const client = withKnownSecrets(
    gate(createClient({ url, userAgent: `nomad-upload-monitor/${version}`, proxyEnv, ...listeners })),
    scrubber,
  );
  const key = refusalKey(url, credentials);
  const tokens = createTokenSource({
    client,
    credentials,
    clock,
    random,
    lifetime: tokenLifetime,
    refusals: { recent: () => refusals.recent(key, clock() - HOUR), add: (time) => refusals.add(key, time) },
    ...listeners,
    onToken: (token) => {
      scrubber.add(token.value);
      listeners.onToken?.(token);
    },
  });
  return { client, tokens, nomad: withoutSecrets(createNomad({ client, tokens, roles, clock }), scrubber) };
}

/** One gate for each deployment. */
export interface Gates {
  /** `account`: its own name among all that are watched. */
  of(deployment: string, account: string): (client: Client) => Client;
  /** How many accounts ask a deployment. */
  sharers(deployment: string): number;
}

export function createGates(): Gates {
  const gates = new Map<string, Gate>();
  return {
    of(deployment, account) {
      const gate = gates.get(deployment) ?? createGate();
      gates.set(deployment, gate);
      return (client) => gate.guard(account, client);
    },
    sharers: (deployment) => gates.get(deployment)?.accounts() ?? 1,
  };
}

/** Error messages of NOMAD are stored and sent to people, and may repeat what it was sent. */
function withoutSecrets(nomad: Nomad, { scrub }: Scrubber): Nomad {
  const scrubbed = <T>(result: Result<T>): Result<T> =>
    result.ok ? result : { ...result, problem: scrub(result.problem) };
  return {
    ...nomad,
    identity: async (signal) => scrubbed(await nomad.identity(signal)),
    list: async (...args) => scrubbed(await nomad.list(...args)),
    listPart: async (...args) => scrubbed(await nomad.listPart(...args)),
    upload: async (...args) => scrubbed(await nomad.upload(...args)),
    newest: async (...args) => scrubbed(await nomad.newest(...args)),
  };
}

/** A server may repeat a secret in an answer that people see. It is removed before the text is cut, as the cut could go through its middle. */
function withKnownSecrets(client: Client, scrubber: Scrubber): Client {
  return {
    ...client,
    async request(what, signal) {
      if (what.token !== undefined) scrubber.add(what.token);
      const answer = await client.request(what, signal);
      if (answer.kind === 'silence' || answer.status === 200) return answer;
      const location = answer.location === null ? null : scrubber.scrub(answer.location);
      return { ...answer, location, body: withoutSecretDetail(answer.body, scrubber) };
    },
  };
}

/** Shorter ones are not cut. They are compared with NOMAD's own words, and a password may be one of those. */
const LONG_DETAIL = 300;

function withoutSecretDetail(body: unknown, { scrub }: Scrubber): unknown {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : null;
  return typeof detail === 'string' && detail.length > LONG_DETAIL ? { detail: scrub(detail) } : body;
}

/** A name for the login that does not reveal it: a hash of the token or user name. */
export function loginFingerprint({ credentials }: Config['nomad']): string {
  const text = credentials.kind === 'token' ? credentials.token : credentials.username;
  return `token ${hashOf(text, 16)}`;
}

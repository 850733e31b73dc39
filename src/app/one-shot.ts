// Builds what `doctor` and `check` need, from the same parts and by the same rules as app.ts builds the monitor; beside it the only file that
// names implementations. Opens no store and starts nothing.
import { behaviourOf } from '../domain/doctor/processing-check.ts';
import { lastIdentityOf, refusalNotesOf, rememberedOf, stateFact } from './running-state.ts';
import { recipientsOf } from './notified.ts';
import type { Config } from '../config/config.ts';
import { type Connection, connectNomad } from './nomad.ts';
import type { Token } from '../domain/nomad/token-policy.ts';
import { checkPort } from '../http/port-check.ts';
import type { DoctorProbes } from '../jobs/doctor.ts';
import { type Checked, runCheck } from '../jobs/check.ts';
import { type SupportFacts, askForSupport } from '../jobs/support.ts';
import type { Scrubber } from '../log.ts';
import type { Failure } from '../nomad/failure.ts';
import type { OnPage } from '../nomad/listing.ts';
import { canRenew, isAdmin, reach } from '../nomad/probe.ts';
import { mailChannel } from './channels.ts';

export interface DoctorProbesOptions {
  readonly config: Config;
  readonly version: string;
  readonly scrubber: Scrubber;
  readonly clock?: () => number;
}

export function createDoctorProbes({
  clock = Date.now,
  ...options
}: DoctorProbesOptions): DoctorProbes & { close(): void } {
  const { config, scrubber } = options;
  const { mail, http } = config;
  const connection = connect(options, clock);
  const channel = mail === null ? null : mailChannel(config, mail, scrubber.scrub);
  return {
    nomadUrl: config.nomad.url,
    roles: config.nomad.roles,
    clock,
    mail:
      mail === null
        ? null
        : { server: new URL(mail.smtpUrl).host, recipients: (identity) => recipientsOf(config, identity) },
    lastIdentity: () => lastIdentityOf(config),
    address: `${http.host}:${http.port === 0 ? '(any port)' : http.port}`,
    ...nomadProbes(connection, config.nomad, clock),
    async greetMailServer() {
      const before = performance.now();
      const problem = await (channel?.verify() ?? null);
      return problem === null ? { ok: true, milliseconds: performance.now() - before } : { ok: false, ...problem };
    },
    state: () => stateFact(config),
    port: () => checkPort(http.host, http.port),
    close: () => {
      channel?.close();
      connection.client.close();
    },
  };
}

function connect({ config, version, scrubber }: DoctorProbesOptions, clock: () => number): Connection {
  const refusals = refusalNotesOf(config);
  return connectNomad({ config: config.nomad, version, scrubber, clock, random: () => 0.5, refusals });
}

/** The later questions are about the token of this login. */
function nomadProbes(
  { client, tokens, nomad }: Connection,
  { credentials, tokenLifetime }: Config['nomad'],
  clock: () => number,
): Pick<DoctorProbes, 'reach' | 'login' | 'token' | 'listing'> {
  let token: Token | null = null;

  return {
    reach: (signal) => reach(client, clock, signal),
    async login(signal) {
      const got = await tokens.token(signal);
      if (!got.ok) return got;
      token = got.value;
      const identity = await nomad.identity(signal);
      if (!identity.ok) return identity;
      const username = credentials.kind === 'password' ? credentials.username : null;
      const isAdminsOwn = identity.value.userId !== null && (await isAdmin(client, token.value, signal));
      return { ok: true, username, identity: identity.value, isAdmin: isAdminsOwn };
    },
    async token(signal) {
      const expiresAt = token?.expiresAt ?? null;
      if (credentials.kind === 'token') {
        const renewable = expiresAt === null ? false : await canRenew(client, credentials.token, signal);
        return { kind: 'token', expiresAt, renewable };
      }
      const got = token === null || expiresAt === null ? null : (expiresAt - token.obtainedAt) / 1000;
      return token?.kind === 'access' ? { kind: 'access', got } : { kind: 'password', asked: tokenLifetime, got };
    },
    async listing(signal) {
      const before = performance.now();
      const listing = await nomad.list(clock(), signal);
      if (!listing.ok) return listing;
      const { uploads, malformed } = listing.value;
      const milliseconds = performance.now() - before;
      const behaviour = behaviourOf(uploads);
      return { ok: true, uploads: uploads.length, malformed: malformed.length, milliseconds, behaviour };
    },
  };
}

/** A person waits for this. */
const SUPPORT_TIMEOUT = 30_000;

/** Asks NOMAD for what the state lacks, for `report`. */
export async function askNomadForSupport(
  options: DoctorProbesOptions,
  uploads: Parameters<typeof askForSupport>[1],
  stopping: AbortSignal,
): Promise<SupportFacts | Failure> {
  const { client, nomad } = connect(options, Date.now);
  const timeout = AbortSignal.timeout(SUPPORT_TIMEOUT);
  try {
    const facts = await askForSupport(nomad, uploads, AbortSignal.any([stopping, timeout]));
    return facts.ok || !timeout.aborted ? facts : { ...facts, problem: `no answer within ${SUPPORT_TIMEOUT / 1000} s` };
  } finally {
    client.close();
  }
}

export interface CheckRunner {
  run(now: number, signal: AbortSignal): Promise<Checked | Failure>;
  close(): void;
}

/** Runs `check`; beside a running monitor it reads what that remembers. */
export function createCheckRunner({ onPage, ...options }: DoctorProbesOptions & { onPage?: OnPage }): CheckRunner {
  const { config } = options;
  const { client, nomad } = connect(options, Date.now);
  const parts = {
    nomad,
    deployment: config.nomad.url,
    stuckAfter: config.stuckAfter,
    remembered: (userId: string | null) => rememberedOf(config, userId),
    ...(onPage && { onPage }),
  };
  return {
    run: (now, signal) => runCheck(parts, now, signal),
    close: () => {
      client.close();
    },
  };
}

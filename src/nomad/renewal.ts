// How a new token is had: by the token itself where that works, else by a login, else not at all.
import type { Token } from '../domain/nomad/token-policy.ts';
import { type AppTokensOptions, createAppTokens } from './app-token.ts';
import { type Result, refusedFailure } from './failure.ts';
import { type LoginRenewal, createLoginRenewal } from './login-renewal.ts';
import { type LoginCredentials, type RefusalLog, createLogin } from './login.ts';
import { createSelfRenewal } from './self-renewal.ts';
import { readJwt } from './wire.ts';

export interface RenewalOptions extends AppTokensOptions {
  readonly credentials: LoginCredentials;
  readonly refusals: RefusalLog;
}

export interface Renewal {
  /** `asked`: a login that may not be made yet asks NOMAD for nothing. */
  run(
    current: Token | null,
    signal?: AbortSignal,
  ): Promise<{ readonly result: Result<Token>; readonly asked: boolean }>;
  /** As far as NOMAD has shown. */
  isPossible(): boolean;
  /** null: there is no password. */
  readonly login: LoginRenewal | null;
}

export function createRenewal(options: RenewalOptions): Renewal {
  const { credentials, clock } = options;
  let times = 0;
  const ways = { appTokens: createAppTokens(options), clock, onAsk: () => (times += 1) };
  const login =
    credentials.kind === 'password'
      ? createLoginRenewal({ ...ways, login: createLogin({ ...options, ...credentials }) })
      : null;
  const itself = createSelfRenewal({ ...ways, isOnlyWay: login === null });

  async function obtain(current: Token | null, signal?: AbortSignal): Promise<Result<Token>> {
    const own = await itself.renew(current, signal);
    if (own !== null) return own;
    if (login !== null) return login.renew(signal);
    return refusedFailure(
      'token',
      `NOMAD_TOKEN is ${faultOf(credentials)} and cannot be renewed; create a new one in NOMAD`,
    );
  }

  return {
    async run(current, signal) {
      const before = times;
      const result = await obtain(current, signal);
      return { result, asked: times > before };
    },
    isPossible: () => login !== null || itself.isPossible(),
    login,
  };
}

/** What is neither of the two may be another kind some day: it is sent to NOMAD all the same, and said only when that refuses it. */
function faultOf(credentials: LoginCredentials): string {
  const isKnown =
    credentials.kind === 'token' && (credentials.token.startsWith('nomad_pat') || readJwt(credentials.token) !== null);
  return isKnown
    ? 'expired, revoked or mistyped'
    : 'neither a personal access token (nomad_pat_…) nor an app token (eyJ…)';
}

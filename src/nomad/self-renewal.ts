// A token renewed by itself: it asks for the next app token. Remembers when NOMAD showed that this token, or this NOMAD, cannot do that.
import { type Token, isExpired } from '../domain/nomad/token-policy.ts';
import type { AppTokens } from './app-token.ts';
import { type Result, failure } from './failure.ts';

export interface SelfRenewal {
  /** null: this token does not renew itself, now or ever. */
  renew(token: Token | null, signal?: AbortSignal): Promise<Result<Token> | null>;
  /** As far as NOMAD has shown. */
  isPossible(): boolean;
}

export interface SelfRenewalOptions {
  readonly appTokens: AppTokens;
  readonly clock: () => number;
  /** There is no password to log in with instead. */
  readonly isOnlyWay: boolean;
  /** Called each time that NOMAD is asked. */
  readonly onAsk: () => void;
}

/** A renewal by itself that fails over NOMAD's own mistake, or finds nothing to ask, may be chance once. */
const MAX_FAULTS = 2;

export function createSelfRenewal({ appTokens, clock, isOnlyWay, onAsk }: SelfRenewalOptions): SelfRenewal {
  let isPossible = true;
  let faults = 0;

  return {
    isPossible: () => isPossible,
    async renew(token, signal) {
      const isOwn = token !== null && token.kind !== 'access' && token.expiresAt !== null;
      if (!isPossible || !isOwn) return null;
      if (token.kind === 'app' && isExpired(token, clock())) return null;
      onAsk();
      const { result, lack } = await appTokens.ask(token.value, signal);
      if (result.ok) {
        faults = 0;
        return result;
      }
      if (lack === 'gone' || lack === 'fault') {
        faults += 1;
        if (isOnlyWay && faults < MAX_FAULTS) return result;
        isPossible = false;
        return isOnlyWay ? failure('unauthorized', `NOMAD_TOKEN cannot be renewed: ${result.problem}`) : null;
      }
      if (result.reason !== 'unauthorized') return result;
      isPossible = false;
      // Not allowed to renew is not dead: it goes on being used.
      return isOnlyWay && result.refused === null ? result : null;
    },
  };
}

// The simulated NOMAD's tokens: access tokens of a login, app tokens (real HS256 JWTs), personal access tokens with scopes.
import { createHmac, randomBytes } from 'node:crypto';
import { type User, USERS } from './nomad-state.ts';

export interface Bearer {
  readonly kind: 'access' | 'app' | 'pat';
  readonly user: User;
  /** null: all. */
  readonly scopes: readonly string[] | null;
}

export interface Tokens {
  mint(kind: 'access' | 'app', user: User, lifetimeSeconds: number): string;
  mintPat(user: User, scopes: readonly string[]): string;
  /** Personal access tokens of a user that are neither revoked nor at their end. */
  activePats(user: User): readonly string[];
  revoke(token: string): void;
  /** Made here, however old. */
  isOurs(token: string): boolean;
  /** null: expired, revoked, unknown. */
  find(token: string): Bearer | null;
}

export function createTokens(now: () => number): Tokens {
  const secret = randomBytes(32);
  const pats = new Map<string, Bearer>();
  const revoked = new Set<string>();
  const minted = new Set<string>();

  function sign(payload: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}`;
    return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
  }

  return {
    mint(kind, user, lifetime) {
      const exp = Math.floor(now() / 1000) + lifetime;
      const token = sign(
        kind === 'app' ? { user: user.id, exp } : { sub: user.id, exp, jti: randomBytes(8).toString('hex') },
      );
      minted.add(token);
      return token;
    },
    mintPat(user, scopes) {
      const token = `nomad_pat_${randomBytes(24).toString('base64url')}`;
      pats.set(token, { kind: 'pat', user, scopes });
      return token;
    },
    activePats: (user) =>
      [...pats].filter(([token, pat]) => pat.user === user && !revoked.has(token)).map(([token]) => token),
    isOurs: (token) => minted.has(token),
    revoke: (token) => revoked.add(token),
    find(token) {
      if (revoked.has(token)) return null;
      const pat = pats.get(token);
      if (pat !== undefined) return pat;
      try {
        const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
          user?: string;
          sub?: string;
          exp: number;
        };
        const user = USERS.find(({ id }) => id === (payload.user ?? payload.sub));
        if (user === undefined || sign(payload) !== token || payload.exp * 1000 <= now()) return null;
        return { kind: payload.user === undefined ? 'access' : 'app', user, scopes: null };
      } catch {
        return null;
      }
    },
  };
}

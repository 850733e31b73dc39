// Turns a password into what is kept for an account: a personal access token that may only read, where NOMAD makes one.
import type { Config } from '../config/config.ts';
import type { Scrubber } from '../log.ts';
import { type Result } from '../nomad/failure.ts';
import { createLogin } from '../nomad/login.ts';
import { makePersonalToken, revokePersonalToken } from '../nomad/personal-token.ts';
import { refusalKey } from '../nomad/token-source.ts';
import { HOUR } from '../domain/text/durations.ts';
import { connectNomad } from './nomad.ts';
import { refusalNotesOf } from './running-state.ts';

/** What the monitor reads: uploads, the reasons of failed entries, names and the account's own address. */
export const SCOPES = ['uploads:read', 'entries:read', 'users:read'] as const;

export interface Kept {
  /** null: this NOMAD makes none, and the password has to be kept. */
  readonly token: { readonly value: string; readonly expiresAt: number | null } | null;
  /** Whether nothing is left in NOMAD. */
  undo(): Promise<boolean>;
}

export interface LoginExchange {
  /** Logs in once. */
  run(signal: AbortSignal): Promise<Result<Kept>>;
  close(): void;
}

export interface LoginExchangeOptions {
  readonly config: Config;
  readonly username: string;
  readonly password: string;
  /** What the token is called in NOMAD. */
  readonly tokenName: string;
  readonly version: string;
  readonly scrubber: Scrubber;
}

export function createLoginExchange(options: LoginExchangeOptions): LoginExchange {
  const { config, username, password, version, scrubber, tokenName: name } = options;
  const { nomad } = config;
  const clock = Date.now;
  const refusals = refusalNotesOf(config);
  const { client } = connectNomad({ config: nomad, version, scrubber, clock, random: () => 0.5, refusals });
  const key = refusalKey(nomad.url, nomad.credentials);
  const login = createLogin({
    client,
    username,
    password,
    clock,
    refusals: { recent: () => refusals.recent(key, clock() - HOUR), add: (time) => refusals.add(key, time) },
  });
  return {
    async run(signal) {
      const blocked = await login.blocked();
      if (blocked !== null) return blocked;
      const access = await login.run(signal);
      if (!access.ok) return access;
      const bearer = access.value.token;
      scrubber.add(bearer);
      const wanted = { name, description: 'nomad-upload-monitor: reads uploads', scopes: SCOPES };
      const made = await makePersonalToken(client, bearer, wanted, signal);
      if (!made.ok) return made;
      if (made.value === null) return { ok: true, value: { token: null, undo: () => Promise.resolve(true) } };
      const { id, token, expiresAt } = made.value;
      scrubber.add(token);
      const undo = () => revokePersonalToken(client, bearer, id);
      return { ok: true, value: { token: { value: token, expiresAt }, undo } };
    },
    close: () => {
      client.close();
    },
  };
}

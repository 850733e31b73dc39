// Who may look: with a token or with a name and password, compared in constant time; who guesses is turned away.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { createGuesses } from './guess-limit.ts';
import type { Refuse } from './refusals.ts';

const NO_SECRET = 'access needs HTTP_TOKEN or HTTP_USERNAME and HTTP_PASSWORD';
const TOO_MANY =
  'too many wrong tokens or passwords from this address; wait a minute, or send the right one (HTTP_TOKEN, or HTTP_USERNAME and HTTP_PASSWORD); clients behind one proxy are told apart where HTTP_TRUSTED_PROXIES names it';

/** Neither: whoever reaches the port may look. */
export interface AuthConfig {
  readonly token: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
}

export interface AccessCheckOptions {
  readonly access: AuthConfig;
  readonly clock: () => number;
  readonly addressOf: (context: Context) => string;
  readonly refuse: Refuse;
}

export function accessCheck({ access, clock, addressOf, refuse }: AccessCheckOptions) {
  const isRight = secretCheck(access);
  const guesses = createGuesses();
  return createMiddleware(async (context: Context, next) => {
    if (access.token === null && access.basic === null) return next();
    const authorization = context.req.header('authorization') ?? '';
    // Whatever came before: who guesses must not be able to keep out who knows it.
    if (isRight(authorization)) return next();
    const address = addressOf(context);
    // A browser first asks without: that is no guess.
    const wait = authorization === '' ? 0 : guesses.add(address, authorization, clock());
    if (wait > 0) {
      context.header('retry-after', String(Math.ceil(wait / 1000)));
      return refuse(context, { status: 429, detail: TOO_MANY, who: { address } });
    }
    if (access.basic !== null)
      context.header('www-authenticate', 'Basic realm="nomad-upload-monitor", charset="UTF-8"');
    if (access.token !== null) context.header('www-authenticate', 'Bearer', { append: true });
    return refuse(context, { status: 401, detail: NO_SECRET, who: { address } });
  });
}

/**
 * Whether the value of an Authorization header is right. How long that takes says nothing: digests of equal length are compared, with every
 * secret that there is, whatever the ones before came to.
 */
export function secretCheck({ token, basic }: AuthConfig): (authorization: string) => boolean {
  const accepted = [
    ...(token === null ? [] : [`bearer ${token}`]),
    ...(basic === null ? [] : [`basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`]),
  ].map((text) => digest(Buffer.from(text)));
  return (authorization) => {
    // Headers are bytes, which Node reads as Latin-1. The scheme is the same in any case of letters (RFC 9110, 11.1).
    const scheme = /^[a-z]+ +/i.exec(authorization)?.[0] ?? '';
    const credentials = authorization.slice(scheme.length);
    const given = digest(Buffer.from(`${scheme.trim().toLowerCase()} ${credentials}`, 'latin1'));
    return accepted.map((each) => timingSafeEqual(each, given)).includes(true);
  };
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

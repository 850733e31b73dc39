// Who may look: with a token or with a name and password, compared in constant time; guessing is slowed down.
import { createHash, timingSafeEqual } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { createGuesses } from './guess-limit.ts';
import { problemResponse } from './problem.ts';

/** Neither: whoever reaches the port may look. */
export interface AuthConfig {
  readonly token: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
}

export function accessCheck(access: AuthConfig, clock: () => number) {
  const isRight = secretCheck(access);
  const guesses = createGuesses();
  return createMiddleware(async (context: Context, next) => {
    if (access.token === null && access.basic === null) return next();
    const address = getConnInfo(context).remote.address ?? '';
    const wait = guesses.wait(address, clock());
    if (wait > 0) {
      context.header('retry-after', String(Math.ceil(wait / 1000)));
      return problemResponse(context, 429, 'too many wrong tokens or passwords from this address; wait a minute');
    }
    const authorization = context.req.header('authorization') ?? '';
    if (isRight(authorization)) return next();
    // A browser first asks without: that is no guess.
    if (authorization !== '') guesses.add(address, clock());
    if (access.basic !== null)
      context.header('www-authenticate', 'Basic realm="nomad-upload-monitor", charset="UTF-8"');
    if (access.token !== null) context.header('www-authenticate', 'Bearer', { append: true });
    return problemResponse(context, 401, 'access needs HTTP_TOKEN or HTTP_USERNAME and HTTP_PASSWORD');
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

// Who asks the simulated NOMAD, and whether they may: by the token of the request, as each generation judges it.
import type { Context } from 'hono';
import { type World } from './nomad-state.ts';
import { isCelery } from './nomad-generations.ts';
import { missingScope, refuse } from './nomad-replies.ts';
import type { Bearer, Tokens } from './nomad-tokens.ts';

/** What the routes answer from. */
export interface Site {
  readonly world: World;
  readonly tokens: Tokens;
}

/** The token in the request, whatever it is worth. */
export function givenToken(context: Context): string | null {
  return /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? null;
}

/** Where a login is needed; a response is the refusal. `scope` null: any token does. */
export function userOf(site: Site, context: Context, scope: string | null): Bearer | Response {
  const { world, tokens } = site;
  const token = usedToken(site, context);
  if (token === null)
    return refuse(context, 401, isCelery(world.generation) ? 'Authorization required.' : 'Authentication required.');
  const bearer = tokens.find(token);
  if (bearer === null) {
    const words = tokens.isOurs(token)
      ? 'Expired token.'
      : 'Could not validate credentials. The given token is invalid.';
    return refuse(context, 401, words);
  }
  const isWithin = scope === null || bearer.scopes?.includes(scope) !== false;
  return isWithin ? bearer : missingScope(context, scope);
}

/** Where no login is needed; null: nobody is logged in. */
export function optionalUserOf(site: Site, context: Context, scope: string): Bearer | Response | null {
  return usedToken(site, context) === null ? null : userOf(site, context, scope);
}

/** From 1.4.2 on it takes a personal access token that it does not know (any more) for none at all. */
function usedToken({ world, tokens }: Site, context: Context): string | null {
  const token = givenToken(context);
  const isDead = !isCelery(world.generation) && token?.startsWith('nomad_pat') === true && tokens.find(token) === null;
  return isDead ? null : token;
}

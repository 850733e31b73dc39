// The simulated NOMAD's routes for personal access tokens: makes one with the token of a login, and revokes it.
import { Hono } from 'hono';
import { type Site, userOf } from './nomad-access.ts';
import { isCelery, simulatedTime } from './nomad-generations.ts';
import { missingScope, refuse, unprocessable } from './nomad-replies.ts';

/** What a token can be allowed, of all that NOMAD knows. */
const SCOPES = ['uploads:read', 'entries:read', 'users:read', 'info:read', 'graph:read', 'uploads:write'];
const OF_TOKENS = ['tokens:create', 'tokens:read', 'tokens:delete'];
const MOST = 100;
const DAY = 86_400_000;

interface Creation {
  readonly metadata?: {
    readonly name?: string;
    readonly scopes?: readonly string[];
    readonly description?: string | null;
  };
  readonly expires_in_days?: number;
}

/** `maxDays`: longest life of one. */
export function patRoutes(site: Site, maxDays: number, now: () => number): Hono {
  const { world, tokens } = site;
  const routes = new Hono();
  /** By id. */
  const made = new Map<string, string>();
  if (isCelery(world.generation)) return routes;

  routes.post('/auth/pats', async (context) => {
    const bearer = userOf(site, context, null);
    if (bearer instanceof Response) return bearer;
    if (bearer.kind !== 'access') return missingScope(context, 'tokens:create');
    const { metadata, expires_in_days: days = 30 } = await context.req.json<Creation>();
    if (metadata?.name === undefined)
      return unprocessable(context, { type: 'missing', loc: ['body', 'metadata', 'name'], msg: 'Field required' });
    const scopes = metadata.scopes ?? [];
    const problem = problemOf(scopes, days, maxDays);
    if (problem !== null) return refuse(context, 400, problem);
    if (tokens.activePats(bearer.user).length >= MOST)
      return refuse(context, 400, `Maximum number of active PAT (${MOST}) reached.`);
    const raw_token = tokens.mintPat(bearer.user, scopes);
    const id = (made.size + 0x6b0cc15e).toString(16).padEnd(24, '0');
    made.set(id, raw_token);
    const pat = {
      id,
      name: metadata.name,
      scopes,
      description: metadata.description ?? null,
      revoked: false,
      created_at: simulatedTime(now(), world.generation),
      expired_at: simulatedTime(now() + days * DAY, world.generation),
      last_used_at: null,
    };
    return context.json({ pat, raw_token }, 201);
  });

  routes.delete('/auth/pats/:id', (context) => {
    const bearer = userOf(site, context, null);
    if (bearer instanceof Response) return bearer;
    if (bearer.kind !== 'access') return missingScope(context, 'tokens:delete');
    const token = made.get(context.req.param('id'));
    if (token === undefined) return refuse(context, 404, 'Token not found or does not belong to the user.');
    tokens.revoke(token);
    return context.body(null, 204);
  });

  return routes;
}

/** In NOMAD's words; null: nothing is wrong. */
function problemOf(scopes: readonly string[], days: number, maxDays: number): string | null {
  if (scopes.length === 0) return 'At least one scope must be selected.';
  if (days <= 0) return 'Cannot create an already expired token.';
  if (days > maxDays) return `Requested lifetime (${days} days) exceeds the maximum allowed (${maxDays} days).`;
  const unknown = scopes.filter((scope) => ![...SCOPES, ...OF_TOKENS].includes(scope));
  if (unknown.length > 0) return `Invalid scopes: {${unknown.map((scope) => `'${scope}'`).join(', ')}}`;
  if (scopes.some((scope) => OF_TOKENS.includes(scope)))
    return 'Personal access tokens are not allowed to operate on PATs.';
  return null;
}

// The simulated NOMAD's routes for users, uploads and entries, and what it says of itself.
import { type Context, Hono } from 'hono';
import { type Site, optionalUserOf, userOf } from './nomad-access.ts';
import { archiveAnswer } from './nomad-archive.ts';
import { unexpected } from './nomad-paging.ts';
import { answer } from './nomad-replies.ts';
import { USERS } from './nomad-state.ts';
import { entriesAnswer, uploadAnswer, uploadsAnswer } from './nomad-uploads.ts';
import { toWireInfo, toWireMe, toWireUser } from './nomad-wire.ts';

export function userRoutes(site: Site): Hono {
  const routes = new Hono();

  routes.get('/users/me', (context) => {
    const bearer = userOf(site, context, 'users:read');
    return bearer instanceof Response ? bearer : context.json(toWireMe(bearer.user));
  });

  // Anybody may ask for names; one id that the directory does not know spoils the whole batch.
  routes.get('/users', (context) => {
    const bearer = optionalUserOf(site, context, 'users:read');
    if (bearer instanceof Response) return bearer;
    const users = (context.req.queries('user_id') ?? []).map((id) => USERS.find((user) => user.id === id));
    if (users.includes(undefined))
      return answer(context, unexpected("'NoneType' object has no attribute 'm_copy'", 'AttributeError'));
    return context.json({ data: users.map((user) => user && toWireUser(user)) });
  });

  return routes;
}

/** Anybody may ask; a personal access token needs a scope for it all the same. */
export function infoRoutes(site: Site): Hono {
  const routes = new Hono();
  routes.get('/info', (context) => {
    const bearer = optionalUserOf(site, context, 'info:read');
    return bearer instanceof Response ? bearer : context.json(toWireInfo(site.world.generation));
  });
  return routes;
}

/** `base`: where the API is, for the addresses of further pages. */
export function uploadRoutes(site: Site, base: string): Hono {
  const { world } = site;
  const routes = new Hono();

  routes.get('/uploads', (context) => {
    const bearer = userOf(site, context, 'uploads:read');
    if (bearer instanceof Response) return bearer;
    return answer(context, uploadsAnswer(world, bearer.user.id, queryOf(context), `${base}/uploads`));
  });

  routes.get('/uploads/:id', (context) => {
    const bearer = optionalUserOf(site, context, 'uploads:read');
    if (bearer instanceof Response) return bearer;
    return answer(context, uploadAnswer(world, bearer?.user.id ?? null, context.req.param('id')));
  });

  routes.get('/uploads/:id/entries', (context) => {
    const bearer = optionalUserOf(site, context, 'uploads:read');
    if (bearer instanceof Response) return bearer;
    const id = context.req.param('id');
    const path = `${base}/uploads/${id}/entries`;
    return answer(context, entriesAnswer(world, bearer?.user.id ?? null, id, queryOf(context), path));
  });

  routes.post('/entries/:id/archive/query', (context) => {
    const bearer = optionalUserOf(site, context, 'entries:read');
    if (bearer instanceof Response) return bearer;
    return answer(context, archiveAnswer(world, bearer?.user.id ?? null, context.req.param('id')));
  });

  return routes;
}

function queryOf(context: Context): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

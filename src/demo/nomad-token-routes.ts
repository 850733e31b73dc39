// The simulated NOMAD's routes for tokens: a login by password, and the app tokens that a login can have.
import { Hono } from 'hono';
import { type Site, userOf } from './nomad-access.ts';
import { isCelery } from './nomad-generations.ts';
import { unprocessable, missingScope, refuse } from './nomad-replies.ts';
import { USERS } from './nomad-state.ts';

/** Seconds. */
const ACCESS_TOKEN_LIFE = 300;

/** `maxAppToken`: longest life of an app token, seconds. */
export function tokenRoutes(site: Site, maxAppToken: number): Hono {
  const { world, tokens } = site;
  const routes = new Hono();

  routes.post('/auth/token', async (context) => {
    const form = await context.req.parseBody();
    if (!isCelery(world.generation) && form['grant_type'] === undefined)
      return unprocessable(context, { type: 'missing', loc: ['body', 'grant_type'], msg: 'Field required' });
    if (form['password'] === 'keycloak-is-down')
      return context.json({ detail: { reason: 'Unexpected exception', exception: 'cannot reach keycloak' } }, 500);
    const user = USERS.find(({ username, password }) => username === form['username'] && password === form['password']);
    if (user === undefined) return refuse(context, 401, 'Incorrect username or password');
    const access_token = tokens.mint('access', user, ACCESS_TOKEN_LIFE);
    if (isCelery(world.generation)) return context.json({ access_token, token_type: 'bearer' });
    return context.json({
      access_token,
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFE,
      refresh_token: 'none',
      refresh_expires_in: ACCESS_TOKEN_LIFE,
      scope: 'openid',
      id_token: null,
    });
  });

  routes.get('/auth/app_token', (context) => {
    const bearer = userOf(site, context, null);
    if (bearer instanceof Response) return bearer;
    if (!isCelery(world.generation) && bearer.kind !== 'access') return missingScope(context, 'tokens:create');
    const seconds = Number(context.req.query('expires_in') ?? Number.NaN);
    const problem = lifeProblem(seconds, maxAppToken);
    if (problem !== null) return unprocessable(context, problem);
    return context.json({ app_token: tokens.mint('app', bearer.user, seconds) });
  });

  return routes;
}

/** In pydantic's words; null: nothing is wrong with it. */
function lifeProblem(seconds: number, longest: number): object | null {
  const loc = ['query', 'expires_in'];
  if (!(seconds > 0)) return { type: 'greater_than', loc, msg: 'Input should be greater than 0', ctx: { gt: 0 } };
  if (seconds <= longest) return null;
  return {
    type: 'less_than_equal',
    loc,
    msg: `Input should be less than or equal to ${longest}`,
    ctx: { le: longest },
  };
}

// A simulated NOMAD on loopback, for the demo and the tests: the routes that the monitor uses, answering as 1.3.17, 1.4.3 or
// 2.0.0 did, and faults on order. Not for: processing anything, or being reached from elsewhere.
import type { AddressInfo } from 'node:net';
import { type HttpBindings, serve } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { type Bearer, type Tokens, createTokens } from './nomad-tokens.ts';
import { type SimulatedAnswer, isProblem, unexpected } from './nomad-paging.ts';
import { entriesAnswer, uploadAnswer, uploadsAnswer } from './nomad-uploads.ts';
import { toWireMe, toWireUser } from './nomad-wire.ts';
import { type Generation, isCelery } from './nomad-generations.ts';
import { type World, USERS, createWorld } from './nomad-state.ts';

/** Instead of, or before, the usual answer. */
export interface SimulatedFault {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream;
  /** Waits for this, then answers. */
  readonly hold?: Promise<unknown>;
  /** Cuts the connection. */
  readonly reset?: true;
}
export interface FaultRequest {
  readonly method: string;
  /** Below the API base, with the slash before it. */
  readonly path: string;
  readonly query: URLSearchParams;
}
export type FaultRule = (request: FaultRequest) => SimulatedFault | undefined;

export interface SimulatedNomadOptions {
  readonly world?: World;
  readonly generation?: Generation;
  readonly port?: number;
  readonly now?: () => number;
  /** Longest life of an app token, seconds. */
  readonly maxAppToken?: number;
}

export interface SimulatedNomad {
  /** The API base. */
  readonly url: string;
  readonly world: World;
  readonly tokens: Tokens;
  /** Newest last: method and path with query, and the token it carried. */
  readonly requests: { readonly line: string; readonly token: string | null }[];
  setFault(rule: FaultRule | null): void;
  close(): Promise<void>;
}

const BASE = '/prod/v1/api/v1';
type Env = { Bindings: HttpBindings };

export async function startSimulatedNomad(options: SimulatedNomadOptions = {}): Promise<SimulatedNomad> {
  const { now = Date.now, maxAppToken = 2_592_000 } = options;
  const world = options.world ?? createWorld(options.generation);
  const tokens = createTokens(now);
  const requests: { line: string; token: string | null }[] = [];
  let fault: FaultRule | null = null;
  const app = new Hono<Env>();
  const api = app.basePath(BASE);

  app.use(async (context, next) => {
    const url = new URL(context.req.url);
    requests.push({
      line: `${context.req.method} ${url.pathname.slice(BASE.length)}${url.search}`,
      token: bearerOf(context),
    });
    if (requests.length > 10_000) requests.shift();
    const found = fault?.({
      method: context.req.method,
      path: url.pathname.slice(BASE.length),
      query: url.searchParams,
    });
    if (found?.reset === true) context.env.incoming.destroy();
    if (found?.hold !== undefined) await found.hold;
    if (found?.status !== undefined)
      return new Response(found.body ?? '', {
        status: found.status,
        headers: { 'content-type': 'application/json', ...found.headers },
      });
    await next();
    context.header('date', new Date(now()).toUTCString());
    return undefined;
  });

  api.post('/auth/token', async (context) => {
    const form = await context.req.parseBody();
    if (!isCelery(world.generation) && form['grant_type'] === undefined)
      return invalid(context, { type: 'missing', loc: ['body', 'grant_type'], msg: 'Field required' });
    if (form['password'] === 'keycloak-is-down')
      return context.json({ detail: { reason: 'Unexpected exception', exception: 'cannot reach keycloak' } }, 500);
    const user = USERS.find(({ username, password }) => username === form['username'] && password === form['password']);
    if (user === undefined) return refuse(context, 401, 'Incorrect username or password');
    const access_token = tokens.mint('access', user, 300);
    if (isCelery(world.generation)) return context.json({ access_token, token_type: 'bearer' });
    const refresh = { refresh_token: 'none', refresh_expires_in: 300 };
    return context.json({
      access_token,
      token_type: 'Bearer',
      expires_in: 300,
      ...refresh,
      scope: 'openid',
      id_token: null,
    });
  });

  api.get('/auth/app_token', (context) => {
    const bearer = find(context);
    if (bearer instanceof Response) return bearer;
    if (!isCelery(world.generation) && bearer.kind !== 'access') return missingScope(context, 'tokens:create');
    const seconds = Number(context.req.query('expires_in') ?? Number.NaN);
    if (!(seconds > 0))
      return invalid(context, {
        type: 'greater_than',
        loc: ['query', 'expires_in'],
        msg: 'Input should be greater than 0',
        ctx: { gt: 0 },
      });
    if (seconds > maxAppToken) {
      return invalid(context, {
        type: 'less_than_equal',
        loc: ['query', 'expires_in'],
        msg: `Input should be less than or equal to ${maxAppToken}`,
        ctx: { le: maxAppToken },
      });
    }
    return context.json({ app_token: tokens.mint('app', bearer.user, seconds) });
  });

  api.get('/users/me', (context) => {
    const bearer = find(context);
    if (bearer instanceof Response) return bearer;
    if (bearer.scopes?.includes('users:read') === false) return missingScope(context, 'users:read');
    return context.json(toWireMe(bearer.user));
  });

  // Anybody may ask for names; one id that the directory does not know spoils the whole batch.
  api.get('/users', (context) => {
    const bearer = findAnybody(context, 'users:read');
    if (bearer instanceof Response) return bearer;
    const users = (context.req.queries('user_id') ?? []).map((id) => USERS.find((user) => user.id === id));
    if (users.includes(undefined))
      return answer(context, unexpected("'NoneType' object has no attribute 'm_copy'", 'AttributeError'));
    return context.json({ data: users.map((user) => user && toWireUser(user)) });
  });

  api.get('/uploads', (context) => {
    const bearer = find(context);
    if (bearer instanceof Response) return bearer;
    if (bearer.scopes?.includes('uploads:read') === false) return missingScope(context, 'uploads:read');
    return answer(context, uploadsAnswer(world, bearer.user.id, queryOf(context), `${BASE}/uploads`));
  });

  api.get('/uploads/:id', (context) => {
    const bearer = findAnybody(context, 'uploads:read');
    if (bearer instanceof Response) return bearer;
    return answer(context, uploadAnswer(world, bearer?.user.id ?? null, context.req.param('id')));
  });

  api.get('/uploads/:id/entries', (context) => {
    const bearer = findAnybody(context, 'uploads:read');
    if (bearer instanceof Response) return bearer;
    const id = context.req.param('id');
    return answer(
      context,
      entriesAnswer(world, bearer?.user.id ?? null, id, queryOf(context), `${BASE}/uploads/${id}/entries`),
    );
  });

  app.notFound((context) => refuse(context, 404, 'Not Found'));

  /** Where no login is needed; null: nobody is logged in. */
  function findAnybody(context: Context<Env>, scope: string): Bearer | Response | null {
    if (tokenOf(context) === null) return null;
    const bearer = find(context);
    if (bearer instanceof Response) return bearer;
    return bearer.scopes?.includes(scope) === false ? missingScope(context, scope) : bearer;
  }

  function find(context: Context<Env>): Bearer | Response {
    const token = tokenOf(context);
    if (token === null)
      return refuse(context, 401, isCelery(world.generation) ? 'Authorization required.' : 'Authentication required.');
    const bearer = tokens.find(token);
    if (bearer !== null) return bearer;
    const words = tokens.isOurs(token)
      ? 'Expired token.'
      : 'Could not validate credentials. The given token is invalid.';
    return refuse(context, 401, words);
  }

  /** From 1.4.2 on it takes a personal access token that it does not know (any more) for none at all. */
  function tokenOf(context: Context<Env>): string | null {
    const token = bearerOf(context);
    const isDead =
      !isCelery(world.generation) && token?.startsWith('nomad_pat') === true && tokens.find(token) === null;
    return isDead ? null : token;
  }

  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: options.port ?? 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`,
    world,
    tokens,
    requests,
    setFault: (rule) => (fault = rule),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function bearerOf(context: Context): string | null {
  return /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? null;
}

function queryOf(context: Context): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

function answer(context: Context, value: SimulatedAnswer): Response {
  return isProblem(value) ? context.json({ detail: value.detail }, value.status) : context.json(value);
}

function refuse(context: Context, status: 401 | 403 | 404, detail: string): Response {
  return context.json({ detail }, status);
}

function missingScope(context: Context, scope: string): Response {
  const name = scope.toUpperCase().replace(':', '_');
  return refuse(context, 403, `Missing scopes: [<Scope.${name}: '${scope}'>]`);
}

function invalid(context: Context, problem: object): Response {
  return context.json({ detail: [problem] }, 422);
}

// A simulated NOMAD on loopback, for the demo and the tests: the routes that the monitor uses, answering as 1.3.17, 1.4.3 or
// 2.0.0 did, and faults on order. Not for: processing anything, or being reached from elsewhere.
import type { AddressInfo } from 'node:net';
import { type HttpBindings, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { type FaultRule, type RecordedRequest, createFaults } from './nomad-faults.ts';
import type { Generation } from './nomad-generations.ts';
import { refuse } from './nomad-replies.ts';
import { infoRoutes, uploadRoutes, userRoutes } from './nomad-routes.ts';
import { patRoutes } from './nomad-pat-routes.ts';
import { type World, createWorld } from './nomad-state.ts';
import { tokenRoutes } from './nomad-token-routes.ts';
import { type Tokens, createTokens } from './nomad-tokens.ts';

export interface SimulatedNomadOptions {
  readonly world?: World;
  readonly generation?: Generation;
  readonly port?: number;
  readonly now?: () => number;
  /** Longest life of an app token, seconds. */
  readonly maxAppToken?: number;
  /** Longest life of a personal access token, days. */
  readonly maxPatDays?: number;
  /** How far `Date` is ahead of the clock that makes tokens, ms; null: answers have none. */
  readonly dateAhead?: number | null;
}

export interface SimulatedNomad {
  /** The API base. */
  readonly url: string;
  readonly world: World;
  readonly tokens: Tokens;
  /** Newest last. */
  readonly requests: RecordedRequest[];
  setFault(rule: FaultRule | null): void;
  close(): Promise<void>;
}

const BASE = '/prod/v1/api/v1';
type Env = { Bindings: HttpBindings };

export async function startSimulatedNomad(options: SimulatedNomadOptions = {}): Promise<SimulatedNomad> {
  const { now = Date.now, maxAppToken = 2_592_000, maxPatDays = 365, dateAhead = 0 } = options;
  const world = options.world ?? createWorld(options.generation);
  const tokens = createTokens(now);
  const site = { world, tokens };
  const { requests, setFault, middleware } = createFaults(BASE);
  const app = new Hono<Env>();
  app.use(middleware);
  app.use(async (context, next) => {
    await next();
    if (dateAhead === null) context.env.outgoing.sendDate = false;
    else context.header('date', new Date(now() + dateAhead).toUTCString());
  });
  app.route(BASE, tokenRoutes(site, maxAppToken));
  app.route(BASE, patRoutes(site, maxPatDays, now));
  app.route(BASE, userRoutes(site));
  app.route(BASE, uploadRoutes(site, BASE));
  app.route(BASE, infoRoutes(site));
  app.notFound((context) => refuse(context, 404, 'Not Found'));

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
    setFault,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

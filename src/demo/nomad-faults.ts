// Faults on order, for tests: what the simulated NOMAD answers instead of, or before, its usual answer. Keeps the requests it saw.
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { givenToken } from './nomad-access.ts';

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
  /** As it was sent; null: none. */
  readonly token: string | null;
}
export type FaultRule = (request: FaultRequest) => SimulatedFault | undefined;

/** Method and path with query, and the token it carried. */
export interface RecordedRequest {
  readonly line: string;
  readonly token: string | null;
}

export interface Faults {
  /** Newest last. */
  readonly requests: RecordedRequest[];
  setFault(rule: FaultRule | null): void;
  readonly middleware: MiddlewareHandler<{ Bindings: HttpBindings }>;
}

const MAX_REQUESTS = 10_000;

export function createFaults(base: string): Faults {
  const requests: RecordedRequest[] = [];
  let rule: FaultRule | null = null;

  return {
    requests,
    setFault: (given) => (rule = given),
    async middleware(context, next) {
      const { method } = context.req;
      const { pathname, search, searchParams: query } = new URL(context.req.url);
      const path = pathname.slice(base.length);
      const token = givenToken(context);
      requests.push({ line: `${method} ${path}${search}`, token });
      if (requests.length > MAX_REQUESTS) requests.shift();
      const fault = rule?.({ method, path, query, token });
      if (fault?.reset === true) context.env.incoming.destroy();
      if (fault?.hold !== undefined) await fault.hold;
      if (fault?.status === undefined) return next();
      return new Response(fault.body ?? '', {
        status: fault.status,
        headers: { 'content-type': 'application/json', ...fault.headers },
      });
    },
  };
}

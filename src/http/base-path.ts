// The path below which readers reach us, where a proxy passes it on. One that strips it needs nothing: the addresses on our pages are relative.
import type { MiddlewareHandler } from 'hono';
import { getPath } from 'hono/utils/url';

export interface BasePath {
  /** The path of a request without it. */
  readonly getPath: (request: Request) => string;
  /** Its slash at the end, where that is missing: relative addresses would lead to what is beside it. */
  readonly addSlash: MiddlewareHandler;
}

/** Of a public address without a slash at the end; null: none is known. */
export function createBasePath(publicUrl: string | null): BasePath {
  const address = new URL(`${publicUrl ?? 'http://localhost'}/`);
  // As requests are read: with the same letters decoded.
  const base = getPath(new Request(address)).slice(0, -1);
  return {
    getPath: (request) => {
      const path = getPath(request);
      return path.startsWith(`${base}/`) ? path.slice(base.length) : path;
    },
    addSlash: async (context, next) => {
      if (base === '' || context.req.path !== base) return next();
      return context.redirect(`${address.pathname}${new URL(context.req.url).search}`, 308);
    },
  };
}

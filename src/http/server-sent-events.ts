// Notifies open pages of changes, by server-sent events. They then request the page again.
import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

export interface Changes {
  /** Calls back at each change, until what it returns is called. */
  subscribe(listener: () => void): () => void;
  /** Something that a page shows has changed. */
  notify(): void;
}

export function createChanges(): Changes {
  const listeners = new Set<() => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notify() {
      for (const listener of listeners) listener();
    },
  };
}

/** Each is a connection that stays open: more than these are somebody's mistake, or attack. */
const MAX_LISTENERS = 50;
/** Proxies end what is silent for a minute. ms. */
const KEEP_ALIVE = 25_000;

export function addLive(app: Hono, { subscribe }: Changes): void {
  let open = 0;
  app.get('/live', (context) => {
    if (open >= MAX_LISTENERS) return context.text('too many open pages\n', 503, { 'retry-after': '60' });
    // hono answers HEAD as GET without its body: a stream that nobody reads, and that nobody ends.
    if (context.req.method === 'HEAD') return context.body(null, 200, { 'content-type': 'text/event-stream' });
    open += 1;
    return streamSSE(context, async (stream) => {
      const send = (event: string) => {
        void stream.writeSSE({ event, data: '' });
      };
      const unsubscribe = subscribe(() => {
        send('changed');
      });
      const keepAlive = setInterval(() => {
        send('still');
      }, KEEP_ALIVE);
      await new Promise<void>((resolve) => {
        stream.onAbort(resolve);
      });
      clearInterval(keepAlive);
      unsubscribe();
      open -= 1;
    });
  });
}

// The heartbeat: somebody else notices when it stops (healthchecks and the like).
import type { Sent } from './channel.ts';
import { type HttpOptions, sendHttp } from './http.ts';

export interface Heartbeat {
  send(): Promise<Sent>;
}

export function createHeartbeat(options: HttpOptions): Heartbeat {
  return { send: () => sendHttp({ timeout: 10_000, ...options }, { body: null }) };
}

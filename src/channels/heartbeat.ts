// The heartbeat: somebody else notices when it stops (healthchecks and the like).
import type { Sent } from './channel.ts';
import { type HttpChannelOptions, sendHttp } from './http.ts';

export interface Heartbeat {
  send(): Promise<Sent>;
}

export function createHeartbeat(options: HttpChannelOptions): Heartbeat {
  return { send: () => sendHttp({ timeout: 10_000, ...options }, { body: null }) };
}

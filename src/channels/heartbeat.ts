// The heartbeat: a request to a service such as healthchecks, which raises the alarm when the requests stop.
import type { Sent } from './channel.ts';
import { type HttpChannelOptions, sendHttp } from './http.ts';

export interface Heartbeat {
  send(): Promise<Sent>;
}

export function createHeartbeat(options: HttpChannelOptions): Heartbeat {
  return { send: () => sendHttp({ timeout: 10_000, ...options }, { body: null }) };
}

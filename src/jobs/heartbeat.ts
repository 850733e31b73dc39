// The heartbeat after a good poll: one at a time, nobody waits for it, and it is said once when it is not heard.
import type { Heartbeat } from '../channels/heartbeat.ts';
import type { Log } from '../log.ts';

export interface HeartbeatOptions {
  /** null: there is none. */
  readonly heartbeat: Heartbeat | null;
  readonly log: Log;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  /** How far apart two must be, ms. */
  readonly apart: () => number;
}

export function createHeartbeatJob({ heartbeat, log, monotonic, apart }: HeartbeatOptions): () => void {
  let wasHeard = true;
  let isBeating = false;
  let lastAt = Number.NEGATIVE_INFINITY;

  async function beat(to: Heartbeat): Promise<void> {
    const sent = await to.send();
    const isHeard = sent.result === 'delivered';
    if (!isHeard && wasHeard) log.warn({ reason: sent.reason }, 'HEARTBEAT_URL does not accept the heartbeat');
    if (isHeard && !wasHeard) log.info({}, 'HEARTBEAT_URL accepts the heartbeat again');
    wasHeard = isHeard;
  }

  return () => {
    if (heartbeat === null || isBeating || monotonic() - lastAt < apart()) return;
    isBeating = true;
    lastAt = monotonic();
    void beat(heartbeat).finally(() => (isBeating = false));
  };
}

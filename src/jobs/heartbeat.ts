// The heartbeat after a good poll: one at a time, nobody waits for it, and it is said once when it is not heard.
import type { Heartbeat } from '../channels/heartbeat.ts';
import type { Log } from '../log.ts';

/** `heartbeat` null: there is none. */
export function createHeartbeatJob(heartbeat: Heartbeat | null, log: Log): () => void {
  let wasHeard = true;
  let isBeating = false;

  async function beat(to: Heartbeat): Promise<void> {
    const sent = await to.send();
    const isHeard = sent.result === 'delivered';
    if (!isHeard && wasHeard) log.warn({ reason: sent.reason }, 'HEARTBEAT_URL does not accept the heartbeat');
    if (isHeard && !wasHeard) log.info({}, 'HEARTBEAT_URL accepts the heartbeat again');
    wasHeard = isHeard;
  }

  return () => {
    if (heartbeat === null || isBeating) return;
    isBeating = true;
    void beat(heartbeat).finally(() => (isBeating = false));
  };
}

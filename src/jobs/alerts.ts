// Sends Alertmanager what is failed, stuck or unreachable now, again and again: it forgets alerts that are not repeated.
import { alertsOf } from '../domain/notify/alerts.ts';
import { guiOf } from '../domain/text/links.ts';
import type { AlertmanagerSender } from '../channels/alertmanager.ts';
import type { Log } from '../log.ts';
import { createRepeats } from './log-repeats.ts';
import type { LastPolls } from './last-poll.ts';
import type { DeliveryOutcome } from './delivery.ts';

export interface AlertsOptions {
  readonly alertmanager: AlertmanagerSender;
  /** The API base. */
  readonly deployment: string;
  /** Its name where several accounts are watched; null: it is the only one. */
  readonly account: () => string | null;
  readonly latest: () => LastPolls | null;
  readonly log: Log;
  readonly clock: () => number;
  readonly onDelivery: (outcome: DeliveryOutcome) => void;
}

export function createAlerts({ alertmanager, deployment, account, latest, log, clock, onDelivery }: AlertsOptions) {
  const refused = createRepeats(log);
  return {
    async runOnce(now: number): Promise<void> {
      const polled = latest();
      if (polled === null) return;
      const { any, good } = polled;
      const about = {
        deployment,
        account: account(),
        gui: guiOf(deployment),
        names: good?.names ?? new Map<string, string>(),
      };
      const alerts = alertsOf({ ...about, snapshot: good?.snapshot ?? null, health: any.health, now });
      const startedAt = clock();
      const sent = await alertmanager.send(alerts, now);
      const result = sent.result === 'delivered' ? 'delivered' : 'retried';
      onDelivery({ channel: 'alertmanager', result, milliseconds: clock() - startedAt });
      if (sent.result === 'delivered') refused.end({}, 'Alertmanager accepts the alerts again', now);
      else refused.say('warn', { reason: sent.reason }, 'Alertmanager does not accept the alerts', now);
    },
  };
}

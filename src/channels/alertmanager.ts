// Alerts to Prometheus's Alertmanager by its API v2. What is so is sent with an end ahead, so that alerts end by themselves when nobody
// repeats them any more (https://prometheus.io/docs/alerting/latest/clients/).
import { type Alert, type FiringAlert, alertsToSend } from '../domain/notify/alerts.ts';
import { MINUTE } from '../domain/text/durations.ts';
import type { Sent } from './channel.ts';
import { type HttpChannelOptions, sendHttp } from './http.ts';

export interface AlertmanagerSender {
  /** Sends the current alerts, and those of before as resolved. `now`: ms. */
  send(alerts: readonly Alert[], now: number): Promise<Sent>;
  /** An alert that ends by itself within a minute. */
  test(now: number): Promise<Sent>;
}

const RESOLVE_AFTER = 10 * MINUTE;
const BATCH_SIZE = 500;

/** `url`: where Alertmanager is, with its path prefix if it has one. */
export function createAlertmanager(options: HttpChannelOptions): AlertmanagerSender {
  const address = { ...options, url: `${options.url.replace(/\/+$/, '')}/api/v2/alerts` };
  let sent: readonly FiringAlert[] = [];

  async function post(alerts: readonly unknown[]): Promise<Sent> {
    let worst: Sent = { result: 'delivered' };
    for (let from = 0; from < alerts.length; from += BATCH_SIZE) {
      const body = JSON.stringify(alerts.slice(from, from + BATCH_SIZE));
      const sent = await sendHttp(address, { body, headers: { 'content-type': 'application/json' } });
      // One that is refused says nothing of the others; one without an answer does.
      if (sent.result === 'retry') return sent;
      if (sent.result === 'rejected') worst = sent;
    }
    return worst;
  }

  return {
    async send(alerts, now) {
      sent = alertsToSend(sent, alerts, now);
      return post(sent.map(({ alert, endedAt }) => wire(alert, endedAt ?? now + RESOLVE_AFTER)));
    },
    test: (now) => {
      const labels = { alertname: 'NomadUploadMonitorTest', severity: 'none' };
      const annotations = { summary: 'Test: alerts of the upload monitor arrive here' };
      return post([wire({ labels, annotations, startsAt: now, link: null }, now + MINUTE)]);
    },
  };
}

function wire({ labels, annotations, startsAt, link }: Alert, endsAt: number) {
  return {
    labels,
    annotations,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...(link !== null && { generatorURL: link }),
  };
}

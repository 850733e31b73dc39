// What is wrong now, as alerts for Prometheus's Alertmanager. Alerts are states, not events: each is sent again and again while it is so,
// and ended when it is over. Pure. A label is an alert's identity, so nothing that can change (a name, a reason) is one.
import type { Health } from '../nomad/health.ts';
import { failedText, uploadFailureOf } from '../failure.ts';
import { MINUTE } from '../text/durations.ts';
import { uploadLink } from '../text/links.ts';
import { conditionsOf } from '../report/conditions.ts';
import { oneLine, spanText } from '../text/one-line.ts';
import { type Snapshot, type TrackedUpload, titleOf } from '../upload.ts';

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ms. */
  readonly startsAt: number;
  /** Where to look; null: nowhere. */
  readonly link: string | null;
}

export interface AlertsInput {
  /** null: no poll was good yet. */
  readonly snapshot: Snapshot | null;
  readonly health: Health;
  /** Names of users by id, as far as known. */
  readonly names: ReadonlyMap<string, string>;
  /** Base of NOMAD's GUI. */
  readonly gui: string;
  readonly deployment: string;
  /** Where several are watched: how NOMAD treats one says nothing of the others. null: it is the only one. */
  readonly account: string | null;
  /** ms. */
  readonly now: number;
}

export function alertsOf({ snapshot, health, names, gui, deployment, account, now }: AlertsInput): readonly Alert[] {
  const uploads = [...(snapshot?.uploads.values() ?? [])].flatMap((watched) => {
    const alert = uploadAlert(watched, names, gui, deployment);
    // While all of NOMAD's processing stands still, one alert says so in place of one for each.
    const isInPlace = (health.stall?.told ?? null) !== null && alert?.labels['alertname'] === 'NomadUploadStuck';
    return alert === null || isInPlace ? [] : [alert];
  });
  // NOMAD's clock may be ahead of ours: Alertmanager refuses an alert that ends before it begins.
  const whose = { deployment, ...(account !== null && { account }) };
  return [...nomadAlerts(health, whose, now), ...uploads].map((alert) => ({
    ...alert,
    startsAt: Math.min(alert.startsAt, now),
  }));
}

/** Failures from before the first poll are old news; they were counted in its summary. */
function uploadAlert(
  watched: TrackedUpload,
  names: ReadonlyMap<string, string>,
  gui: string,
  deployment: string,
): Alert | null {
  const { upload, changedAt, statusSince, progress, failure } = watched;
  const conditions = conditionsOf(watched);
  const isFailed = conditions.includes('failed') && changedAt !== null;
  if (!isFailed && !conditions.includes('stuck')) return null;
  const title = titleOf(upload, 100);
  const why = isFailed ? failedText(failure ?? uploadFailureOf(upload)) : upload.message;
  return {
    labels: {
      alertname: isFailed ? 'NomadUploadFailed' : 'NomadUploadStuck',
      severity: 'warning',
      deployment,
      upload_id: upload.id,
    },
    annotations: {
      summary: `${title} ${isFailed ? 'failed' : 'is stuck'}`,
      description: oneLine(why ?? 'NOMAD gives no reason', 500),
      upload_name: title,
      author: oneLine(names.get(upload.mainAuthor) ?? upload.mainAuthor, 100),
    },
    startsAt: isFailed ? (failure?.since ?? statusSince) : (progress?.since ?? statusSince),
    link: uploadLink(gui, upload.id),
  };
}

function nomadAlerts({ failing, refused, stall }: Health, whose: Alert['labels'], now: number): readonly Alert[] {
  const of = (alertname: string, summary: string, description: string, startsAt: number): Alert => ({
    labels: { alertname, severity: 'critical', ...whose },
    annotations: { summary, description },
    startsAt,
    link: null,
  });
  return [
    ...(failing?.told === true
      ? [
          of(
            'NomadUnreachable',
            `NOMAD has been unreachable for ${spanText(now - failing.since)}`,
            oneLine(failing.problem, 500),
            failing.since,
          ),
        ]
      : []),
    ...(failing === null && stall !== undefined && stall.told !== null
      ? [
          of(
            'NomadProcessingStalled',
            'NOMAD is not processing uploads',
            `${stall.told.waiting === 1 ? '1 upload waits' : `${stall.told.waiting} uploads wait`} for a worker, and nothing is making progress.`,
            stall.told.since,
          ),
        ]
      : []),
    ...(refused?.told === true
      ? [
          of(
            'NomadLoginRefused',
            'NOMAD refuses the login',
            'Nothing is known about the uploads until this is fixed.',
            refused.since,
          ),
        ]
      : []),
  ];
}

export interface FiringAlert {
  readonly alert: Alert;
  /** null: it is so. ms. */
  readonly endedAt: number | null;
}

/** An alert that is over is sent as resolved for this long, so that an Alertmanager that was away gets it too. */
const RESENT_AFTER_END = 15 * MINUTE;

/** What to send: the current alerts, and those sent before that are over. `sentBefore`: the result of the last time. */
export function alertsToSend(
  sentBefore: readonly FiringAlert[],
  current: readonly Alert[],
  now: number,
): readonly FiringAlert[] {
  const keys = new Set(current.map(keyOf));
  const over = sentBefore
    .filter(({ alert }) => !keys.has(keyOf(alert)))
    .map(({ alert, endedAt }) => ({ alert, endedAt: endedAt ?? Math.max(now, alert.startsAt) }))
    .filter(({ endedAt }) => now - endedAt <= RESENT_AFTER_END);
  return [...current.map((alert) => ({ alert, endedAt: null })), ...over];
}

function keyOf({ labels }: Alert): string {
  return JSON.stringify(Object.entries(labels).sort());
}

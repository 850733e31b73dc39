// The gauges of one account: uploads, polls, the token in use. All instances on one state have them in common, and only the leader publishes
// them, so that nothing is counted twice; a standby has no such series.
import { Gauge, type Registry } from 'prom-client';
import type { Token } from '../domain/nomad/token-policy.ts';
import type { Overview } from '../domain/report/conditions.ts';
import { describing } from './registry.ts';

interface PolledGauges {
  readonly isGood: boolean;
  /** NOMAD is known to process nothing. */
  readonly isStalled: boolean;
  /** ms since the epoch. */
  readonly endedAt: number;
}

export interface AccountGauges {
  setPoll(poll: PolledGauges): void;
  setUploads(overview: Pick<Overview, 'byStatus' | 'byCondition'>): void;
  /** Kept, and published while this instance leads: a token outlives the lead. */
  setToken(token: Token): void;
  /** All as at a start. */
  begin(): void;
  remove(): void;
}

const STALLED = 'Whether uploads wait for a worker of NOMAD and none makes progress, for 10 minutes.';

export function createAccountGauges(registry: Registry): AccountGauges {
  const in_ = describing(registry);
  const up = new Gauge(in_('nomad_up', 'Whether the last poll returned a complete listing.'));
  const stalled = new Gauge(in_('nomad_processing_stalled', STALLED));
  const uploads = new Gauge(in_('uploads', 'Uploads by process status.', ['process_status']));
  const conditions = new Gauge(
    in_('uploads_by_condition', 'Uploads by condition; one upload can be in several.', ['condition']),
  );
  const lastPoll = new Gauge(in_('last_poll_timestamp_seconds', 'When the last poll ended.'));
  const lastGoodPoll = new Gauge(
    in_('last_successful_poll_timestamp_seconds', 'When the last poll that returned a complete listing ended.'),
  );
  const tokenExpiry = new Gauge(in_('token_expiry_timestamp_seconds', 'When the token in use expires, by our clock.'));
  const plain = [up, stalled, lastPoll, lastGoodPoll, tokenExpiry];
  const labelled = [uploads, conditions];
  let isPublished = true;
  let token: Token | null = null;

  function showToken(): void {
    if (token === null) return;
    if (token.expiresAt === null) tokenExpiry.remove();
    else tokenExpiry.set(token.expiresAt / 1000);
  }

  return {
    setPoll({ isGood, isStalled, endedAt }) {
      up.set(isGood ? 1 : 0);
      stalled.set(isStalled ? 1 : 0);
      lastPoll.set(endedAt / 1000);
      if (isGood) lastGoodPoll.set(endedAt / 1000);
    },
    setUploads({ byStatus, byCondition }) {
      for (const [process_status, count] of byStatus) uploads.set({ process_status }, count);
      for (const [condition, count] of byCondition) conditions.set({ condition }, count);
    },
    setToken(given) {
      token = given;
      if (isPublished) showToken();
    },
    begin() {
      isPublished = true;
      for (const gauge of [...plain, ...labelled]) gauge.reset();
      showToken();
    },
    remove() {
      isPublished = false;
      for (const gauge of labelled) gauge.reset();
      // One without labels would begin anew at 0.
      for (const gauge of plain) gauge.remove();
    },
  };
}

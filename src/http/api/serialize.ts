// Values of the program in the form of the API: times as text, names with underscores. Pure.
import type { Event } from '../../domain/event.ts';
import { messageOf } from '../../domain/message/message.ts';
import type { Outcome } from '../../domain/wait/outcome.ts';
import type { Undelivered } from '../../store/operator.ts';
import type { ListedUpload, StatusView, UploadView } from '../../views/views.ts';
import type { OverviewView } from '../../views/overview.ts';
import type { AccountsJson, DeliveryJson, EventJson, StatusJson, UploadDetailJson, UploadJson } from './schemas.ts';

const iso = (time: number) => new Date(time).toISOString();

export function isoOrNull(time: number | null): string | null {
  return time === null ? null : iso(time);
}

export function uploadJson({ runs, since, conditions, errors, ...rest }: ListedUpload): UploadJson {
  return {
    ...rest,
    conditions: [...conditions],
    errors: [...errors],
    since: iso(since),
    runs: runs.map(({ result, time }) => ({ result, time: iso(time) })),
  };
}

export function eventJson({ time, before, after, ...rest }: Event): EventJson {
  const facts = (side: Event['before']) =>
    side === null ? null : { ...side, errors: [...side.errors], warnings: [...side.warnings] };
  return { ...rest, time: iso(time), before: facts(before), after: facts(after) };
}

export function accountsJson({ accounts }: OverviewView): AccountsJson {
  return {
    accounts: accounts.map(({ name, deployment, asOf, uploads, counts, trouble }) => ({
      name,
      nomad: deployment,
      as_of: isoOrNull(asOf),
      uploads,
      conditions: counts,
      trouble,
      api: `../../accounts/${encodeURIComponent(name)}/api/v1`,
    })),
  };
}

function outcomeJson(outcome: Outcome): UploadDetailJson['outcome'] {
  if (!outcome.ended) return { ended: false, result: null, reason: null, waits_for: outcome.waitsFor };
  return { ended: true, result: outcome.result, reason: outcome.reason, waits_for: null };
}

export function detailJson(
  { row, warnings, advice, report, events, receipts }: UploadView,
  outcome: Outcome,
): UploadDetailJson {
  return {
    upload: row === null ? null : uploadJson(row),
    outcome: outcomeJson(outcome),
    warnings: [...warnings],
    advice,
    report,
    events: events.map(eventJson),
    told: receipts.map(({ eventId, at, ...rest }) => ({ ...rest, event_id: eventId, at: iso(at) })),
  };
}

export function statusJson(status: StatusView): StatusJson {
  const { failing, pending, dead, held, noRecipient } = status;
  return {
    version: status.version,
    nomad: status.gui,
    as_of: isoOrNull(status.asOf),
    uploads: status.uploads,
    conditions: status.counts,
    polled_at: isoOrNull(status.polledAt),
    stands_by: status.standsBy,
    next_poll_at: isoOrNull(status.nextPollAt),
    failing: failing === null ? null : { since: iso(failing.since), problem: failing.problem, is_long: failing.isLong },
    login_refused_since: isoOrNull(status.refusedSince),
    processing_stalled_since: isoOrNull(status.stalledSince),
    entries_pending: status.notLookedAt,
    token_expires_at: isoOrNull(status.tokenExpiresAt),
    messages: { pending, dead, held, no_recipient: noRecipient },
  };
}

export function deliveryJson({ content, createdAt, dueAt, isBeingSent, ...rest }: Undelivered): DeliveryJson {
  return {
    ...rest,
    subject: messageOf(content).subject,
    created_at: iso(createdAt),
    due_at: isoOrNull(dueAt),
    is_being_sent: isBeingSent,
  };
}

/**
 * JSON can name half of a pair of surrogates, as NOMAD's text may hold one; many who read JSON end at it (RFC 8259, 8.2). It becomes U+FFFD.
 * JSON.stringify writes no other \\ud8xx to \\udfxx.
 */
export function wellFormed(json: string): string {
  return json.replaceAll(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\\ufffd');
}

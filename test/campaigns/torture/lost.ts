// What somebody should have heard of and never did. Pure.
import type { EventKind } from '../../../src/domain/event.ts';
import type { End, Truth } from '../../support/life.ts';
import type { Evidence, Violation } from './evidence.ts';
import { type Told, WELL, count, markerOf, read, timeOf, toldOf, violation } from './told.ts';

/** A message tells at most so much of the history of one upload. */
const MAX_HISTORY = 8;

export function lost(evidence: Evidence): readonly Violation[] {
  const { truths, listed, seen } = evidence;
  const told = toldOf(evidence);
  const has = (uploadId: string | null, ...kinds: readonly EventKind[]) =>
    told.some((each) => each.uploadId === uploadId && kinds.includes(each.kind));
  const hasEnd = (uploadId: string, end: End, ...kinds: readonly EventKind[]) =>
    told.some(
      (each) => each.uploadId === uploadId && kinds.includes(each.kind) && each.details['complete_time'] === end.at,
    );
  const missing: string[] = has(null, 'monitor.baseline') ? [] : ['the baseline'];
  for (const [id, truth] of truths) {
    const last = truth.ends.at(-1);
    const now = listed.get(id);
    const isOwed = last !== undefined && now?.showsLast === true && last.at > newsFrom(evidence, truth);
    const owed = truth.ends.filter(
      ({ at }) => (seen.has(at) && at > evidence.baselineBy) || (isOwed && at === last.at),
    );
    for (const end of owed) {
      const kinds = kindsOf(end);
      if (kinds.length > 0 && !hasEnd(id, end, ...kinds)) missing.push(`${id} ${end.result} at ${end.at}`);
    }
    if (isOwed && last.result === 'succeeded' && now.process === 'process_upload') {
      if (last.failing > 0 && !hasEnd(id, last, 'upload.entries_failed')) missing.push(`failed entries of ${id}`);
      if (last.entries === 0 && !hasEnd(id, last, 'upload.empty')) missing.push(`${id} is empty`);
    }
    const isNew = timeOf(truth, 'create') > evidence.baselineBy;
    if (isNew && now !== undefined && !has(id, 'upload.created')) missing.push(`${id} was created`);
    if (now === undefined && has(id, 'upload.created') && !has(id, 'upload.deleted', 'upload.unshared'))
      missing.push(`${id} is gone`);
    const isLate = timeOf(truth, 'publish') > evidence.baselineBy;
    // Of an upload that is new to the monitor, what was so from the first is not told.
    const wasKnown = !has(id, 'upload.created') && count(truth, 'unshare') === 0 && now !== undefined;
    if (wasKnown && isLate && !has(id, 'upload.published')) missing.push(`${id} was published`);
  }
  return missing.map((what) => ({ promise: 'lost', what: `the webhook never heard: ${what}` }));
}

/** Snapshot and events are committed together: what a crash left remembered and not found will never be told. */
export function lostInCrashes({ truths, crashes, baselineBy }: Evidence): readonly Violation[] {
  const ends = [...truths.values()].flatMap((truth) => truth.ends);
  const real = new Set(ends.filter((end) => kindsOf(end).length > 0).map(({ at }) => at));
  return crashes.flatMap(({ remembered, found }) =>
    remembered
      .filter((at) => real.has(at) && at > baselineBy && !found.has(at))
      .map((at) => violation('lost', `a killed process left a snapshot with the end at ${at}, and no event of it`)),
  );
}

/** As what it is told, any of them; none: it is not told by itself. An upload without entries that had failed is told as empty alone. */
function kindsOf({ result, process, entries }: End): readonly EventKind[] {
  if (result === 'failed') return ['upload.failed'];
  if (process === 'publish_upload') return [];
  if (process === 'edit_upload_metadata') return ['upload.edited'];
  return entries === 0 ? [...WELL, 'upload.empty'] : WELL;
}

/** What ended before is not owed: it may be part of the baseline, or of the past of an upload that was shared anew. */
function newsFrom({ baselineBy }: Evidence, truth: Truth): number {
  return Math.max(baselineBy, ...truth.did.filter(({ does }) => does === 'share').map(({ at }) => at));
}

/** A failure that the webhook heard of is in a mail to each recipient: its error is found in the text, whatever the state says. */
export function lostInMails(evidence: Evidence): readonly Violation[] {
  const {
    recipients,
    mails,
    posts,
    refused,
    state: { deliveries, events },
  } = evidence;
  const failures = posts.map(read).filter(({ event }) => event.kind === 'upload.failed');
  const uploadOf = new Map(events.map(({ id, upload }) => [id, upload?.id]));
  return recipients.flatMap((recipient) => {
    const texts = mails.filter((mail) => mail.recipient === recipient).map(({ body }) => body);
    const own = deliveries.filter((each) => each.channel === 'mail' && each.recipient === recipient);
    const isExcused = ({ id, uploadId }: Told) => {
      const carrier = own.find(({ eventIds }) => eventIds.includes(id));
      const alike = carrier?.eventIds.filter((each) => uploadOf.get(each) === uploadId) ?? [];
      return carrier !== undefined && (refused.has(carrier.id) || alike.length > MAX_HISTORY);
    };
    return failures
      .filter(({ event }) => !texts.some((text) => text.includes(markerOf(event))) && !isExcused(event))
      .map(({ event }) => violation('lost', `${recipient} never read of ${event.uploadId ?? ''} ${markerOf(event)}`));
  });
}

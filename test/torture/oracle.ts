// The judge: from the truth and from what arrived, what was lost, told twice, or told without being so. Pure; believes nothing that the
// monitor says of itself, but for the state, which is held against what arrived.
import type { Event, EventKind } from '../../src/domain/events.ts';
import { type Action, type End, type Truth, errorOf } from '../support/life.ts';
import type { Evidence, Mail, Taken, Violation } from './evidence.ts';

/** A process that was killed may have sent its last bytes a moment before they are read, ms. */
const LATE = 1500;
/** A message tells at most so much of the history of one upload. */
const MOST_HISTORY = 8;

export function judge(evidence: Evidence): readonly Violation[] {
  if (evidence.unrest !== null) return [{ promise: 'lost', what: `it did not come to rest: ${evidence.unrest}` }];
  const told = toldOf(evidence);
  return [
    ...lost(evidence, told),
    ...lostInMails(evidence),
    ...twice(evidence),
    ...untrue(evidence, told),
    ...outOfOrder(evidence),
    ...state(evidence),
  ];
}

interface Posted extends Taken {
  readonly event: Told;
}

/** What a webhook's body says. */
type Told = Pick<Event, 'id' | 'kind' | 'details'> & { readonly uploadId: string | null };

/** Every event that reached the webhook, once, in the order of the first arrival. */
function arrivedOf({ posts }: Evidence): readonly Told[] {
  const arrived = new Map<string, Told>();
  for (const { event } of posts.map(read)) if (!arrived.has(event.id)) arrived.set(event.id, event);
  return [...arrived.values()];
}

/** The same and what the webhook refused for good, which nobody but the state knows. */
function toldOf(evidence: Evidence): readonly Told[] {
  const { deliveries, events } = evidence.state;
  const arrived = arrivedOf(evidence);
  const lost = deliveries.filter(({ id, channel }) => channel === 'webhook' && evidence.refused.has(id));
  const known = new Set(arrived.map(({ id }) => id));
  const refused = events.filter(({ id }) => !known.has(id) && lost.some(({ eventIds }) => eventIds.includes(id)));
  return [...arrived, ...refused.map((event) => ({ ...event, uploadId: event.upload?.id ?? null }))];
}

export function read(post: Taken): Posted {
  const body = JSON.parse(post.body) as { id: string; data: Pick<Event, 'kind' | 'upload' | 'details'> };
  const { kind, upload, details } = body.data;
  return { ...post, event: { id: body.id, kind, details, uploadId: upload?.id ?? null } };
}

function lost(evidence: Evidence, told: readonly Told[]): readonly Violation[] {
  const { truths, listed, seen } = evidence;
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
      const kinds = end.result === 'failed' ? (['upload.failed'] as const) : WELL;
      if (!hasEnd(id, end, ...kinds)) missing.push(`${id} ${end.result} at ${end.at}`);
    }
    if (isOwed && last.result === 'succeeded' && now?.process === 'process_upload') {
      if (last.failing > 0 && !hasEnd(id, last, 'upload.entries_failed')) missing.push(`failed entries of ${id}`);
      if (last.entries === 0 && !hasEnd(id, last, 'upload.empty')) missing.push(`${id} is empty`);
    }
    const isNew = timeOf(truth, 'create') > evidence.baselineBy;
    if (isNew && now !== undefined && !has(id, 'upload.created')) missing.push(`${id} was created`);
    if (now === undefined && has(id, 'upload.created') && !has(id, 'upload.deleted', 'upload.unshared'))
      missing.push(`${id} is gone`);
    const isLate = timeOf(truth, 'publish') > evidence.baselineBy;
    if (!isNew && isLate && now !== undefined && count(truth, 'unshare') === 0 && !has(id, 'upload.published'))
      missing.push(`${id} was published`);
  }
  return missing.map((what) => ({ promise: 'lost', what: `the webhook never heard: ${what}` }));
}

const WELL = ['upload.succeeded', 'upload.recovered'] as const;

/** What ended before is not owed: it may be part of the baseline, or of the past of an upload that was shared anew. */
function newsFrom({ baselineBy }: Evidence, truth: Truth): number {
  return Math.max(baselineBy, ...truth.did.filter(({ does }) => does === 'share').map(({ at }) => at));
}

function timeOf({ did }: Truth, action: Action): number {
  return did.find(({ does }) => does === action)?.at ?? 0;
}

function count({ did }: Truth, ...actions: readonly Action[]): number {
  return did.filter(({ does }) => actions.includes(does)).length;
}

/** A failure that the webhook heard of is in a mail to each recipient: its error is found in the text, whatever the state says. */
function lostInMails(evidence: Evidence): readonly Violation[] {
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
      return carrier !== undefined && (refused.has(carrier.id) || alike.length > MOST_HISTORY);
    };
    return failures
      .filter(({ event }) => !texts.some((text) => text.includes(markerOf(event))) && !isExcused(event))
      .map(({ event }) => violation('lost', `${recipient} never read of ${event.uploadId ?? ''} ${markerOf(event)}`));
  });
}

function markerOf({ details }: Told): string {
  return errorOf(Number(details['complete_time']));
}

function violation(promise: Violation['promise'], what: string): Violation {
  return { promise, what };
}

function twice({ posts, mails, kills, denied, recipients }: Evidence): readonly Violation[] {
  const repeated = [...posts.map((each) => ({ ...each, recipient: 'the webhook' })), ...mails];
  const lanes = Map.groupBy(repeated, ({ recipient, id }) => `${recipient} ${id}`);
  const needless = [...lanes].flatMap(([lane, copies]) =>
    copies.slice(1).flatMap((copy, index) => {
      const before = copies[index];
      if (before === undefined) return [];
      if (copy.body !== before.body) return [violation('twice', `${lane} says something else the second time`)];
      const isExcused = denied.has(copy.id) || kills.some((at) => at >= before.at - LATE && at <= copy.at);
      return isExcused ? [] : [violation('twice', `${lane} again, and nobody was killed`)];
    }),
  );
  const ids = Map.groupBy(posts.map(read), ({ event }) => nameOf(event));
  const events = [...ids]
    .filter(([, each]) => new Set(each.map(({ id }) => id)).size > 1)
    .map(([name]) => violation('twice', `the webhook heard ${name} under two ids`));
  return [...needless, ...events, ...recipients.flatMap((recipient) => twiceInMails(mails, recipient))];
}

/** What names a thing that happens once; what can happen again is named by its event. */
function nameOf({ id, kind, uploadId, details }: Told): string {
  const at = details['complete_time'];
  if (at !== undefined) return `${uploadId ?? ''} ${kind} ${String(at)}`;
  return kind === 'monitor.baseline' || kind === 'upload.published' ? `${uploadId ?? ''} ${kind}` : id;
}

function twiceInMails(mails: readonly Mail[], recipient: string): readonly Violation[] {
  const ids = new Map<string, Set<string>>();
  for (const mail of mails) {
    if (mail.recipient !== recipient) continue;
    for (const [marker] of mail.body.matchAll(/\bE-\d+/g)) {
      const known = ids.get(marker) ?? new Set();
      ids.set(marker, known.add(mail.id));
    }
  }
  return [...ids]
    .filter(([, each]) => each.size > 1)
    .map(([marker, each]) => violation('twice', `${recipient} read ${marker} in ${each.size} mails`));
}

function untrue({ truths, mails }: Evidence, told: readonly Told[]): readonly Violation[] {
  const counts = Map.groupBy(told, ({ uploadId, kind }) => `${uploadId ?? ''} ${kind}`);
  const events = told.filter((each) => {
    const truth = each.uploadId === null ? null : (truths.get(each.uploadId) ?? null);
    const times = counts.get(`${each.uploadId ?? ''} ${each.kind}`)?.length ?? 0;
    return !(truth === null ? each.kind === 'monitor.baseline' && times === 1 : isSo(each, truth, times));
  });
  const failed = new Set(
    [...truths.values()].flatMap(({ ends }) => ends.filter(isFailure)).map(({ at }) => errorOf(at)),
  );
  const markers = mails.flatMap(({ body }) => [...body.matchAll(/\bE-\d+/g)].map(([marker]) => marker));
  return [
    ...events.map((each) =>
      violation('false', `${each.uploadId ?? 'NOMAD'}: ${each.kind} ${JSON.stringify(each.details)}`),
    ),
    ...markers.filter((marker) => !failed.has(marker)).map((marker) => violation('false', `a mail tells ${marker}`)),
  ];
}

const isFailure = ({ result }: End) => result === 'failed';

/** Whether an event of an upload is true; `times`: how often its kind was told of it. */
function isSo({ kind, details }: Told, truth: Truth, times: number): boolean {
  const end = truth.ends.find(({ at }) => at === details['complete_time']);
  const did = (...actions: readonly Action[]) => count(truth, ...actions);
  switch (kind) {
    case 'upload.failed':
      return end?.result === 'failed';
    case 'upload.succeeded':
      return end?.result === 'succeeded';
    case 'upload.recovered':
      return end?.result === 'succeeded' && truth.ends.some((each) => isFailure(each) && each.at < end.at);
    case 'upload.entries_failed':
      return end?.failing === details['failed'];
    case 'upload.empty':
      return end?.result === 'succeeded' && end.entries === 0;
    case 'upload.created':
      return times <= 1 + did('share');
    case 'upload.started':
      return times <= did('start', 'write half of the end', 'fail quickly', 'succeed quickly') + did('share');
    case 'upload.reset':
      return times <= did('reset');
    case 'upload.published':
      return did('publish') > 0;
    case 'upload.deleted':
      return did('delete') > 0 && times === 1;
    case 'upload.unshared':
      return times <= did('unshare');
    case 'upload.warnings_changed':
      return times <= did('warn');
    default:
      return false;
  }
}

function outOfOrder(evidence: Evidence): readonly Violation[] {
  const ends = arrivedOf(evidence).filter(({ kind }) => kind === 'upload.failed' || WELL.some((each) => each === kind));
  return [...Map.groupBy(ends, ({ uploadId }) => uploadId)].flatMap(([id, of]) => {
    const times = of.map(({ details }) => Number(details['complete_time']));
    return times.every((at, index) => at > (times[index - 1] ?? 0))
      ? []
      : [violation('false', `the runs of ${id ?? ''} were told out of order`)];
  });
}

/** The state is whole, nothing waits in it, and what it says of deliveries is what the other side saw. */
function state({
  state: { integrity, unfinished, deliveries, events },
  recipients,
  ...arrived
}: Evidence): readonly Violation[] {
  const taken = new Set([...arrived.mails, ...arrived.posts].map(({ id }) => id));
  const known = new Set(deliveries.map(({ id }) => id));
  const problems = [
    ...(integrity === 'ok' ? [] : [`integrity: ${integrity}`]),
    ...(unfinished === 0 ? [] : [`${unfinished} things still wait`]),
    ...deliveries
      .filter(({ id, state: as }) => as === 'delivered' && !taken.has(id))
      .map(({ id }) => `${id} never arrived`),
    ...deliveries
      .filter(
        ({ id, state: as, reason }) =>
          (as === 'dead') !== arrived.refused.has(id) || (as === 'dead' && reason === null),
      )
      .map(({ id, state: as, reason }) => `${id} is ${as}: ${reason ?? 'no reason'}`),
    ...[...taken].filter((id) => !known.has(id)).map((id) => `${id} arrived and is not known`),
    ...events
      .filter(({ id }) => deliveries.filter(({ eventIds }) => eventIds.includes(id)).length !== recipients.length + 1)
      .map(({ id, kind }) => `${kind} ${id} is not on its way to each recipient`),
  ];
  return problems.map((what) => violation('state', what));
}

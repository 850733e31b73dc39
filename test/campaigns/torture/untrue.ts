// What was told and is not so, or not in this order. Pure.
import { type Action, type End, type Truth, errorOf } from '../../support/life.ts';
import type { Evidence, Violation } from './evidence.ts';
import { type Told, WELL, arrivedOf, count, toldOf, violation } from './told.ts';

export function untrue(evidence: Evidence): readonly Violation[] {
  const { truths, mails } = evidence;
  const told = toldOf(evidence);
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
    case 'upload.edited':
      return times <= did('queue for editing');
    case 'upload.stopped':
      return times <= did('stop');
    case 'upload.empty':
      return end?.result === 'succeeded' && end.entries === 0;
    case 'upload.created':
      return times <= 1 + did('share');
    case 'upload.started':
      return times <= did('start', 'write half of the end', 'fail quickly', 'succeed quickly') + did('share');
    case 'upload.reset':
      return times <= did('reset');
    case 'upload.published':
      return (
        did('publish') > 0 ||
        truth.ends.some(({ process, result }) => process === 'publish_upload' && result === 'succeeded')
      );
    case 'upload.deleted':
      return did('delete') > 0 && times === 1;
    case 'upload.unshared':
      return times <= did('unshare');
    case 'upload.warnings_changed':
      return times <= did('warn', 'reset');
    default:
      return false;
  }
}

export function outOfOrder(evidence: Evidence): readonly Violation[] {
  const ends = arrivedOf(evidence).filter(({ kind }) => kind === 'upload.failed' || WELL.some((each) => each === kind));
  return [...Map.groupBy(ends, ({ uploadId }) => uploadId)].flatMap(([id, of]) => {
    const times = of.map(({ details }) => Number(details['complete_time']));
    return times.every((at, index) => at > (times[index - 1] ?? 0))
      ? []
      : [violation('false', `the runs of ${id ?? ''} were told out of order`)];
  });
}

// What somebody heard twice: under two ids, or under the same without a reason. Pure.
import type { Evidence, Mail, Violation } from './evidence.ts';
import { type Told, read, violation } from './told.ts';

/** A process that was killed may have sent its last bytes a moment before they are read, ms. */
const LATE = 1500;

export function twice({ posts, mails, kills, denied, recipients }: Evidence): readonly Violation[] {
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
  if (typeof at === 'number') return `${uploadId ?? ''} ${kind} ${at}`;
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

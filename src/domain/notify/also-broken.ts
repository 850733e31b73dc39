// What is broken beside what a message is about, in numbers. Pure.
import type { Event } from '../event.ts';
import { CONDITIONS, type Condition, conditionsOf } from '../report/conditions.ts';
import { troubleText } from '../report/report.ts';
import { uploadLink } from '../text/links.ts';
import { type TrackedUpload, roleIn } from '../upload.ts';
import type { Content } from './delivery-content.ts';
import type { PollView } from './standing.ts';

/** An upload that needs somebody, as an event about it would be sent. */
export interface Broken extends Pick<Event, 'kind'> {
  readonly upload: NonNullable<Event['upload']>;
  readonly condition: Condition;
}

const BROKEN = ['failed', 'stuck', 'entries_failed', 'empty'] as const;

/** Each upload that needs somebody, by the worst that is wrong with it. */
export function brokenIn(view: PollView): readonly Broken[] {
  return [...view.snapshot.uploads.values()].flatMap((watched) => {
    const condition = BROKEN.find((each) => each === conditionsOf(watched)[0]);
    return condition === undefined
      ? []
      : [{ kind: `upload.${condition}` as const, condition, upload: uploadIn(view, watched) }];
  });
}

function uploadIn({ names, gui, userId }: PollView, { upload }: TrackedUpload): Broken['upload'] {
  return {
    id: upload.id,
    name: upload.name,
    link: uploadLink(gui, upload.id),
    author: names.get(upload.mainAuthor) ?? upload.mainAuthor,
    role: roleIn(upload, userId),
  };
}

/**
 * `3 failed, 1 stuck`; null: nothing. Of what the message lists nothing is counted, and of the rest only what the recipient is notified of:
 * `isFor`. Summaries list everything; the first message and a long reminder do not say by name all that they are about.
 */
export function alsoBroken(
  broken: readonly Broken[],
  content: Content,
  isFor: (each: Broken) => boolean,
): string | null {
  const listed = listedIn(content);
  if (listed === null) return null;
  const others = broken.filter((each) => !listed.has(each.upload.id) && isFor(each));
  const count = (condition: Condition) => others.filter((each) => each.condition === condition).length;
  return troubleText(Object.fromEntries(CONDITIONS.map((each) => [each, count(each)])) as Record<Condition, number>);
}

/** The uploads that a message is about; null: they are not to be told from the others, or it is about all. */
function listedIn(content: Content): ReadonlySet<string> | null {
  switch (content.kind) {
    case 'events':
      if (content.events.some(({ kind }) => kind === 'monitor.baseline')) return null;
      return new Set(content.events.flatMap(({ upload }) => upload?.id ?? []));
    case 'reminder':
      return content.more > 0 ? null : new Set(content.uploads.map(({ upload }) => upload.id));
    default:
      return null;
  }
}

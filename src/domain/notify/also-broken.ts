// What is broken beside what a message is about, in numbers. Pure.
import type { Event } from '../event.ts';
import { conditionsOf } from '../report/conditions.ts';
import { troubleText } from '../report/report.ts';
import { uploadLink } from '../text/links.ts';
import { type Snapshot, type TrackedUpload, roleIn } from '../upload.ts';
import type { Content } from './delivery-content.ts';
import type { PollView } from './standing.ts';

/** An upload that needs somebody, by the worst that is wrong with it. */
export interface Broken {
  readonly watched: TrackedUpload;
  readonly condition: 'failed' | 'stuck' | 'entries_failed' | 'empty';
}

const CONDITIONS: readonly Broken['condition'][] = ['failed', 'stuck', 'entries_failed', 'empty'];

export function brokenIn({ uploads }: Snapshot): readonly Broken[] {
  return [...uploads.values()].flatMap((watched) => {
    const [worst] = conditionsOf(watched);
    const condition = CONDITIONS.find((each) => each === worst);
    return condition === undefined ? [] : [{ watched, condition }];
  });
}

export interface AlsoBrokenInput extends Pick<PollView, 'names' | 'gui' | 'userId'> {
  readonly broken: readonly Broken[];
  readonly content: Content;
  /** Whether the recipient would be notified of it. */
  readonly isFor: (event: Pick<Event, 'kind' | 'upload'>) => boolean;
}

/**
 * `3 failed, 1 stuck`; null: nothing. What the message lists does not count, nor does what the recipient would not be notified of. Summaries
 * list everything; the first message and a long reminder do not say by name all that they are about.
 */
export function alsoBroken({ broken, content, isFor, ...view }: AlsoBrokenInput): string | null {
  const listed = listedIn(content);
  if (listed === null) return null;
  const counts = { failed: 0, stuck: 0, entries_failed: 0, empty: 0 };
  for (const { watched, condition } of broken) {
    if (listed.has(watched.upload.id)) continue;
    if (isFor({ kind: `upload.${condition}`, upload: uploadIn(view, watched) })) counts[condition] += 1;
  }
  return troubleText(counts);
}

function uploadIn(
  { names, gui, userId }: Pick<PollView, 'names' | 'gui' | 'userId'>,
  { upload }: TrackedUpload,
): Event['upload'] {
  return {
    id: upload.id,
    name: upload.name,
    link: uploadLink(gui, upload.id),
    author: names.get(upload.mainAuthor) ?? upload.mainAuthor,
    role: roleIn(upload, userId),
  };
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

// Whatever a message can be about: any events with hostile text wherever text can stand, reminders and summaries.
import fc from 'fast-check';
import type { Content, Standing } from '../../../src/domain/notify/delivery-content.ts';
import { EVENT_KINDS, type Event, type EventUpload, type UploadState } from '../../../src/domain/event.ts';
import { entryLink, uploadLink } from '../../../src/domain/text/links.ts';
import { WRONG } from '../../../src/domain/report/conditions.ts';
import { oneLine } from '../../../src/domain/text/one-line.ts';
import { PROCESS_STATUSES, ROLES } from '../../../src/domain/upload.ts';
import { T0 } from '../../support/builders.ts';
import { hostileText } from './text.ts';

export const GUI = 'https://nomad.example/prod/v1/gui';

const id = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019_-')), minLength: 1, maxLength: 64 });
const few = fc.string({ unit: fc.constantFrom(...Array.from('ab')), minLength: 1, maxLength: 2 });
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 4 });
const time = fc.nat(20_000).map((minutes) => T0 - minutes * 60_000);
const span = fc.oneof(fc.nat(100_000), fc.nat(10 ** 12));
const texts = fc.oneof(
  { weight: 5, arbitrary: fc.array(hostileText, { maxLength: 7 }) },
  { weight: 1, arbitrary: hostileText.map((text) => Array.from({ length: 100 }, () => text.slice(0, 2000))) },
);

const upload: fc.Arbitrary<EventUpload> = fc
  .record({
    id: fc.oneof(id, few),
    name: maybe(hostileText),
    author: hostileText,
    role: maybe(fc.constantFrom(...ROLES)),
    odd: fc.option(hostileText, { nil: null, freq: 8 }),
  })
  .map(({ odd, ...rest }) => ({ ...rest, link: odd ?? uploadLink(GUI, rest.id) }));

const facts: fc.Arbitrary<UploadState> = fc.record({
  status: fc.constantFrom(...PROCESS_STATUSES),
  process: maybe(hostileText),
  message: maybe(hostileText),
  errors: texts,
  warnings: texts,
  entries: fc.nat(100_000),
});

const failing = fc.record({
  entry_id: id,
  mainfile: hostileText,
  parser: hostileText,
  error: maybe(hostileText),
  link: fc.oneof(
    id.map((entry) => entryLink(GUI, 'u', entry)),
    hostileText,
  ),
});

const event: fc.Arbitrary<Event> = fc
  .record({
    kind: fc.constantFrom(...EVENT_KINDS),
    time,
    upload,
    before: maybe(facts),
    after: maybe(facts),
    failing: fc.array(failing, { maxLength: 5 }),
    numbers: fc.record({
      since: time,
      expires: time,
      still_ms: span,
      complete_time: time,
      entries: fc.nat(9999),
      failed: fc.nat(9999),
      uploads: fc.nat(9999),
      succeeded: fc.nat(9),
      processing: fc.nat(9),
      published: fc.nat(9),
      days: fc.nat(7),
    }),
    problem: hostileText,
    again: fc.boolean(),
    what: fc.constantFrom('token', 'password'),
  })
  .map(({ failing: named, numbers, problem, again, what, ...rest }): Event => {
    const details = { ...numbers, problem, again, what, failing: named };
    return { id: 'e', ...rest, upload: rest.kind.startsWith('upload.') ? rest.upload : null, details };
  });

/** Long lists repeat themselves: what they are made of is drawn once. */
export const events: fc.Arbitrary<readonly Event[]> = fc
  .tuple(
    fc.array(event, { minLength: 1, maxLength: 6 }),
    fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(2, 5, 30) }),
  )
  .map(([drawn, times]) =>
    Array.from({ length: times }, (_, round) => drawn.map((each) => again(each, round)))
      .flat()
      .map((each, index) => ({ ...each, id: `e${index}` })),
  );

function again(of: Event, round: number): Event {
  if (round === 0 || of.upload === null) return of;
  const uploadId = `${of.upload.id.slice(0, 50)}-${round}`;
  return { ...of, upload: { ...of.upload, id: uploadId, link: uploadLink(GUI, uploadId) } };
}

const standing: fc.Arbitrary<Standing> = fc.record({
  upload,
  condition: fc.constantFrom(...WRONG),
  since: time,
  reason: maybe(hostileText),
});
const standings = fc.oneof(
  fc.array(standing, { minLength: 1, maxLength: 5 }),
  standing.map((each) => Array.from({ length: 50 }, () => each)),
);

const tally = {
  uploads: fc.nat(100_000),
  counts: fc.record({
    failed: fc.nat(99),
    stuck: fc.nat(99),
    entries_failed: fc.nat(99),
    empty: fc.nat(99),
    processing: fc.nat(99),
  }),
  well: fc.nat(99),
};
const names = fc.array(
  hostileText.map((text) => oneLine(text, 40)),
  { maxLength: 5 },
);

export const contents: fc.Arbitrary<Content> = fc.oneof(
  { weight: 8, arbitrary: events.map((all) => ({ kind: 'events' as const, events: all })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reminder'),
      asOf: fc.constant(T0),
      uploads: standings,
      more: fc.nat(100),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        kind: fc.constant('summary'),
        from: time,
        to: fc.constant(T0),
        ...tally,
        standing: standings,
        more: fc.nat(100),
        events: fc.dictionary(fc.constantFrom(...EVENT_KINDS), fc.nat(99)),
        unchecked: fc.nat(2),
        authors: fc.nat(100),
        groups: maybe(fc.array(fc.record({ ...tally, author: hostileText, names }), { maxLength: 25 })),
      })
      .map((summary) => ({
        ...summary,
        // Whose they are, where they are grouped.
        standing: summary.standing.map((each, index) => {
          const author = summary.groups?.[index % summary.groups.length]?.author ?? each.upload.author;
          return { ...each, upload: { ...each.upload, author } };
        }),
      })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'test' }) },
);

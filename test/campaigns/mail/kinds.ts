// Each kind of mail that the monitor makes.
import type { Content } from '../../../src/domain/notify/delivery-content.ts';
import { EVENT_KINDS } from '../../../src/domain/event.ts';
import { T0, event } from '../../support/builders.ts';

const link = 'https://nomad-lab.eu/prod/v1/gui/user/uploads/upload/id/u1';
const upload = { id: 'u1', name: 'Bi₂Te₃ 结构', link, author: 'Ada Lovelace', role: 'main_author' } as const;
const standing = { upload, condition: 'failed', since: T0, reason: "KeyError: 'atomtypes'" } as const;
const counts = { failed: 1, stuck: 0, entries_failed: 0, empty: 0, processing: 0 };
const tally = { uploads: 1, counts, well: 3 };
const summary = {
  ...({
    kind: 'summary',
    from: T0 - 1,
    to: T0,
    standing: [standing],
    more: 0,
    events: { 'upload.failed': 1 },
  } as const),
  ...{ unchecked: 0, authors: 1, ...tally },
} satisfies Omit<Extract<Content, { readonly kind: 'summary' }>, 'groups'>;
const many = Array.from({ length: 120 }, (_, index) =>
  event({ id: `e${index}`, upload: { ...upload, id: `u${index}`, name: `batch-${index}` } }),
);

export const KINDS: Readonly<Record<string, Content>> = {
  ...Object.fromEntries(EVENT_KINDS.map((kind) => [kind, { kind: 'events', events: [event({ kind, upload })] }])),
  several: { kind: 'events', events: [event({ upload }), event({ id: 'e2', kind: 'upload.recovered', upload })] },
  '120 failures': { kind: 'events', events: many },
  reminder: { kind: 'reminder', asOf: T0, uploads: [standing], more: 0 },
  summary: { ...summary, groups: null },
  'summary by author': { ...summary, groups: [{ ...tally, author: 'Ada Lovelace', names: ['batch-7'] }] },
  test: { kind: 'test' },
};

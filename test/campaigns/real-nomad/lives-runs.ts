// Lives of uploads: runs that end well, with entries that fail, with nothing, or in a failure; and those that stand still.
import { BAD, GOOD } from './hand.ts';
import { FAILS, type Life, again, fail, fill, longAgo } from './life.ts';

export const LIVES_OF_RUNS: readonly Life[] = [
  {
    name: 'a good run, and another: queued, at work, done',
    beats: (hand, id) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [() => hand.work(id, { until: 'Parsing level' }), []],
      [() => hand.work(id, { until: 'Archiving', of: 'a.archive.yaml' }), []],
      [() => hand.work(id, { until: 'Cleanup' }), []],
      [() => hand.work(id), ['upload.succeeded']],
      [() => hand.process(id), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [() => hand.work(id), ['upload.succeeded']],
    ],
  },
  {
    name: 'a good run between two polls; a second one can only be seen where a good end has its time',
    beats: (hand, id, { facts }) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => again(hand, id), facts.goodEndHasTime ? ['upload.succeeded'] : []],
    ],
  },
  {
    name: 'entries that fail; mended',
    beats: (hand, id) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => hand.put(id, 'b.archive.yaml', BAD), []],
      [() => hand.work(id), ['upload.succeeded', 'upload.entries_failed']],
      [() => hand.put(id, 'b.archive.yaml', GOOD), []],
      [() => hand.work(id), ['upload.succeeded']],
    ],
  },
  {
    name: 'entries that fail in the first run, between two polls',
    beats: (hand, id) => [
      [
        async () => {
          await hand.put(id, 'b.archive.yaml', BAD);
          await hand.work(id);
        },
        ['upload.succeeded', 'upload.entries_failed'],
      ],
    ],
  },
  {
    name: 'nothing is recognised',
    beats: (hand, id) => [
      [() => hand.put(id, 'notes.txt', 'nothing that a parser knows'), []],
      [() => hand.work(id), ['upload.succeeded', 'upload.empty']],
    ],
  },
  {
    name: 'fails, fails again, is repaired: each whole run between two polls',
    beats: (hand, id, real) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => longAgo(hand, real, id), ['upload.failed']],
      [() => fail(hand, id), ['upload.failed']],
      [() => again(hand, id), ['upload.recovered']],
      [() => hand.makeFolder(id, 'new'), []],
    ],
  },
  {
    name: 'fails, is repaired while somebody looks',
    beats: (hand, id) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => fail(hand, id), ['upload.failed']],
      [() => hand.process(id), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [() => hand.work(id), ['upload.recovered']],
    ],
  },
  {
    name: 'fails, and then there is nothing to process: no success',
    beats: (hand, id) => [
      [() => fail(hand, id), ['upload.failed']],
      [() => again(hand, id), ['upload.empty']],
    ],
  },
  {
    name: 'the two steps of the end of a failure',
    beats: (hand, id) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD), []],
      [() => hand.work(id, { until: 'half', ...FAILS }), []],
      [() => hand.work(id), ['upload.failed']],
    ],
  },
  {
    name: 'files added without processing, seen at it or not, and processed later',
    when: ({ addsWithoutProcessing }) => addsWithoutProcessing,
    beats: (hand, id) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD, '&trigger_processing=false'), []],
      [() => hand.work(id), []],
      [() => hand.process(id), []],
      [() => hand.work(id), ['upload.succeeded']],
    ],
  },
  {
    name: 'files added without processing, seen while they are added: at work, and then nothing to tell',
    when: ({ addsWithoutProcessing }) => addsWithoutProcessing,
    beats: (hand, id) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD, '&trigger_processing=false'), []],
      [() => hand.work(id, { until: 'Adding files' }), ['upload.started']],
      [() => hand.work(id), []],
    ],
  },
  {
    name: 'two orders at once: a good end of the first cannot be seen',
    when: ({ worker }) => worker === 'celery',
    beats: (hand, id) => [
      [
        async () => {
          await hand.put(id, 'a.archive.yaml', GOOD);
          await hand.put(id, 'b.archive.yaml', BAD);
        },
        [],
      ],
      [() => hand.work(id, { until: 'Cleanup' }), ['upload.started']],
      [() => hand.work(id, { until: 'Adding files' }), ['upload.started']],
      [() => hand.work(id), ['upload.succeeded', 'upload.entries_failed']],
    ],
  },
  {
    name: 'its entries move while nothing else does, and then they do not: stuck, and then not',
    stuckAfter: 60_000,
    beats: (hand, id, real) => [
      [
        async () => {
          for (const name of ['a', 'b', 'c']) {
            await hand.put(id, `${name}.archive.yaml`, GOOD);
            await hand.work(id);
          }
        },
        ['upload.succeeded'],
      ],
      [() => hand.process(id), []],
      [() => hand.work(id, { until: 'Archiving', of: 'a.archive.yaml' }), ['upload.started']],
      [() => real.control('faults', { ahead: 20 }), []],
      [
        async () => {
          await real.control('faults', { ahead: 80 });
          await hand.work(id, { until: 'Archiving', of: 'b.archive.yaml' });
        },
        [],
      ],
      [() => real.control('faults', { ahead: 130 }), []],
      [() => real.control('faults', { ahead: 150 }), ['upload.stuck']],
      [
        async () => {
          await real.control('faults', { ahead: 170 });
          await hand.work(id, { until: 'Archiving', of: 'c.archive.yaml' });
        },
        ['upload.unstuck'],
      ],
      [() => hand.work(id), ['upload.succeeded']],
    ],
  },
];

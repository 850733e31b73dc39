// Lives of uploads: what people do by NOMAD's own routes, what NOMAD's own code makes of it, and what the monitor tells after each step.
// The same is told of each version, but where a line says otherwise.
import assert from 'node:assert/strict';
import { ADA, GRACE } from '../../src/demo/nomad-world.ts';
import type { Case } from './cases.ts';
import type { Facts } from './generations.ts';
import { ADMIN, BAD, GOOD, type Hand, handOf } from './hand.ts';
import type { RealNomad } from './start.ts';
import { watching } from './watching.ts';

/** What is done, and the kinds of the events that the next poll finds. */
type Beat = readonly [act: () => Promise<unknown>, told: readonly string[]];

interface Life {
  readonly name: string;
  readonly when?: (facts: Facts) => boolean;
  /** STUCK_AFTER, ms. */
  readonly stuckAfter?: number;
  beats(hand: Hand, id: string, real: RealNomad): readonly Beat[];
}

const FAILS = { wrong: 'Matching', error: 'OSError: No space left on device' } as const;

/** A first good run that nobody has to look at. */
async function fill(hand: Hand, id: string): Promise<void> {
  await hand.put(id, 'a.archive.yaml', GOOD);
  await hand.work(id);
}

async function fail(hand: Hand, id: string): Promise<void> {
  await hand.process(id);
  await hand.work(id, FAILS);
}

/** A failure of an hour ago: one that is two seconds old could be the same failure, written twice. */
async function longAgo(hand: Hand, real: RealNomad, id: string): Promise<void> {
  await fail(hand, id);
  const complete_time = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '');
  await real.control(`uploads/${id}`, { complete_time }, 'PATCH');
}

async function again(hand: Hand, id: string): Promise<void> {
  await hand.process(id);
  await hand.work(id);
}

const LIVES: readonly Life[] = [
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
    name: 'a folder is made: in a failed upload it looks like one more failure',
    beats: (hand, id, real) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => hand.makeFolder(id, 'new'), []],
      [() => longAgo(hand, real, id), ['upload.failed']],
      [() => hand.makeFolder(id, 'newer'), ['upload.failed']],
    ],
  },
  {
    name: 'an edit, of a good upload and of a failed one: nothing was repaired',
    beats: (hand, id) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => hand.edit(id, { upload_name: 'renamed' }), ['upload.edited']],
      [() => fail(hand, id), ['upload.failed']],
      [() => hand.edit(id, { comment: 'what went wrong?' }), ['upload.edited']],
    ],
  },
  {
    name: 'published',
    beats: (hand, id) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => hand.publish(id), ['upload.published']],
    ],
  },
  {
    name: 'publishing fails',
    beats: (hand, id, real) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [
        async () => {
          await real.control('faults', { search_down: true });
          await hand.publish(id);
          await real.control('faults');
        },
        ['upload.failed'],
      ],
    ],
  },
  {
    name: 'stopped by its author, at work and queued, and processed again',
    when: ({ worker }) => worker === 'temporal',
    beats: (hand, id) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [() => hand.stop(id), ['upload.stopped']],
      [() => hand.process(id), []],
      [() => hand.stop(id), ['upload.stopped']],
      [() => hand.process(id), []],
      [() => hand.work(id, { until: 'Parsing level' }), ['upload.started']],
      [() => hand.work(id), ['upload.succeeded']],
    ],
  },
  ...(['READY', 'SUCCESS', 'FAILURE'] as const).map((status) => ({
    name: `the worker is lost, and an administrator resets it to ${status}`,
    beats: (hand: Hand, id: string, real: RealNomad): readonly Beat[] => [
      [() => hand.put(id, 'a.archive.yaml', GOOD), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [() => real.control(`uploads/${id}/lose`), []],
      [
        () =>
          real.control(`uploads/${id}/admin`, ['reset', ...(status === 'READY' ? [] : [`--${status.toLowerCase()}`])]),
        ['upload.reset'],
      ],
    ],
  })),
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
    name: 'the owner is changed by an administrator, to somebody who shares it with us',
    beats: (hand, id, real) => [
      [() => hand.edit(id, { coauthors: [GRACE.id] }), ['upload.edited']],
      [() => fail(hand, id), ['upload.failed']],
      [
        async () => {
          await real.control(`uploads/${id}/admin`, ['chown', 'grace']);
          await real.control(`uploads/${id}/rest`);
        },
        ['upload.unshared'],
      ],
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
    name: 'the message that a reset leaves is no step of the next run',
    when: ({ worker }) => worker === 'celery',
    beats: (hand, id, real) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [
        async () => {
          await real.control(`uploads/${id}/lose`);
          await real.control(`uploads/${id}/admin`, ['reset']);
        },
        ['upload.reset'],
      ],
      [() => hand.process(id), []],
      [() => hand.work(id), ['upload.succeeded']],
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
    name: 'the owner hands over what failed, and we take it: shared with us, and then ours',
    when: ({ transfers }) => transfers,
    beats: (ada, _, real) => {
      const given = { id: '', transfer: '' };
      return [
        [
          async () => {
            const grace = await handOf(real, GRACE);
            given.id = await grace.create('of grace');
            await grace.process(given.id);
            await grace.work(given.id, FAILS);
            given.transfer = await grace.offer(given.id, ADA);
          },
          ['upload.created', 'upload.failed'],
        ],
        [() => ada.accept(given.transfer), ['upload.succeeded']],
        [() => again(ada, given.id), ['upload.empty']],
      ];
    },
  },
  {
    name: 'an upload of a group of ours fails, and is no longer shared',
    beats: (_, __, real) => {
      const shared = { id: '' };
      return [
        [
          async () => {
            await real.control('groups', { group_id: 'lab', members: [GRACE.id, ADA.id] });
            const grace = await handOf(real, GRACE);
            shared.id = await grace.create('of grace');
            await grace.edit(shared.id, { coauthor_groups: ['lab'] });
          },
          ['upload.created', 'upload.edited'],
        ],
        [async () => fail(await handOf(real, GRACE), shared.id), ['upload.failed']],
        [async () => (await handOf(real, GRACE)).edit(shared.id, { coauthor_groups: [] }), ['upload.unshared']],
      ];
    },
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
  {
    name: 'deleted while it is processed: that is stopped',
    when: ({ worker }) => worker === 'temporal',
    beats: (hand, id) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [() => hand.remove(id), ['upload.deleted']],
    ],
  },
  {
    name: 'deleted while it is processed: that comes first',
    when: ({ worker }) => worker === 'celery',
    beats: (hand, id) => [
      [() => hand.put(id, 'a.archive.yaml', GOOD), []],
      [() => hand.work(id, { until: 'Matching' }), ['upload.started']],
      [() => hand.remove(id), []],
      [() => hand.work(id), ['upload.deleted']],
    ],
  },
  {
    name: 'deleted, and brought back from a bundle: an import, and no processing',
    when: ({ bundles }) => bundles !== 'empty',
    beats(hand, id, real) {
      const kept = { bundle: new Blob([]) };
      return [
        [() => fill(hand, id), ['upload.succeeded']],
        [
          async () => {
            kept.bundle = await hand.bundle(id);
            await hand.remove(id);
          },
          ['upload.deleted'],
        ],
        [
          async () => (await handOf(real, ADMIN)).importBundle(id, kept.bundle),
          ['upload.created', real.facts.bundles === 'good' ? 'upload.succeeded' : 'upload.failed'],
        ],
      ];
    },
  },
  {
    name: 'deleted',
    beats: (hand, id) => [
      [() => fill(hand, id), ['upload.succeeded']],
      [() => hand.remove(id), ['upload.deleted']],
    ],
  },
  {
    name: 'what carries orders to the worker is down: with Celery the upload fails, with Temporal it stays as it was',
    beats: (hand, id, real) => [
      [
        async () => {
          await real.control('faults', { broker_down: true });
          assert.equal((await hand.ask('PUT', `uploads/${id}/raw/?file_name=a.archive.yaml`, GOOD)).status, 500);
        },
        real.facts.worker === 'celery' ? ['upload.failed'] : [],
      ],
    ],
  },
];

export const livesCases: readonly Case[] = LIVES.map(({ name, when, stuckAfter, beats }) => ({
  name: `told of a life: ${name}`,
  ...(when !== undefined && { when }),
  async run(real, context) {
    const hand = await handOf(real);
    const id = await hand.create();
    const kinds = await watching(real, context, stuckAfter);
    assert.deepEqual(await kinds(), ['monitor.baseline']);
    const [told, expected]: [string[][], string[][]] = [[], []];
    for (const [act, kindsOfBeat] of beats(hand, id, real)) {
      await act();
      told.push((await kinds()).toSorted());
      expected.push(kindsOfBeat.toSorted());
    }
    assert.deepEqual(told, expected);
    assert.deepEqual(await kinds(), [], 'and nothing more');
  },
}));

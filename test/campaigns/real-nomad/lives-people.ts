// Lives of uploads: what people do to them beside processing: edit, publish, stop, reset, hand over, share, delete.
import assert from 'node:assert/strict';
import { ADA, GRACE } from '../../../src/demo/nomad-state.ts';
import { ADMIN, GOOD, type Hand, handOf } from './hand.ts';
import { type Beat, FAILS, type Life, again, fail, fill, longAgo } from './life.ts';
import type { RealNomad } from './start.ts';

export const LIVES_OF_PEOPLE: readonly Life[] = [
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
          const { status } = await hand.ask('PUT', `uploads/${id}/raw/?file_name=a.archive.yaml`, GOOD);
          // 1.4.0 to 1.4.2 say that all is well.
          assert.equal(status, real.facts.second === 'taken' ? 200 : 500);
        },
        real.facts.worker === 'celery' ? ['upload.failed'] : [],
      ],
    ],
  },
];

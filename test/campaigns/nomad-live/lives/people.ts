// Lives in which somebody does something beside processing: edits, publishes, stops, deletes, adds, hands over.
import { setTimeout as sleep } from 'node:timers/promises';
import { cut, mainfile, many } from '../archive.ts';
import { ADA, GRACE } from '../people.ts';
import { type Life, TEMPORAL, WITHOUT_IMPORT, WITH_LOCAL_PROCESS, WITH_PLAIN_PUT, WITH_TRANSFERS } from './life.ts';

const GOOD = { 'a.live0': mainfile(0, { name: 'a', sleep: 2 }) };

export const people: readonly Life[] = [
  {
    name: 'edit-good',
    truth: 'good, then its comment is edited: no run of its files',
    told: 'created started? succeeded started? edited',
    last: 'created succeeded edited',
    async play({ ada, minute }) {
      const id = await ada.create('edit-good', GOOD);
      await ada.ended(id);
      await minute();
      await ada.edit(id, { comment: 'the second run' });
      await ada.ended(id);
    },
  },
  {
    name: 'edit-failed',
    truth: 'failed, then its name is edited: NOMAD says SUCCESS, its files are as bad as before',
    told: 'created started? failed started? edited',
    last: 'created failed edited',
    async play({ ada, minute }) {
      const id = await ada.create('edit-failed', cut(GOOD));
      await ada.ended(id);
      await minute();
      await ada.edit(id, { upload_name: 'edit-failed: renamed' });
      await ada.ended(id);
    },
  },
  {
    name: 'folder',
    truth: 'good, then a folder is made in it: no run',
    told: 'created started? succeeded',
    last: 'created succeeded',
    async play({ ada, minute }) {
      const id = await ada.create('folder', GOOD);
      await ada.ended(id);
      await minute();
      await ada.folder(id, 'more');
      await ada.rest();
    },
  },
  {
    name: 'folder-failed',
    truth: 'one failure, then a folder is made in it: nothing tells that from a second failure, and so both are said',
    told: 'created started? failed failed_or_folder?',
    last: 'created failed',
    async play({ ada, minute }) {
      const id = await ada.create('folder-failed', cut(GOOD));
      await ada.ended(id);
      await minute();
      await ada.folder(id, 'more');
      await ada.rest();
    },
  },
  {
    name: 'publish',
    truth: 'good, then published',
    told: 'created started? succeeded started? succeeded? published',
    last: 'created succeeded published',
    async play({ ada, minute }) {
      const id = await ada.create('publish', GOOD);
      await ada.ended(id);
      await minute();
      await ada.publish(id);
      await ada.ended(id);
    },
  },
  {
    name: 'publish-entries-failed',
    truth: 'two of three entries failed, then it is published all the same: the entries are told of once',
    told: 'created started? succeeded? entries_failed started? succeeded? published',
    last: 'created entries_failed published',
    async play({ ada, minute }) {
      const id = await ada.create('publish-entries-failed', {
        ...GOOD,
        'b.live0': mainfile(0, { raise: 'no' }),
        'c.live0': mainfile(0, { raise: 'no' }),
      });
      await ada.ended(id);
      await minute();
      await ada.publish(id);
      await ada.ended(id);
    },
  },
  {
    name: 'stop',
    truth: 'stopped by its author while it was processed; processed again it ends well',
    versions: TEMPORAL,
    isAlone: true,
    told: 'created started stopped started succeeded',
    last: 'created stopped succeeded',
    async play({ ada, minute }) {
      const id = await ada.create('stop', many(3, { sleep: 4 }));
      await ada.until(id, 'it is parsed', ({ last_status_message: said }) => said?.startsWith('Parsing') === true);
      await ada.rest();
      await ada.stop(id);
      await minute();
      await ada.process(id);
      await ada.ended(id);
    },
  },
  {
    name: 'delete',
    truth: 'good, then deleted',
    told: 'created started? succeeded deleted',
    last: 'created succeeded deleted',
    async play({ ada, minute }) {
      const id = await ada.create('delete', GOOD);
      await ada.ended(id);
      await minute();
      await ada.remove(id);
      await ada.gone(id);
    },
  },
  {
    name: 'put-while',
    // 1.4.0 to 1.4.2 take the second order, and their worker refuses it.
    versions: ['2.0.0', '1.4.3', '1.3.17'],
    truth:
      'a file is put into it while it is processed: with Temporal that is refused, with Celery it is queued and a second run',
    isAlone: true,
    told: (version) =>
      version === '1.3.17' ? 'created started succeeded succeeded? started?' : 'created started succeeded',
    last: 'created succeeded',
    async play({ ada, version }) {
      const id = await ada.create('put-while', many(3, { sleep: 3 }));
      await ada.until(id, 'it is parsed', ({ last_status_message: said }) => /^(Parsing|Waiting)/.test(said ?? ''));
      await ada.rest();
      const { status } = await ada.put(id, 'more.live0', mainfile(0));
      if (status !== (version === '1.3.17' ? 200 : 400)) throw new Error(`PUT: ${status}`);
      await ada.ended(id);
      if (version === '1.3.17') await ada.ended(id);
    },
  },
  {
    name: 'put-local',
    truth: 'good, then one file more by a PUT that waits for its processing',
    told: (version) =>
      WITH_LOCAL_PROCESS.includes(version)
        ? 'created started? succeeded succeeded started?'
        : 'created started? succeeded succeeded? started?',
    last: 'created succeeded',
    async play({ ada, minute }) {
      const id = await ada.create('put-local', GOOD);
      await ada.ended(id);
      await minute();
      const { status, body } = await ada.put(id, 'more.live0', mainfile(0, { sleep: 2 }), {
        wait_for_processing: true,
      });
      if (status !== 200) throw new Error(`PUT: ${status} ${JSON.stringify(body)}`);
      await ada.ended(id);
    },
  },
  {
    name: 'only-added',
    truth: 'good, then a file is added without processing: nothing was reset',
    versions: WITH_PLAIN_PUT,
    told: 'created started? succeeded started?',
    last: 'created succeeded',
    async play({ ada, minute }) {
      const id = await ada.create('only-added', GOOD);
      await ada.ended(id);
      await minute();
      const { status, body } = await ada.put(id, 'more.live0', mainfile(0), { trigger_processing: false });
      if (status !== 200) throw new Error(`PUT: ${status} ${JSON.stringify(body)}`);
      await ada.ended(id);
    },
  },
  {
    name: 'given-away',
    truth: 'good, then handed over to another person, who accepts',
    versions: WITH_TRANSFERS,
    told: 'created started? succeeded started? unshared',
    last: 'created succeeded unshared',
    async play({ ada, grace, minute }) {
      const id = await ada.create('given-away', GOOD);
      await ada.ended(id);
      await minute();
      const target = { target_user: GRACE.id, target_user_type: 'user_id' };
      await ada.must('POST', '/ownership-transfers', {}, { resource_type: 'upload', resource_id: id, ...target });
      await ada.rest();
      await grace.must('POST', `/ownership-transfers/${await transferOf(grace, id)}/respond`, {}, { action: 'accept' });
      await grace.ended(id);
    },
  },
  {
    name: 'received',
    truth: 'a failed upload of another person is handed over to us, and we accept',
    versions: WITH_TRANSFERS,
    told: 'created failed? succeeded?',
    last: 'created',
    async play({ ada, grace, minute }) {
      const id = await grace.create('received', cut(GOOD));
      await grace.ended(id);
      const target = { target_user: ADA.id, target_user_type: 'user_id' };
      await grace.must('POST', '/ownership-transfers', {}, { resource_type: 'upload', resource_id: id, ...target });
      await minute();
      await ada.must('POST', `/ownership-transfers/${await transferOf(ada, id)}/respond`, {}, { action: 'accept' });
      await ada.ended(id);
    },
  },
  {
    name: 'bundle',
    truth:
      'good, exported, deleted, and imported again by the administrator: no run of its files (1.4.2 and 1.4.3 cannot import: one failure)',
    told: (version) =>
      `created started? succeeded deleted created started? ${WITHOUT_IMPORT.includes(version) ? 'failed' : 'succeeded?'}`,
    last: (version) => (WITHOUT_IMPORT.includes(version) ? 'created succeeded failed' : 'created succeeded'),
    async play({ ada, admin, minute }) {
      const id = await ada.create('bundle', GOOD);
      await ada.ended(id);
      await minute();
      const bundle = await ada.bytes(`/uploads/${id}/bundle`);
      await ada.remove(id);
      await ada.gone(id);
      await sleep(3000);
      // 1.4.3 answers 400, and makes the upload all the same.
      await admin.ask('POST', '/uploads/bundle', {}, bundle);
      await ada.ended(id);
    },
  },
  {
    name: 'example',
    truth: 'made from an example that the NOMAD offers; ends well',
    told: (version) => `created started? ${version === '1.3.17' ? 'started? succeeded?' : ''} succeeded`,
    last: 'created succeeded',
    async play({ ada }) {
      await ada.ended(await ada.empty('example', { example_upload_id: 'live_parsers:example' }));
    },
  },
];

async function transferOf(person: Parameters<Life['play']>[0]['ada'], id: string): Promise<string> {
  const { transfers } = (await person.must('GET', '/ownership-transfers')) as {
    transfers: { transfer_id: string; resource_id: string }[];
  };
  const found = transfers.find(({ resource_id }) => resource_id === id);
  if (found === undefined) throw new Error(`no transfer of ${id}`);
  return found.transfer_id;
}

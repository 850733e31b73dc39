// Two tiers: what the small polls of a large account see, what they leave to the sweep, and what they cost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUpload, fail, queue, remove, start, succeed } from '../../src/demo/nomad-state.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { harness } from '../faults/harness.ts';

type Harness = Awaited<ReturnType<typeof harness>>;

/** The requests that a poll makes for lists, without their order and roles. */
async function pollOf(monitor: Harness, minute: number) {
  const before = monitor.requests().length;
  const { kinds, result } = await monitor.at(minute);
  assert.equal(result, 'ok');
  const lists = monitor
    .requests()
    .slice(before)
    .filter((line) => line.startsWith('GET /uploads?'));
  return { kinds, lists: lists.length, asked: lists.join('\n') };
}
const uploadOf = ({ server }: Harness, id: string) => {
  const upload = server.world.uploads.get(id);
  assert.ok(upload !== undefined);
  return upload;
};
const LARGE = { uploads: 1200 };

test('an account of 1,000 uploads is listed in full each time', async (context) => {
  const monitor = await harness(context, { uploads: 1000 });
  for (const minute of [0, 1, 2]) assert.ok((await pollOf(monitor, minute)).lists >= 5);
  assert.match(await monitor.metrics(), /polls_total\{kind="sweep",result="ok"\} 0\n/);
});

test('a quiet large account costs two small requests, and one more while older uploads are asked about; each quarter of an hour it is listed in full', async (context) => {
  const monitor = await harness(context, LARGE);
  await monitor.at(0);
  assert.equal((await pollOf(monitor, 1)).lists, 2, 'the first poll itself asked about the newest');
  const quiet = await pollOf(monitor, 2);
  assert.equal(quiet.lists, 3);
  assert.match(quiet.asked, /is_processing=true[^]*page_size=0/);
  assert.equal((await pollOf(monitor, 14)).lists, 3);
  assert.equal((await pollOf(monitor, 15)).lists, 7);
  assert.equal((await pollOf(monitor, 16)).lists, 3);
  assert.match(await monitor.metrics(), /polls_total\{kind="poll",result="ok"\} 5\n/);
  assert.match(await monitor.metrics(), /polls_total\{kind="sweep",result="ok"\} 1\n/);
});

test('small polls see what is processed, how it ends with its entries, and what is new', async (context) => {
  const monitor = await harness(context, LARGE);
  await monitor.at(0);
  const [one, two] = [uploadOf(monitor, 'u000'), uploadOf(monitor, 'u002')];
  for (const upload of [one, two]) {
    queue(monitor.server.world, upload);
    start(upload);
  }
  assert.deepEqual((await pollOf(monitor, 1)).kinds, ['upload.started', 'upload.started']);
  fail(one, T0 + MINUTE, ['KeyError: x']);
  succeed(two, T0 + MINUTE, 7, [{ id: 'e', mainfile: 'a.xml', parser: 'p', error: 'E' }]);
  addUpload(monitor.server.world, 'new', T0 + MINUTE);
  const ended = await pollOf(monitor, 2);
  assert.deepEqual(ended.kinds.toSorted(), [
    'upload.created',
    'upload.entries_failed',
    'upload.failed',
    'upload.succeeded',
  ]);
  assert.match(ended.asked, /upload_id=u000&upload_id=u002/);
  assert.deepEqual((await pollOf(monitor, 3)).kinds, []);
});

test('deletions, and whole runs between two small polls, are left to the sweep and told there', async (context) => {
  const monitor = await harness(context, LARGE);
  await monitor.at(0);
  const upload = uploadOf(monitor, 'u900');
  fail(upload, T0 + MINUTE, ['KeyError: x']);
  for (const id of ['u901', 'u903']) remove(monitor.server.world, uploadOf(monitor, id));
  assert.deepEqual((await pollOf(monitor, 2)).kinds, []);
  const sweep = await pollOf(monitor, 15);
  assert.deepEqual(sweep.kinds.toSorted(), ['upload.deleted', 'upload.deleted', 'upload.failed']);
  assert.deepEqual((await pollOf(monitor, 16)).kinds, []);
});

test('of many deletions the sweep asks about 20, and the small polls go on with that', async (context) => {
  const monitor = await harness(context, LARGE);
  await monitor.at(0);
  for (let index = 100; index < 150; index += 1) remove(monitor.server.world, uploadOf(monitor, `u${index}`));
  const told: number[] = [];
  for (const minute of [15, 16, 17, 18]) told.push((await pollOf(monitor, minute)).kinds.length);
  assert.deepEqual(told, [20, 20, 10, 0]);
});

test('more new uploads than a page holds', async (context) => {
  const monitor = await harness(context, LARGE);
  await monitor.at(0);
  for (let index = 0; index < 120; index += 1) addUpload(monitor.server.world, `new${index}`, T0 + index);
  assert.equal((await pollOf(monitor, 1)).kinds.length, 120);
});

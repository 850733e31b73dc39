// The entries of one upload: which pages are asked for in which look, and what is made of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestEntries, offsets } from '../../src/nomad/entries.ts';
import type { Answer, NomadRequest } from '../../src/nomad/client.ts';
import type { EntriesDetail } from '../../src/domain/diff/entry-check.ts';
import { T0 } from '../support/builders.ts';

const pages: readonly (readonly [number, readonly number[]])[] = [
  [0, []],
  [1, []],
  [20, []],
  [21, [1]],
  [40, [20]],
  [41, [11, 21]],
  [60, [20, 40]],
  [200, [20, 40, 60, 80, 100, 120, 140, 160, 180]],
  [201, [20, 40, 60, 80, 101, 121, 141, 161, 181]],
  [10_000, [1109, 2218, 3327, 4436, 5544, 6653, 7762, 8871, 9980]],
];
for (const [total, expected] of pages) {
  test(`of ${total} entries the pages after the first begin at ${expected.join(', ') || 'none'}`, () => {
    assert.deepEqual(offsets(total), expected);
  });
}

const time = (second: number) => new Date(T0 + second * 1000).toISOString();
/** A NOMAD with so many entries; the entry of each index is done at that second, and the first two failed. */
function nomadWith(total: number, more: { readonly failsAt?: number; readonly answer?: Answer } = {}) {
  const asked: NomadRequest[] = [];
  const ask = async (request: NomadRequest) => {
    asked.push(request);
    const query = new Map(request.query);
    const [size, offset] = [Number(query.get('page_size')), Number(query.get('page_offset') ?? 0)];
    const shown = Array.from({ length: Math.min(size, Math.max(0, total - offset)) }, (_, index) => offset + index);
    const body = {
      pagination: { total },
      processing_successful: total - 2,
      processing_failed: 2,
      upload: { process_status: 'SUCCESS', complete_time: time(0) },
      data: shown.map((index) => ({
        entry_id: `e${index}`,
        mainfile: `${index}.xml`,
        process_status: index < 2 ? 'FAILURE' : 'SUCCESS',
        last_status_message: index < 2 ? 'Parsing mainfile' : 'Archiving',
        complete_time: index === 3 ? null : time(index),
        errors: index < 2 ? [`E${index}`] : [],
      })),
    };
    const answer = answerOf(200, body);
    const isBroken = offset === more.failsAt;
    return { ok: true as const, value: isBroken ? SILENCE : (more.answer ?? answer) };
  };
  return { asked, look: (look: EntriesDetail) => requestEntries(ask, 'u1', look) };
}
const SILENCE: Answer = { kind: 'silence', problem: 'no answer' };

function answerOf(status: number, body: unknown): Answer {
  const nothing = { contentType: null, date: null, retryAfter: null, location: null };
  return { kind: 'answer', status, bytes: new Uint8Array(), body, ...nothing };
}

const looks: readonly (readonly [EntriesDetail, number, readonly (readonly [number, number | undefined])[]])[] = [
  ['counts', 100, [[0, undefined]]],
  ['few', 100, [[5, undefined]]],
  ['many', 7, [[20, undefined]]],
  [
    'many',
    100,
    [
      [20, undefined],
      [20, 20],
      [20, 40],
      [20, 60],
      [20, 80],
    ],
  ],
];
for (const [look, total, expected] of looks) {
  test(`to see ${look} of ${total}: ${expected.length} request(s)`, async () => {
    const nomad = nomadWith(total);
    await nomad.look(look);
    const queries = nomad.asked.map(({ query }) => new Map(query));
    assert.deepEqual(
      queries.map((query) => [query.get('page_size'), query.get('page_offset')]),
      expected,
    );
    assert.ok(queries.every((query) => query.get('order_by') === 'process_status' && query.get('order') === 'asc'));
    assert.ok(nomad.asked.every(({ path }) => path === 'uploads/u1/entries'));
  });
}

test('counts: how many failed, and nothing of any of them', async () => {
  assert.deepEqual(await nomadWith(100).look('counts'), {
    total: 100,
    successful: 98,
    failed: 2,
    failing: [],
    messages: [],
    oldestEnd: null,
    newestEnd: null,
    status: 'SUCCESS',
    completeTime: T0,
  });
});

test('few: what is wrong with those that failed, and when those shown were done', async () => {
  const seen = await nomadWith(100).look('few');
  assert.ok(typeof seen === 'object');
  assert.deepEqual(
    seen.failing.map(({ id, parser, error }) => [id, parser, error]),
    [
      ['e0', 'no parser', 'E0'],
      ['e1', 'no parser', 'E1'],
    ],
  );
  assert.deepEqual([seen.messages.length, seen.oldestEnd, seen.newestEnd], [5, T0, T0 + 4000]);
});

test('many: of all pages together what each does, and when the first and the last of them was done', async () => {
  const seen = await nomadWith(100).look('many');
  assert.ok(typeof seen === 'object');
  assert.deepEqual([seen.total, seen.failed, seen.failing.length, seen.messages.length], [100, 2, 2, 100]);
  assert.equal(seen.messages.filter((message) => message === 'Archiving').length, 98);
  assert.deepEqual([seen.oldestEnd, seen.newestEnd], [T0, T0 + 99_000]);
});

const withStatus = (status: number, detail: string) => answerOf(status, { detail });
const refused: readonly (readonly [string, Answer, 'gone' | 'unknown'])[] = [
  ['nothing', SILENCE, 'unknown'],
  ['that there is no such upload', withStatus(404, 'The specified upload_id was not found.'), 'gone'],
  ['another 404', withStatus(404, 'Not Found'), 'unknown'],
  ['that the search is down', withStatus(500, 'no'), 'unknown'],
  ['something that is no page of entries', withStatus(200, 'x'), 'unknown'],
];
for (const [what, answer, expected] of refused) {
  test(`NOMAD answers ${what}: ${expected}`, async () => {
    for (const look of ['counts', 'few', 'many'] as const)
      assert.equal(await nomadWith(100, { answer }).look(look), expected);
  });
}

test('where one of many pages does not come, nothing is known: half of a look would be taken for movement', async () => {
  assert.equal(await nomadWith(100, { failsAt: 60 }).look('many'), 'unknown');
});

// Answers that the fuzzer made, and what has to become of each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLogin, readAppToken, readDetail, readEntries, readMe, readPage } from '../../src/nomad/wire.ts';

const GOOD = {
  upload_id: 'u1',
  process_status: 'FAILURE',
  upload_create_time: '2026-11-20T10:00:00',
  main_author: 'ada',
  errors: ['E'],
};
const page = (upload: object) => readPage({ pagination: { total: 1 }, data: [{ ...GOOD, ...upload }] })?.items[0];
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const entriesOf = (entry: object) => {
  const counts = { processing_successful: 0, processing_failed: 1 };
  const data = [{ entry_id: 'e1', mainfile: 'a.xml', process_status: 'FAILURE', errors: ['E'], ...entry }];
  return readEntries({ pagination: { total: 1 }, ...counts, upload: { process_status: 'SUCCESS' }, data });
};

test('an error that is nested without end is an error all the same', () => {
  const read = page({ errors: ['first', nested(100_000)] });
  assert.ok(read !== undefined && 'id' in read);
  assert.equal(read.errors.length, 2);
  assert.equal(entriesOf({ errors: [nested(100_000)] })?.failing.length, 1);
});

test('ids of users have a bound: an upload whose author has none is named as one that cannot be read', () => {
  const long = 'x'.repeat(201);
  for (const odd of [{ main_author: long }, { coauthors: [long] }, { reviewers: [long] }]) {
    const read = page(odd);
    assert.ok(read !== undefined && 'uploadId' in read);
    assert.equal(read.uploadId, 'u1');
  }
  assert.equal(readMe({ user_id: long }), null);
});

test('an entry whose id is none is counted, and makes no link', () => {
  for (const entry_id of ['\ud800', '../x', 'x'.repeat(100_000)]) {
    const read = entriesOf({ entry_id });
    assert.deepEqual([read?.failed, read?.failing], [1, []]);
  }
});

test('what NOMAD says is one clean line', () => {
  assert.equal(readDetail({ detail: 'no\r\n\u001b[31m such\u0000 thing\ud800' }), 'no [31m such thing\ufffd');
  const read = page({ upload_create_time: 'yes\nterday' });
  assert.ok(read !== undefined && 'problem' in read);
  assert.equal(read.problem, 'upload_create_time: "yes terday" is not a valid time');
});

test('a token that no header can carry is none', () => {
  for (const token of ['', 'a b', 'a\nb', '\ud800', '\u00e4']) {
    assert.equal(readAppToken({ app_token: token }), null);
    assert.equal(readLogin({ access_token: token }), null);
  }
});

test('an address that is none, or several, is nobody to write to', () => {
  const emails = [
    '',
    'ada',
    'a@x, b@y',
    'a@x\r\nBcc: b@y',
    'Ada <a@x>',
    'a@x;b@y',
    '"@x',
    `${'a'.repeat(400)}@x`,
    'a\u0000@x',
    '\u202ea@x',
  ];
  for (const email of emails)
    assert.deepEqual(readMe({ user_id: 'ada', email }), { userId: 'ada', email: null }, email);
  assert.equal(readMe({ user_id: 'ada', email: 'müller@lab.example' })?.email, 'müller@lab.example');
});

test('no entries at all are 0, however that is written', () => {
  const read = page({ entries: -0 });
  assert.ok(read !== undefined && 'id' in read);
  assert.equal(Object.is(read.entries, 0), true);
});

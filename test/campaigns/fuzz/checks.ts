// What has to be true of domain values, wherever they come from.
import assert from 'node:assert/strict';
import { EVENT_KINDS, type DetectedChange } from '../../../src/domain/event.ts';
import { type Entries, PROCESS_STATUSES, type Listing, type Upload } from '../../../src/domain/upload.ts';
import { UNFIT } from './text.ts';

const ID = /^[\w-]{1,64}$/;
const LAST_TIME = 8.64e15;

function isTime(time: number | null): boolean {
  return time === null || (Number.isInteger(time) && Math.abs(time) <= LAST_TIME);
}

function isText(text: string | null, limit: number): boolean {
  return text === null || (typeof text === 'string' && text.length <= limit);
}

export function checkUpload(upload: Upload): void {
  assert.match(upload.id, ID);
  assert.ok(PROCESS_STATUSES.includes(upload.status), upload.status);
  for (const time of [upload.createTime, upload.completeTime, upload.publishTime])
    assert.ok(isTime(time), `time ${String(time)}`);
  assert.equal(typeof upload.createTime, 'number');
  for (const text of [upload.name, upload.process, upload.message])
    assert.ok(isText(text, 2000), 'a text without bounds');
  for (const texts of [upload.errors, upload.warnings]) {
    assert.ok(Array.isArray(texts) && texts.length <= 100, 'a list without bounds');
    for (const text of texts)
      assert.ok(typeof text === 'string' && text.length <= 2000, 'a listed text without bounds');
  }
  for (const id of [upload.mainAuthor, ...upload.coauthors, ...upload.reviewers])
    assert.ok(isText(id, 200), 'the id of a user without bounds');
  assert.ok(Number.isSafeInteger(upload.entries) && upload.entries >= 0, `${upload.entries} entries`);
  assert.equal(typeof upload.published, 'boolean');
}

export function checkListing(listing: Listing): void {
  for (const upload of listing.uploads) checkUpload(upload);
  for (const { uploadId, problem } of listing.malformed) {
    if (uploadId !== null) assert.match(uploadId, ID);
    assert.ok(problem.length <= 500, 'a problem without bounds');
  }
  assert.ok(isTime(listing.takenAt));
  const ids = [...listing.uploads.map(({ id }) => id)];
  assert.equal(new Set(ids).size, ids.length, 'an upload stands there twice');
}

export function checkEntries(entries: Entries): void {
  for (const count of [entries.total, entries.successful, entries.failed])
    assert.ok(Number.isSafeInteger(count) && count >= 0, String(count));
  assert.ok(PROCESS_STATUSES.includes(entries.status));
  assert.ok(isTime(entries.completeTime));
  for (const { id, mainfile, parser, error } of entries.failing) {
    assert.ok(isText(id, 200), 'the id of an entry without bounds');
    for (const text of [mainfile, parser, error]) assert.ok(isText(text, 2000), 'a text of an entry without bounds');
  }
}

/** What is stored and read again is the same; its kind is one that there is. */
export function checkFound(found: Omit<DetectedChange, 'key'>): void {
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found, 'an event changes on its way through JSON');
  assert.ok(EVENT_KINDS.includes(found.kind));
  if (found.upload !== null) assert.ok(URL.canParse(found.upload.link), found.upload.link);
}

export const REASONS = ['unreachable', 'unauthorized', 'invalid', 'incomplete'];

/** One line that says something and holds no secret. */
export function checkProblem(problem: string, secrets: readonly string[], limit = 1000): void {
  assert.ok(problem.trim() !== '' && problem.length <= limit, `a problem of ${problem.length} characters`);
  assert.doesNotMatch(problem, UNFIT);
  for (const secret of secrets) assert.ok(!problem.includes(secret), `a secret in a problem: ${problem}`);
}

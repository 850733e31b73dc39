// Target: the readers of NOMAD's answers by themselves, and what the comparison makes of what they read beside an arbitrary stored snapshot.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { guiOf } from '../../../src/domain/text/links.ts';
import { diff } from '../../../src/domain/diff/diff.ts';
import type { Entries, Malformed, Snapshot, Upload, TrackedUpload } from '../../../src/domain/upload.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { alertsOf } from '../../../src/domain/notify/alerts.ts';
import { readException, readLifetimeLimit } from '../../../src/nomad/wire-problem.ts';
import * as wire from '../../../src/nomad/wire.ts';
import { MINUTE, T0, diffInput, listing } from '../../support/builders.ts';
import { ACCOUNTS, ENTRIES, LISTS, TOKENS, UPLOADS, bodies, read } from './answers.ts';
import { checkEntries, checkFound, checkListing, checkUpload } from './checks.ts';
import { memories, type Memory } from './memory.ts';
import { type Running, running } from './target.ts';

interface Input {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly entries: Buffer;
  readonly other: Buffer;
  readonly memories: readonly Memory[];
  readonly minutes: number;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  before: bodies(LISTS),
  after: bodies(LISTS),
  entries: bodies(ENTRIES),
  other: bodies([...ACCOUNTS, ...TOKENS, ...UPLOADS]),
  memories,
  minutes: fc.oneof(fc.nat(300), fc.nat(10_000_000)),
});

export type Readers = Pick<
  typeof wire,
  'readPage' | 'readEntries' | 'readMe' | 'readDetail' | 'readAppToken' | 'readLogin'
>;

export async function startWire(readers: Readers = wire): Promise<Running> {
  return running(
    inputs,
    (input) => {
      check(input, readers);
    },
    async () => undefined,
  );
}

function check(input: Input, readers: Readers): void {
  checkOther(read(input.other), readers);
  const [before, after] = [uploadsIn(input.before, readers), uploadsIn(input.after, readers)];
  const answer = readers.readEntries(read(input.entries));
  if (answer !== null) checkEntries(answer);
  checkDiff(stored(before, input), after, answer, input);
}

function uploadsIn(body: Buffer, { readPage }: Readers): readonly Upload[] {
  const page = readPage(read(body));
  if (page === null) return [];
  assert.ok(Number.isSafeInteger(page.total) && page.total >= 0);
  const uploads = page.items.filter((item): item is Upload => 'id' in item);
  uploads.forEach(checkUpload);
  const distinct = [...new Map(uploads.map((upload) => [upload.id, upload])).values()];
  checkListing(listing(distinct, { malformed: page.items.filter((item): item is Malformed => !('id' in item)) }));
  return distinct;
}

function checkOther(body: unknown, { readMe, readDetail, readAppToken, readLogin }: Readers): void {
  const me = readMe(body);
  if (me !== null) {
    assert.ok(me.userId.length > 0 && me.userId.length <= 200, 'the id of a user without bounds');
    assert.ok(
      me.email === null ||
        (/^[^\s@,;<>"\u0000-\u001f]+@[^\s@,;<>"\u0000-\u001f]+$/.test(me.email) && me.email.length <= 320),
      'an address that is none',
    );
  }
  const detail = readDetail(body);
  assert.ok(detail.length <= 2000);
  assert.doesNotMatch(detail, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  for (const token of [readAppToken(body), readLogin(body)?.token ?? null])
    if (token !== null) assert.match(token, /^[\x21-\x7e]+$/, 'a token that no header can carry');
  wire.readNames(body);
  wire.readSharing(body);
  readLifetimeLimit(body);
  readException(body);
}

function stored(uploads: readonly Upload[], { memories: all }: Input): Snapshot | null {
  if (uploads.length === 0) return null;
  const watched = uploads.map((upload, index): TrackedUpload => ({ upload, ...(all[index % all.length] ?? NOTHING) }));
  return { sequence: 7, takenAt: T0, uploads: new Map(watched.map((each) => [each.upload.id, each])) };
}

const NOTHING: Memory = {
  lastResult: null,
  failure: null,
  statusSince: T0,
  activeSince: null,
  oldMessage: null,
  changedAt: null,
  absence: null,
  progress: null,
  inspection: null,
};

function checkDiff(
  before: Snapshot | null,
  uploads: readonly Upload[],
  answer: Entries | null,
  { minutes }: Input,
): void {
  const now = T0 + minutes * MINUTE;
  const input = diffInput({
    before,
    listing: listing(uploads, { takenAt: now }),
    verdicts: new Map(
      [...(before?.uploads.keys() ?? [])].map((id, index) => [
        id,
        (['deleted', 'unshared', 'present', 'unknown'] as const)[index % 4] ?? 'unknown',
      ]),
    ),
    entries: new Map(
      uploads.map(({ id, completeTime }) => [id, answer === null ? 'unknown' : { ...answer, completeTime }]),
    ),
    gui: guiOf('https://nomad.example/api/v1'),
    now,
  });
  const { found, after } = diff(input);
  found.forEach(checkFound);
  assert.equal(new Set(found.map(({ key }) => key)).size, found.length, 'two events of one name');
  for (const each of uploads) assert.ok(after.uploads.has(each.id), 'a listed upload is not remembered');
  // As after a restart: what was stored as JSON leads to the same events.
  const again = diff({ ...input, before: before === null ? null : throughJson(before) });
  assert.deepEqual(again.found, found);
  for (const watched of after.uploads.values()) assert.deepEqual(JSON.parse(JSON.stringify(watched)), watched);
  alertsOf({
    deployment: 'https://nomad.example/api/v1',
    account: null,
    gui: 'https://n',
    names: new Map(),
    snapshot: after,
    health: HEALTHY,
    now,
  });
}

function throughJson({ sequence, takenAt, uploads }: Snapshot): Snapshot {
  return { sequence, takenAt, uploads: new Map(JSON.parse(JSON.stringify([...uploads])) as [string, TrackedUpload][]) };
}

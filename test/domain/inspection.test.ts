import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diff } from '../../src/domain/diff.ts';
import { type EntriesAnswer, entriesQuestions } from '../../src/domain/inspection.ts';
import type { Entries, Snapshot, Upload } from '../../src/domain/upload.ts';
import { MINUTE, T0, diffInput, listing, snapshot, upload, watched } from '../support/builders.ts';

const AFTER = 120 * MINUTE;
const ended: Partial<Upload> = { completeTime: T0 + 30_000, entries: 7 };
const answer = (more: Partial<Entries> = {}): Entries => ({
  total: 7,
  successful: 4,
  failed: 3,
  failing: [{ id: 'e1', mainfile: 'a/vasprun.xml', parser: 'parsers/vasp', error: 'parser raised system exit' }],
  status: 'SUCCESS',
  completeTime: T0 + 30_000,
  ...more,
});

function poll(before: Snapshot, state: Partial<Upload>, minute: number, said?: EntriesAnswer) {
  const now = T0 + minute * MINUTE;
  const seen = listing([upload(state)], { takenAt: now });
  const asked = entriesQuestions(before, seen, now, AFTER);
  const entries = new Map(said === undefined ? [] : [['u1', said] as const]);
  const { found, after } = diff(diffInput({ before, listing: seen, entries, now }));
  return { asked, kinds: found.map(({ kind }) => kind), found, after };
}

test('a processing that ended well is asked about once; its failed entries are told with it', () => {
  const first = poll(snapshot([watched()]), ended, 1, answer());
  assert.deepEqual(first.asked, ['u1']);
  assert.deepEqual(first.kinds, ['upload.succeeded', 'upload.entries_failed']);
  assert.deepEqual(first.found[1]?.details, {
    complete_time: T0 + 30_000,
    entries: 7,
    failed: 3,
    failing: [
      {
        entry_id: 'e1',
        mainfile: 'a/vasprun.xml',
        parser: 'parsers/vasp',
        error: 'parser raised system exit',
        link: 'https://n/gui/user/uploads/upload/id/u1/entry/id/e1',
      },
    ],
  });
  assert.equal(first.found[1].key, `u1 upload.entries_failed run ${T0 + 30_000}`);
  const second = poll(first.after, ended, 2);
  assert.deepEqual([second.asked, second.kinds], [[], []]);
  assert.equal(second.after.uploads.get('u1')?.inspection?.failed, 3);
});

test('a run whose end was seen before its status is asked about too', () => {
  const half = poll(snapshot([watched({ status: 'RUNNING' })]), { ...ended, status: 'RUNNING' }, 1);
  assert.deepEqual(half.asked, []);
  const whole = poll(half.after, ended, 2, answer());
  assert.deepEqual([whole.asked, whole.kinds], [['u1'], ['upload.succeeded', 'upload.entries_failed']]);
});

test('no failed entry is no event', () => {
  const { kinds, after } = poll(snapshot([watched()]), ended, 1, answer({ failed: 0, failing: [], successful: 7 }));
  assert.deepEqual(kinds, ['upload.succeeded']);
  assert.equal(after.uploads.get('u1')?.inspection?.failed, 0);
});

test('a question without an answer is asked again later and later, and the rest is told meanwhile', () => {
  const first = poll(snapshot([watched()]), ended, 1, 'unknown');
  assert.deepEqual(first.kinds, ['upload.succeeded']);
  let state = first.after;
  const askedAt: number[] = [];
  for (let minute = 2; minute < 200; minute += 1) {
    const { asked, after } = poll(state, ended, minute, 'unknown');
    if (asked.length > 0) askedAt.push(minute);
    // What was not asked gets no answer.
    state = asked.length > 0 ? after : state;
  }
  assert.deepEqual(askedAt, [2, 4, 8, 16, 32, 64, 124, 184]);
  const last = poll(state, ended, 300, answer());
  assert.deepEqual([last.asked, last.kinds], [['u1'], ['upload.entries_failed']]);
});

const notTold: readonly { readonly what: string; readonly said: EntriesAnswer }[] = [
  { what: 'about a later run', said: answer({ completeTime: T0 + 40_000 }) },
  { what: 'while it is processed again', said: answer({ status: 'RUNNING' }) },
  { what: 'that it is not ours any more', said: 'gone' },
];
for (const { what, said } of notTold) {
  test(`an answer ${what} tells nothing`, () => {
    const { kinds, after } = poll(snapshot([watched()]), ended, 1, said);
    assert.deepEqual(kinds, ['upload.succeeded']);
    assert.equal(after.uploads.get('u1')?.inspection?.failed, null);
  });
}

test('once the next run is at work the question is dropped; what is known stays until that run ends', () => {
  const unanswered = poll(snapshot([watched()]), ended, 1, 'unknown').after;
  assert.deepEqual(poll(unanswered, { ...ended, status: 'PENDING' }, 5).asked, []);
  const known = poll(snapshot([watched()]), ended, 1, answer()).after;
  const again = poll(known, { ...ended, status: 'RUNNING' }, 5);
  assert.equal(again.after.uploads.get('u1')?.inspection?.failed, 3);
});

const neverAsked: readonly { readonly what: string; readonly state: Partial<Upload> }[] = [
  { what: 'a failed run', state: { ...ended, status: 'FAILURE' } },
  { what: 'publishing', state: { ...ended, process: 'publish_upload' } },
  { what: 'a run that left no entries', state: { ...ended, entries: 0 } },
  { what: 'the run seen at the last poll', state: { entries: 7 } },
  { what: 'a status that an operator sets', state: { entries: 7, completeTime: null, process: null } },
];
for (const { what, state } of neverAsked) {
  test(`entries are not asked about after ${what}`, () => {
    assert.deepEqual(poll(snapshot([watched()]), state, 1).asked, []);
  });
}

test('at most 20 are asked about in one poll, those due longest first', () => {
  const ids = Array.from({ length: 30 }, (_, index) => `u${index}`);
  const before = snapshot(ids.map((id) => watched({ id })));
  const now = T0 + MINUTE;
  const first = listing(ids.map((id) => upload({ id, ...ended })));
  const asked = entriesQuestions(before, first, now, AFTER);
  assert.equal(asked.length, 20);
  const entries = new Map(asked.map((id) => [id, answer()] as const));
  const { after } = diff(diffInput({ before, listing: first, entries, now }));
  assert.deepEqual(entriesQuestions(after, first, now + MINUTE, AFTER), ids.slice(20));
});

test('an upload that is new and has failed entries says so', () => {
  const { asked, kinds } = poll(snapshot([]), ended, 1, answer());
  assert.deepEqual([asked, kinds], [['u1'], ['upload.created', 'upload.succeeded', 'upload.entries_failed']]);
});

test('the end of a new upload is news from five minutes before the last list on: clocks differ', () => {
  const asked = (completeTime: number) => poll(snapshot([]), { ...ended, completeTime }, 1).asked.length;
  assert.deepEqual([asked(T0 - 5 * MINUTE), asked(T0 - 5 * MINUTE + 1)], [0, 1]);
  const known = snapshot([watched({ completeTime: T0 - MINUTE })]);
  assert.deepEqual(poll(known, { ...ended, completeTime: T0 - MINUTE }, 1).asked, [], 'of a known one it is old');
});

test('a run that left no entries has no failed ones; when NOMAD will not tell, it is not asked again', () => {
  const inspection = { completeTime: T0 + 30_000, askAt: null, tries: 0 };
  const empty = poll(snapshot([watched()]), { ...ended, entries: 0 }, 1).after;
  assert.deepEqual(empty.uploads.get('u1')?.inspection, { ...inspection, failed: 0 });
  const refused = poll(snapshot([watched()]), ended, 1, 'gone').after;
  assert.deepEqual(refused.uploads.get('u1')?.inspection, { ...inspection, failed: null });
  assert.deepEqual(poll(refused, ended, 500).asked, []);
});

test('what is known of a run is dropped when the next one ended', () => {
  const known = poll(snapshot([watched()]), ended, 1, answer()).after;
  const next = poll(known, { ...ended, status: 'FAILURE', completeTime: T0 + 2 * MINUTE }, 3);
  assert.equal(next.after.uploads.get('u1')?.inspection, null);
});

test('counts of the entries of the next run say nothing of the last one, and are not told as failed', () => {
  const counts = answer({ status: 'WAITING_FOR_RESULT' });
  const waiting = { ...ended, status: 'WAITING_FOR_RESULT' } as const;
  const fresh = poll(
    snapshot([watched({ status: 'RUNNING' })]),
    { ...waiting, completeTime: T0 - 30 * MINUTE },
    1,
    counts,
  );
  assert.deepEqual([fresh.kinds, fresh.after.uploads.get('u1')?.inspection], [[], null]);
  const known = poll(snapshot([watched()]), ended, 1, answer()).after;
  const next = poll(known, waiting, 2, counts);
  assert.deepEqual(next.kinds, ['upload.started']);
  assert.deepEqual(next.after.uploads.get('u1')?.inspection, known.uploads.get('u1')?.inspection);
  assert.deepEqual(poll(next.after, waiting, 3).asked, [], 'its counts were asked a minute ago');
  assert.deepEqual(poll(next.after, waiting, 32).asked, ['u1'], 'a quarter of STUCK_AFTER ago');
});

test('a question is due at its time; one further ahead than an hour is due now: our clock was set back', () => {
  const asking = (id: string, askAt: number) =>
    watched({ ...ended, id }, { inspection: { completeTime: T0 + 30_000, askAt, tries: 1, failed: null } });
  const asked = (...questions: readonly (readonly [string, number])[]) => {
    const seen = listing(questions.map(([id]) => upload({ ...ended, id })));
    return entriesQuestions(snapshot(questions.map((each) => asking(...each))), seen, T0, AFTER);
  };
  assert.deepEqual(asked(['later', T0 + 1], ['at its time', T0], ['earlier', T0 - 1]), ['earlier', 'at its time']);
  assert.deepEqual(asked(['in an hour', T0 + 60 * MINUTE]), []);
  assert.deepEqual(asked(['ahead', T0 + 60 * MINUTE + 1], ['due', T0 - 1]), ['due', 'ahead']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diff } from '../../../src/domain/diff/diff.ts';
import {
  type EntriesAnswer,
  type EntriesQuestion,
  entriesToAsk,
  isToReport,
} from '../../../src/domain/diff/entry-check.ts';
import type { Entries, Snapshot, Upload, TrackedUpload } from '../../../src/domain/upload.ts';
import {
  MINUTE,
  T0,
  diffInput,
  entries,
  inspected,
  listing,
  snapshot,
  upload,
  watched,
} from '../../support/builders.ts';

const AFTER = 120 * MINUTE;
const ended: Partial<Upload> = { completeTime: T0 + 30_000, entries: 7 };
const answer = (more: Partial<Entries> = {}): Entries =>
  entries({
    total: 7,
    successful: 4,
    failed: 3,
    failing: [{ id: 'e1', mainfile: 'a/vasprun.xml', parser: 'parsers/vasp', error: 'parser raised system exit' }],
    completeTime: T0 + 30_000,
    ...more,
  });

const idsOf = (questions: readonly EntriesQuestion[]) => questions.map(({ id }) => id);

function poll(before: Snapshot, state: Partial<Upload>, minute: number, said?: EntriesAnswer) {
  const now = T0 + minute * MINUTE;
  const seen = listing([upload(state)], { takenAt: now });
  const asked = entriesToAsk(before, seen, now, AFTER).questions;
  const told = new Map(said === undefined ? [] : [['u1', said] as const]);
  const { found, after } = diff(diffInput({ before, listing: seen, entries: told, now }));
  return { asked: asked.map(({ id, look }) => `${id} ${look}`), kinds: found.map(({ kind }) => kind), found, after };
}

test('a processing that ended well is asked about once; its failed entries are told with it', () => {
  const first = poll(snapshot([watched()]), ended, 1, answer());
  assert.deepEqual(first.asked, ['u1 few']);
  assert.deepEqual(first.kinds, ['upload.succeeded', 'upload.entries_failed']);
  assert.deepEqual(first.found[1]?.details, {
    run: `run ${T0 + 30_000}`,
    complete_time: T0 + 30_000,
    entries: 7,
    failed: 3,
    failing: [
      {
        entry_id: 'e1',
        mainfile: 'a/vasprun.xml',
        parser: 'parsers/vasp',
        error: 'parser raised system exit',
        reason: null,
        link: 'https://n/gui/user/uploads/upload/id/u1/entry/id/e1',
      },
    ],
  });
  assert.equal(first.found[1].key, `u1 upload.entries_failed run ${T0 + 30_000}`);
  const second = poll(first.after, ended, 2);
  assert.deepEqual([second.asked, second.kinds], [[], []]);
  assert.equal(second.after.uploads.get('u1')?.inspection?.failed, 3);
});

const [FIRST = { id: '', mainfile: '', parser: '', error: null }] = answer().failing;

test('why entries failed is told with them, and remembered while the same ones are failed', () => {
  const explanation = {
    groups: [{ parser: 'parsers/vasp', error: 'E', reason: 'KeyError: 1', before: 'odd', entries: 3, checked: 2 }],
    seen: 3,
    named: [{ ...FIRST, reason: 'KeyError: 1' }],
  };
  const first = poll(snapshot([watched()]), ended, 1, answer({ explanation }));
  const { seen, reasons, failing } = (first.found[1]?.details ?? {}) as Record<string, unknown>;
  assert.deepEqual([seen, reasons], [3, explanation.groups]);
  assert.equal((failing as { reason: string }[])[0]?.reason, 'KeyError: 1');
  const reasonAt = ({ after }: typeof first) => after.uploads.get('u1')?.inspection?.reason;
  assert.equal(reasonAt(first), 'parsers/vasp: KeyError: 1');
  assert.equal(reasonAt(poll(first.after, ended, 2)), 'parsers/vasp: KeyError: 1');
  const edited = { ...ended, process: 'edit_upload_metadata', completeTime: T0 + 90_000 };
  const after = poll(first.after, edited, 2, answer({ completeTime: T0 + 90_000 }));
  assert.deepEqual([after.kinds, reasonAt(after)], [['upload.edited'], 'parsers/vasp: KeyError: 1']);
  const again = { ...ended, completeTime: T0 + 90_000 };
  const others = answer({ completeTime: T0 + 90_000, failing: [{ ...FIRST, id: 'e9' }] });
  assert.equal(reasonAt(poll(first.after, again, 2, others)), undefined);
  const well = answer({ completeTime: T0 + 90_000, failed: 0, failing: [], successful: 7 });
  assert.equal(reasonAt(poll(first.after, again, 2, well)), undefined);
});

test('why is asked only of what is to be reported', () => {
  const clocks = { now: T0 + MINUTE, takenAt: T0 + MINUTE };
  const known = snapshot([watched()]);
  assert.equal(isToReport(answer(), upload(ended), known, clocks), true);
  assert.equal(isToReport(answer({ failed: 0, failing: [] }), upload(ended), known, clocks), false);
  assert.equal(isToReport('unknown', upload(ended), known, clocks), false);
  const told = poll(known, ended, 1, answer()).after;
  assert.equal(isToReport(answer(), upload(ended), told, clocks), false);
});

test('a run whose end was seen before its status is asked about too', () => {
  const half = poll(snapshot([watched({ status: 'RUNNING' })]), { ...ended, status: 'RUNNING' }, 1);
  assert.deepEqual(half.asked, []);
  const whole = poll(half.after, ended, 2, answer());
  assert.deepEqual([whole.asked, whole.kinds], [['u1 few'], ['upload.succeeded', 'upload.entries_failed']]);
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
  assert.deepEqual([last.asked, last.kinds], [['u1 few'], ['upload.entries_failed']]);
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

const neverAsked: readonly {
  readonly what: string;
  readonly state: Partial<Upload>;
  readonly known?: Partial<Upload>;
}[] = [
  { what: 'a failed run', state: { ...ended, status: 'FAILURE' } },
  { what: 'a run that left no entries', state: { ...ended, entries: 0 } },
  { what: 'the run seen at the last poll', state: {} },
  {
    what: 'a folder that was made where no entries are',
    state: { completeTime: T0 + 30_000, entries: 0 },
    known: { entries: 0 },
  },
  {
    what: 'a folder that was made after an edit',
    state: { ...ended, process: 'edit_metadata' },
    known: { entries: 7, process: 'edit_metadata' },
  },
  { what: 'a stop', state: { status: 'READY', message: 'Processing stopped' }, known: { status: 'PENDING' } },
  { what: 'a status that an operator sets', state: { entries: 7, completeTime: null, process: null } },
];
for (const { what, state, known } of neverAsked) {
  test(`entries are not asked about after ${what}`, () => {
    assert.deepEqual(poll(snapshot([watched(known)]), state, 1).asked, []);
  });
}

test('at most 20 are asked about in one poll, those due longest first', () => {
  const ids = Array.from({ length: 30 }, (_, index) => `u${index}`);
  const before = snapshot(ids.map((id) => watched({ id })));
  const now = T0 + MINUTE;
  const first = listing(ids.map((id) => upload({ id, ...ended })));
  const asked = entriesToAsk(before, first, now, AFTER).questions;
  assert.equal(asked.length, 20);
  const told = new Map(asked.map(({ id }) => [id, answer()] as const));
  const { after } = diff(diffInput({ before, listing: first, entries: told, now }));
  assert.deepEqual(idsOf(entriesToAsk(after, first, now + MINUTE, AFTER).questions), ids.slice(20));
});

test('an upload that is new and has failed entries says so', () => {
  const { asked, kinds } = poll(snapshot([]), ended, 1, answer());
  assert.deepEqual([asked, kinds], [['u1 few'], ['upload.created', 'upload.succeeded', 'upload.entries_failed']]);
});

test('the end of a new upload is news from five minutes before the last list on: clocks differ', () => {
  const asked = (completeTime: number) => poll(snapshot([]), { ...ended, completeTime }, 1).asked.length;
  assert.deepEqual([asked(T0 - 5 * MINUTE), asked(T0 - 5 * MINUTE + 1)], [0, 1]);
  const known = snapshot([watched({ ...ended, completeTime: T0 - MINUTE })]);
  assert.deepEqual(poll(known, { ...ended, completeTime: T0 - MINUTE }, 1).asked, [], 'of a known one it is old');
});

test('a run that left no entries has no failed ones; when NOMAD will not tell, it is not asked again', () => {
  const inspection = inspected({ run: `run ${T0 + 30_000}`, tries: 0, newestEnd: T0 + MINUTE });
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
  assert.deepEqual(poll(next.after, waiting, 32).asked, ['u1 many'], 'a quarter of STUCK_AFTER ago');
});

test('a question is due at its time; one further ahead than an hour is due now: our clock was set back', () => {
  const asking = (id: string, askAt: number) =>
    watched({ ...ended, id }, { inspection: inspected({ askAt, failed: null }) });
  const asked = (...questions: readonly (readonly [string, number])[]) => {
    const seen = listing(questions.map(([id]) => upload({ ...ended, id })));
    return idsOf(entriesToAsk(snapshot(questions.map((each) => asking(...each))), seen, T0, AFTER).questions);
  };
  assert.deepEqual(asked(['later', T0 + 1], ['at its time', T0], ['earlier', T0 - 1]), ['earlier', 'at its time']);
  assert.deepEqual(asked(['in an hour', T0 + 60 * MINUTE]), []);
  assert.deepEqual(asked(['ahead', T0 + 60 * MINUTE + 1], ['due', T0 - 1]), ['due', 'ahead']);
});

/** The end of the entry that was done last, minutes after T0. */
const lastAt = (minute: number, more: Partial<Entries> = {}): Entries =>
  answer({ failed: 0, failing: [], successful: 7, newestEnd: T0 + minute * MINUTE, ...more });
const ITS_ENTRIES = watched({ entries: 7 });
const onlyTime: Partial<Upload> = { entries: 7, completeTime: T0 + 30_000 };

const moved: readonly (readonly [string, EntriesAnswer | undefined, readonly string[]])[] = [
  ['one was done since: a run took place', lastAt(0), ['upload.succeeded']],
  [
    'some failed in it',
    lastAt(0, { failed: 3, failing: answer().failing }),
    ['upload.succeeded', 'upload.entries_failed'],
  ],
  ['none was done since: a folder was made', lastAt(-31), []],
  ['none tells when it was done', lastAt(0, { newestEnd: null }), []],
  ['no answer', 'unknown', []],
  ['they are not ours any more', 'gone', []],
];
for (const [what, said, expected] of moved) {
  test(`where only complete_time moved the entries decide: ${what}`, () => {
    const { asked, kinds, found } = poll(snapshot([ITS_ENTRIES]), onlyTime, 1, said);
    assert.deepEqual([asked, kinds], [['u1 few'], expected]);
    assert.deepEqual(
      found.map(({ key }) => key),
      expected.map((kind) => `u1 ${kind} run ${T0 + 30_000}`),
    );
  });
}

test('a run that only complete_time showed is told when its entries are heard, however late; it mends a failure', () => {
  const failure = { process: 'process_upload', reason: 'E', since: T0 - 60 * MINUTE };
  const before = snapshot([watched({ entries: 7 }, { failure, lastResult: 'failed' })]);
  const first = poll(before, onlyTime, 1, 'unknown');
  assert.deepEqual([first.kinds, first.after.uploads.get('u1')?.failure], [[], failure]);
  const second = poll(first.after, onlyTime, 3, lastAt(0));
  assert.deepEqual([second.asked, second.kinds], [['u1 few'], ['upload.recovered']]);
  const known = second.after.uploads.get('u1');
  assert.deepEqual([known?.failure, known?.lastResult], [null, 'succeeded']);
  assert.deepEqual(poll(second.after, onlyTime, 4).asked, [], 'NOMAD writes down when good runs end');
});

/** Good runs of NOMAD 1.4 leave no time. */
const timeless: Partial<Upload> = { entries: 7, completeTime: null, message: 'Process completed successfully' };
const said = (minute: number, more: Partial<Entries> = {}) => lastAt(minute, { completeTime: null, ...more });

test('where good runs leave no time, one that came and went between two polls is found by its entries, within a quarter of an hour', () => {
  const before = snapshot([watched({ status: 'PENDING', message: 'Cleanup', completeTime: null })]);
  const first = poll(before, timeless, 1, said(0));
  assert.deepEqual([first.asked, first.kinds], [['u1 few'], ['upload.succeeded']]);
  assert.deepEqual(poll(first.after, timeless, 15).asked, []);
  const same = poll(first.after, timeless, 16, said(0));
  assert.deepEqual([same.asked, same.kinds], [['u1 few'], []]);
  assert.deepEqual(poll(same.after, timeless, 30).asked, []);
  const other = poll(same.after, timeless, 31, said(29));
  assert.deepEqual([other.asked, other.kinds], [['u1 few'], ['upload.succeeded']]);
  assert.notEqual(other.found[0]?.key, first.found[0]?.key, 'another run has another name');
  const third = poll(other.after, timeless, 46, said(45, { failed: 3, failing: answer().failing }));
  assert.deepEqual(third.kinds, ['upload.succeeded', 'upload.entries_failed']);
  assert.notEqual(third.found[0]?.key, other.found[0]?.key);
});

test('after a day without news it is looked for no more', () => {
  const first = poll(snapshot([watched({ status: 'RUNNING', completeTime: null })]), timeless, 1, said(0));
  let state = first.after;
  let last = 0;
  for (let minute = 2; minute < 3 * 24 * 60; minute += 5) {
    const { asked, kinds, after } = poll(state, timeless, minute, said(0));
    assert.deepEqual(kinds, []);
    if (asked.length === 0) continue;
    last = minute;
    state = after;
  }
  assert.ok(last >= 24 * 60 && last < 24 * 60 + 20, `last asked after ${last} min`);
});

test('where complete_time is older than the entries, good runs leave none either', () => {
  const stale: Partial<Upload> = { entries: 7, completeTime: T0 - 60 * MINUTE };
  const before = snapshot([watched({ ...stale, status: 'PENDING', message: 'Cleanup' })]);
  const first = poll(before, stale, 1, said(0, { completeTime: T0 - 60 * MINUTE }));
  assert.deepEqual(first.kinds, ['upload.succeeded']);
  assert.deepEqual(poll(first.after, stale, 16).asked, ['u1 few']);
});

test('a file saved in the editor of NOMAD changes only the message: its entries are asked about', () => {
  const known = snapshot([
    watched({ entries: 7, message: 'Process process_upload completed' }, { inspection: inspected() }),
  ]);
  const saved: Partial<Upload> = { entries: 7, message: 'File processed' };
  const { asked, kinds } = poll(known, saved, 1, answer({ completeTime: upload().completeTime }));
  assert.deepEqual([asked, kinds], [['u1 few'], ['upload.entries_failed']]);
});

test('of what is older than our watching nothing is told, but counted; those due are asked about after all others', () => {
  const all = [upload({ id: 'old', entries: 7 }), upload({ id: 'new', entries: 7, completeTime: T0 - MINUTE })];
  const first = diff(diffInput({ listing: listing(all, { takenAt: T0 }), now: T0 }));
  const askAt = (id: string) => first.after.uploads.get(id)?.inspection?.askAt;
  assert.deepEqual([askAt('new'), askAt('old')], [T0, T0], 'twenty share a time, and so what is remembered of them');
  const now = T0 + MINUTE;
  const third = upload({ id: 'ended', ...ended });
  const before = { ...first.after, uploads: new Map([...first.after.uploads, ['ended', watched({ id: 'ended' })]]) };
  const seen = listing([...all, third], { takenAt: now });
  assert.deepEqual(entriesToAsk(before, seen, now, AFTER).questions, [
    { id: 'ended', look: 'few' },
    { id: 'new', look: 'counts' },
    { id: 'old', look: 'counts' },
  ]);
  const told = new Map([['old', answer({ failing: [], completeTime: T0 - 30 * MINUTE })]]);
  const { found, after } = diff(
    diffInput({ before: first.after, listing: listing(all, { takenAt: now }), entries: told, now }),
  );
  assert.deepEqual(found, []);
  assert.deepEqual(after.uploads.get('old')?.inspection?.failed, 3);
  assert.deepEqual(idsOf(entriesToAsk(after, listing(all, { takenAt: now + MINUTE }), now + MINUTE, AFTER).questions), [
    'new',
  ]);
});

test('older uploads are asked about one in three seconds of a deployment, however many accounts ask it', () => {
  const all = Array.from({ length: 60 }, (_, index) => upload({ id: `u${index}`, entries: 7 }));
  const { after } = diff(diffInput({ listing: listing(all, { takenAt: T0 }), now: T0 }));
  const asked = (sharers: number, minutes: number) => {
    const now = T0 + minutes * MINUTE;
    return entriesToAsk(after, listing(all, { takenAt: now }), now, AFTER, false, sharers).questions.length;
  };
  const later = 60;
  assert.deepEqual([asked(1, later), asked(4, later), asked(60, later)], [20, 20, 20], 'after an hour all are due');
  assert.deepEqual([asked(1, 1), asked(4, 1), asked(20, 1)], [20, 5, 1]);
  const inTenMinutes = Array.from({ length: 10 }, (_, minute) => {
    const now = T0 + (minute + 1) * MINUTE;
    const before = { ...after, takenAt: now - MINUTE };
    return entriesToAsk(before, listing(all, { takenAt: now }), now, AFTER, false, 200).questions.length;
  });
  assert.equal(
    inTenMinutes.reduce((sum, count) => sum + count, 0),
    1,
    'one of each in ten minutes is 200 of all',
  );
});

const which = (id: string) => answer({ failing: [{ id, mainfile: 'a', parser: 'p', error: null }] });
const edited: Partial<Upload> = { ...ended, process: 'edit_upload_metadata' };
const KNOWN = inspected({ run: `run ${T0}`, failed: 3, told: '3 e1' });
const told: readonly (readonly [string, TrackedUpload, Partial<Upload>, Entries, readonly string[]])[] = [
  [
    'told again after a processing that left the same ones',
    watched({ status: 'RUNNING', entries: 7 }, { inspection: KNOWN }),
    ended,
    which('e1'),
    ['upload.succeeded', 'upload.entries_failed'],
  ],
  ['not told again after an edit', watched(ended, { inspection: KNOWN }), edited, which('e1'), ['upload.edited']],
  [
    'told after an edit that shows other ones',
    watched(ended, { inspection: KNOWN }),
    edited,
    which('e2'),
    ['upload.edited', 'upload.entries_failed'],
  ],
  [
    'told after an edit where nothing was known of them',
    watched(ended),
    edited,
    which('e1'),
    ['upload.edited', 'upload.entries_failed'],
  ],
  [
    'told with the publishing that followed in the same poll',
    watched({ status: 'RUNNING', entries: 7 }),
    { ...ended, process: 'publish_upload', published: true },
    which('e1'),
    ['upload.entries_failed', 'upload.published'],
  ],
];
for (const [what, before, after, entriesNow, expected] of told) {
  test(`failed entries are ${what}`, () => {
    const { asked, kinds, after: stored } = poll(snapshot([before]), after, 1, entriesNow);
    assert.deepEqual([asked, kinds], [['u1 few'], expected]);
    assert.equal(stored.uploads.get('u1')?.inspection?.failed, 3);
  });
}

test('a processing that mended a failure, and an edit, in one poll: the entries tell that it recovered', () => {
  const failure = { process: 'process_upload', reason: 'E', since: T0 - 30 * MINUTE };
  const before = snapshot([watched({ status: 'FAILURE', entries: 7 }, { failure, lastResult: 'failed' })]);
  const mended = poll(before, edited, 1, lastAt(0, { oldestEnd: T0 - MINUTE }));
  assert.deepEqual(mended.kinds.toSorted(), ['upload.edited', 'upload.recovered']);
  const recovered = mended.found.find(({ kind }) => kind === 'upload.recovered');
  assert.equal(
    recovered?.details['complete_time'],
    lastAt(0).newestEnd,
    'when its last entry was done, not when it was looked at',
  );
  assert.equal(mended.after.uploads.get('u1')?.failure, null);
  const partly = poll(before, edited, 1, lastAt(0, { oldestEnd: T0 - 31 * MINUTE }));
  assert.deepEqual(partly.kinds, ['upload.edited'], 'some are from before it failed');
  assert.deepEqual(partly.after.uploads.get('u1')?.failure, failure);
});

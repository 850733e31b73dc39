// Uploads that the listing lacks: whom to ask about, and what becomes of them by each answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MAX_MISSING_QUESTIONS,
  type MissingVerdict,
  judgeAbsence,
  missingToAsk,
} from '../../../src/domain/diff/missing.ts';
import type { Absence } from '../../../src/domain/upload.ts';
import { MINUTE, T0, listing, snapshot, upload, watched } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;

test('absent uploads are asked about, those asked longest ago first, 20 in a poll', () => {
  const gone = Array.from({ length: 50 }, (_, index) =>
    watched({ id: `u${index}` }, { absence: { askAt: index < 30 ? T0 + index : 0 } }),
  );
  const asked = missingToAsk(snapshot(gone), listing([]), T0 + HOUR);
  assert.equal(asked.length, 50);
  assert.deepEqual(
    asked.slice(0, MAX_MISSING_QUESTIONS),
    gone.slice(30).map(({ upload }) => upload.id),
  );
});

test('an upload that answers is not asked about again for an hour, unless the clock was set back', () => {
  const ask = (askAt: number) => missingToAsk(snapshot([watched({}, { absence: { askAt } })]), listing([]), T0).length;
  assert.equal(ask(T0 + HOUR), 0);
  assert.equal(ask(T0), 1);
  assert.equal(ask(T0 + 48 * HOUR), 1);
});

test('what is listed, readable or not, is not asked about', () => {
  const before = snapshot(['listed', 'unreadable', 'gone'].map((id) => watched({ id })));
  const seen = listing([upload({ id: 'listed' })], { malformed: [{ uploadId: 'unreadable', problem: 'odd' }] });
  assert.deepEqual(missingToAsk(before, seen, T0), ['gone']);
});

test('of a part only what was missing before is asked about: the others are just not in it', () => {
  const before = snapshot([watched({ id: 'not in it' }), watched({ id: 'missing' }, { absence: { askAt: T0 } })]);
  assert.deepEqual(missingToAsk(before, listing([], { isPart: true }), T0), ['missing']);
  assert.deepEqual(missingToAsk(before, listing([]), T0), ['not in it', 'missing']);
});

/** What was remembered, the answer, what is remembered then (`forgotten`: nothing of the upload), and what is told. */
const judged: readonly (readonly [
  string,
  Absence | null,
  MissingVerdict | undefined,
  Absence | 'forgotten',
  string | null,
])[] = [
  ['deleted is told and forgotten', null, 'deleted', 'forgotten', 'upload.deleted'],
  ['no longer shared is told and forgotten', null, 'unshared', 'forgotten', 'upload.unshared'],
  ['one that still answers is asked about again in an hour', null, 'present', { askAt: T0 + HOUR }, null],
  ['one without a usable answer goes to the end of the queue', { askAt: 5 }, 'unknown', { askAt: T0 }, null],
  ['one not asked about is due at once', null, undefined, { askAt: 0 }, null],
  ['one not asked about this time keeps its turn', { askAt: 5 }, undefined, { askAt: 5 }, null],
];
for (const [what, absence, verdict, expected, kind] of judged) {
  test(`absent: ${what}`, () => {
    const known = watched({}, { absence });
    const verdicts = new Map(verdict === undefined ? [] : [['u1', verdict] as const]);
    const after = expected === 'forgotten' ? null : { ...known, absence: expected };
    assert.deepEqual(judgeAbsence(known, listing([]), verdicts, T0), { watched: after, kind });
  });
}

test('one that is listed but cannot be read is not absent; that another cannot be read says nothing of it', () => {
  const known = watched({}, { absence: { askAt: 5 } });
  const judge = (uploadId: string) =>
    judgeAbsence(known, listing([], { malformed: [{ uploadId, problem: 'odd' }] }), new Map([['u1', 'deleted']]), T0);
  assert.deepEqual(judge('u1'), { watched: { ...known, absence: null }, kind: null });
  assert.equal(judge('u2').kind, 'upload.deleted');
});

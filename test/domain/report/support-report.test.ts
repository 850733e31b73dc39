// The text for NOMAD's administrators: the whole of it, what is not known, and what NOMAD may put into it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type SupportCase, type SupportUpload, supportText } from '../../../src/domain/report/support-report.ts';
import { eventReport, rememberedUpload, stateReport } from '../../../src/domain/report/support-upload.ts';
import { MINUTE, T0, event, inspected, progressed, watched } from '../../support/builders.ts';
import type { Event } from '../../../src/domain/event.ts';
import { type EntriesNow, stuckDetails } from '../../../src/domain/report/support-entries.ts';
import { hostileText } from '../../support/hostile-text.ts';

const HOUR = 60 * MINUTE;
const LINK = 'https://nomad.example/gui/user/uploads/upload/id/u1';

const one = (change: Partial<SupportUpload> = {}): SupportUpload => ({
  id: 'u1',
  name: 'batch-42',
  link: LINK,
  author: 'Ada Lovelace',
  trouble: 'stuck',
  status: 'PENDING',
  process: 'process_upload',
  message: 'Parsing level 0',
  errors: [],
  since: T0,
  entries: { total: 40, successful: null, failed: null, failing: [], unfinished: [] },
  attempts: ['found stuck on 20 Nov 2026, 12:00 UTC: no change for 2 h'],
  ...change,
});
const about = (change: Partial<SupportCase> = {}): SupportCase => ({
  deployment: 'https://nomad.example/api/v1',
  version: '2.0.0',
  engine: 'temporal',
  monitor: '0.1.0',
  asOf: T0 + 3 * HOUR,
  unasked: null,
  uploads: [one()],
  ...change,
});

test('all that an administrator is told', () => {
  const entry = (id: string, words: string | null) => ({
    id,
    mainfile: `${id}/vasprun.xml`,
    parser: 'parsers/vasp',
    words,
  });
  const upload = one({
    errors: ['E1', 'E2', 'E3', 'E4'],
    entries: {
      ...{ total: 40, successful: 30, failed: 3 },
      failing: [entry('e1', "KeyError: 'atomtypes'")],
      unfinished: [entry('e2', 'READY, Parsing mainfile'), entry('e3', null)],
    },
    attempts: ['failed on 20 Nov 2026, 09:00 UTC: KeyError: x', 'processed again 2 times since then'],
  });
  assert.equal(
    supportText(about({ uploads: [upload] })),
    `About the upload batch-42 to NOMAD: stuck

Deployment:     https://nomad.example/api/v1
NOMAD:          version 2.0.0, processes with Temporal
Seen by:        nomad-upload-monitor 0.1.0, as of 20 Nov 2026, 13:00 UTC

Upload:         batch-42
Upload id:      u1
Address:        https://nomad.example/gui/user/uploads/upload/id/u1
Main author:    Ada Lovelace
State:          PENDING, process_upload (stuck)
Since:          20 Nov 2026, 10:00 UTC (3 h)
Last message:   Parsing level 0
Errors:         E2
                E3
                E4
                … and 1 earlier
Entries:        40, 7 not done, 3 failed
Not done:       e2/vasprun.xml (parsers/vasp, entry id e2): READY, Parsing mainfile
                e3/vasprun.xml (parsers/vasp, entry id e3)
                … and 5 more
Failed:         e1/vasprun.xml (parsers/vasp, entry id e1): KeyError: 'atomtypes'
                … and 2 more
What was tried: failed on 20 Nov 2026, 09:00 UTC: KeyError: x
                processed again 2 times since then`,
  );
});

const LINES: readonly (readonly [string, Partial<SupportCase>, RegExp])[] = [
  [
    'no version, Temporal',
    { version: null },
    /^NOMAD: +1\.4 or later \(version not known\), processes with Temporal$/m,
  ],
  [
    'no version, Celery',
    { version: null, engine: 'celery' },
    /^NOMAD: +1\.3 or older \(version not known\), processes with Celery$/m,
  ],
  ['nothing known', { version: null, engine: null }, /^NOMAD: +version not known$/m],
  ['a version alone', { engine: null }, /^NOMAD: +version 2\.0\.0$/m],
  [
    'not asked',
    { unasked: 'connect ECONNREFUSED' },
    /^Not asked: +NOMAD could not be asked for more: connect ECONNREFUSED$/m,
  ],
  [
    'two',
    { uploads: [one(), one({ id: 'u2' })] },
    /^About 2 uploads to NOMAD\n[^]*Upload id: +u1\n[^]*\n\nUpload: +batch-42\nUpload id: +u2\n/,
  ],
  ['no name', { uploads: [one({ name: null })] }, /^About the upload u1 to NOMAD: stuck\n/],
  [
    'nothing is wrong',
    { uploads: [one({ trouble: null })] },
    /^About the upload batch-42 to NOMAD\n[^]*State: +PENDING, process_upload$/m,
  ],
  [
    'no process, no message',
    { uploads: [one({ process: null, message: null })] },
    /^State: +PENDING \(stuck\)\nSince: .*\nLast message: +none$/m,
  ],
  ['since when is not known', { uploads: [one({ since: null })] }, /\(stuck\)\nLast message/],
  ['nothing was seen', { uploads: [one({ attempts: [] })] }, /^What was tried: not known: nothing was seen of it$/m],
  ['entries: only their number', {}, /^Entries: +40$/m],
];
for (const [name, change, expected] of LINES) {
  test(`what is said: ${name}`, () => {
    assert.match(supportText(about(change)), expected);
  });
}

test('while it is published, its entries are left alone', () => {
  const entries = {
    total: 3,
    successful: 2,
    failed: 0,
    failing: [],
    unfinished: [{ id: 'e', mainfile: 'm', parser: 'p', words: null }],
  };
  assert.doesNotMatch(supportText(about({ uploads: [one({ process: 'publish_upload', entries })] })), /Not done/);
});

test('of a remembered upload: since when, and a failure that NOMAD has forgotten', () => {
  const failure = { process: 'process_upload', reason: 'KeyError: x', since: T0 - HOUR };
  const edited = watched({ status: 'SUCCESS', process: 'edit_upload_metadata' }, { failure });
  const of = { events: [], link: LINK, author: 'Ada', entries: null };
  const said = rememberedUpload({ watched: edited, ...of });
  assert.deepEqual([said.trouble, said.since, said.errors], ['failed', T0 - HOUR, ['KeyError: x']]);
  const stuck = watched(
    { status: 'PENDING', message: 'Parsing level 0' },
    { progress: progressed({ stuck: true, since: T0 - 2 * HOUR }), inspection: inspected({ failed: 1 }) },
  );
  const text = stateReport(
    { watched: stuck, ...of },
    { deployment: 'https://n/api/v1', version: null, monitor: '1', asOf: T0 },
  );
  assert.match(
    text,
    /^State: +PENDING, process_upload \(stuck, entries failed\)\nSince: +20 Nov 2026, 08:00 UTC \(2 h\)$/m,
  );
  assert.match(text, /^Entries: +3, 1 failed$/m);
  assert.match(text, /^NOMAD: +1\.4 or later/m);
});

test('of the event of a mail', () => {
  const stuck = event({ kind: 'upload.stuck', details: { still_ms: 2 * HOUR } });
  const text = eventReport(stuck, null) ?? '';
  assert.match(text, /^Deployment: +https:\/\/nomad\.example\/gui$/m);
  assert.match(text, /^Since: +20 Nov 2026, 08:00 UTC \(2 h\)$/m);
  assert.doesNotMatch(text, /What was tried/);
  assert.equal(eventReport(event(), null), null);
});

const ANSWER: EntriesNow = {
  answer: {
    ...{ total: 40, successful: 30, failed: 1 },
    failing: [{ id: 'e1', mainfile: 'a/OUTCAR', parser: 'parsers/vasp', error: "KeyError: 'atomtypes'" }],
  },
  unfinished: [
    {
      ...{ id: 'e2', mainfile: 'b/OUTCAR', parser: 'parsers/vasp' },
      ...{ status: 'RUNNING', message: 'Parsing mainfile' },
    },
  ],
};
const stuckOf = (details: Event['details']) =>
  event({ kind: 'upload.stuck', details: { still_ms: 2 * HOUR, ...details } });

test('the event of a stuck upload keeps what NOMAD said: its version and its entries, for the mail and for the page', () => {
  const details = { nomad_version: '2.0.0', ...stuckDetails(ANSWER, 'u1', 'https://nomad.example/gui') };
  const stuck = stuckOf(details);
  const mail = eventReport(stuck, ['found stuck on 20 Nov 2026, 10:00 UTC', 'not processed again since then']) ?? '';
  const expected = [
    /^NOMAD: +version 2\.0\.0/m,
    /^Entries: +40, 9 not done, 1 failed$/m,
    /^Not done: +b\/OUTCAR \(parsers\/vasp, entry id e2\): RUNNING, Parsing mainfile\n +… and 8 more$/m,
    /^Failed: +a\/OUTCAR \(parsers\/vasp, entry id e1\): KeyError: 'atomtypes'$/m,
    /^What was tried: found stuck on 20 Nov 2026, 10:00 UTC\n +not processed again since then$/m,
  ];
  for (const line of expected) assert.match(mail, line);

  const still = watched({ status: 'RUNNING' }, { progress: progressed({ stuck: true, since: T0 - 2 * HOUR }) });
  const where = { deployment: 'https://n/api/v1', version: '2.0.0', monitor: '1', asOf: T0 };
  const page = stateReport({ watched: still, events: [stuck], link: LINK, author: 'Ada', entries: null }, where);
  for (const line of expected.slice(0, 4)) assert.match(page, line);
  const moves = watched({ status: 'FAILURE' });
  const after = stateReport({ watched: moves, events: [stuck], link: LINK, author: 'Ada', entries: null }, where);
  assert.doesNotMatch(after, /Not done|OUTCAR/);
});

test('an event of an earlier version, or one that NOMAD did not answer for, names no entry', () => {
  for (const details of [{}, { nomad_version: null }, { entries: 'many' }, { entries: 3, unfinished: 'x' }]) {
    const text = eventReport(stuckOf(details), null) ?? '';
    assert.match(text, /^Entries: +[03]$/m);
    assert.doesNotMatch(text, /Not done|undefined|null/);
  }
});

test('the failed entries of the last run are named on the page as their event names them', () => {
  const failing = [
    { entry_id: 'e1', mainfile: 'a/OUTCAR', parser: 'parsers/vasp', error: 'failed', reason: 'KeyError: x' },
  ];
  const happened = event({ kind: 'upload.entries_failed', details: { entries: 9, failed: 2, failing } });
  const now = watched({ status: 'SUCCESS' }, { inspection: inspected({ failed: 2 }) });
  const of = { events: [happened], link: LINK, author: 'Ada', entries: null };
  const { entries } = rememberedUpload({ watched: now, ...of });
  assert.deepEqual(entries, {
    ...{ total: 9, successful: null, failed: 2, unfinished: [] },
    failing: [{ id: 'e1', mainfile: 'a/OUTCAR', parser: 'parsers/vasp', words: 'KeyError: x' }],
  });
});

test('hostile text stays on its line, and is bounded', () => {
  fc.assert(
    fc.property(fc.array(hostileText, { minLength: 9, maxLength: 9 }), ([a, b, c, d, e, f, g, h, i]) => {
      const text = (value: string | undefined) => value ?? '';
      const entry = { id: text(a), mainfile: text(b), parser: text(c), words: text(d) };
      const entries = { total: 2, successful: 0, failed: 1, failing: [entry], unfinished: [entry] };
      const upload = one({
        ...{ id: text(e), name: text(f), link: text(g), author: text(h), message: text(i), errors: [text(a), text(b)] },
        ...{ entries, status: text(c), process: text(d), trouble: 'stuck' },
      });
      const lines = supportText(
        about({ deployment: text(g), version: text(h), unasked: text(i), uploads: [upload] }),
      ).split('\n');
      assert.ok(lines.length <= 21, String(lines.length));
      for (const line of lines) {
        assert.ok(line.length <= 620, line);
        assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u);
      }
    }),
  );
});

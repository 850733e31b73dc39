// What was tried on an upload, as its events tell it: a table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventKind } from '../../../src/domain/event.ts';
import { attemptsOf } from '../../../src/domain/report/attempts.ts';
import { MINUTE, T0, event } from '../../support/builders.ts';

/** `run`: of which run it tells. Found so many minutes after T0. */
const at = (
  minutes: number,
  kind: EventKind,
  more: Partial<Event['details']> = {},
  process = 'process_upload',
): Event =>
  event({
    kind,
    time: T0 + minutes * MINUTE,
    after: { ...AFTER, process },
    details: { run: `run ${minutes}`, process, ...more },
  });
const AFTER = { status: 'FAILURE', message: null, errors: [], warnings: [], entries: 3 } as const;
const failed = (minutes: number, reason = 'KeyError: x') => at(minutes, 'upload.failed', { reason });
const FIRST = 'failed on 20 Nov 2026, 10:00 UTC: KeyError: x';
const UNTRIED = 'not processed again since then, as far as the monitor saw';

const ROWS: readonly (readonly [string, readonly Event[], readonly string[]])[] = [
  ['nothing was seen', [], []],
  ['nothing went wrong', [at(0, 'upload.created'), at(1, 'upload.succeeded')], []],
  ['it failed', [failed(0)], [FIRST, UNTRIED]],
  [
    'and failed again, twice',
    [failed(0), failed(5), at(9, 'upload.started'), at(10, 'upload.failed', { reason: 'Y', again: true })],
    [FIRST, 'processed again 2 times since then', 'last: failed again on 20 Nov 2026, 10:10 UTC: Y'],
  ],
  ['it is being processed again', [failed(0), at(5, 'upload.started')], [FIRST, 'processed again 1 time since then']],
  [
    'stopped and reset',
    [failed(0), at(5, 'upload.started'), at(6, 'upload.stopped'), at(7, 'upload.started'), at(8, 'upload.reset')],
    [
      FIRST,
      'processed again 2 times since then',
      'stopped by one of its authors on 20 Nov 2026, 10:06 UTC',
      'reset by an administrator on 20 Nov 2026, 10:08 UTC',
    ],
  ],
  ['a good run ends it', [failed(-9), at(-5, 'upload.recovered'), failed(0)], [FIRST, UNTRIED]],
  [
    'a run that succeeded but is empty is no good one',
    [failed(0), at(5, 'upload.succeeded', { run: 'r' }), at(5, 'upload.empty', { run: 'r' })],
    [
      FIRST,
      'processed again 1 time since then',
      'last: ended without entries on 20 Nov 2026, 10:05 UTC: no file matched a parser',
    ],
  ],
  [
    'nor is one whose entries failed, found later',
    [failed(0), at(5, 'upload.succeeded', { run: 'r' }), at(6, 'upload.entries_failed', { run: 'r', failing: [] })],
    [FIRST, 'processed again 1 time since then', 'last: ended with failed entries on 20 Nov 2026, 10:06 UTC'],
  ],
  [
    'an edit mends nothing, and is no other try',
    [
      failed(0),
      at(5, 'upload.started', {}, 'edit_upload_metadata'),
      at(6, 'upload.succeeded', {}, 'edit_upload_metadata'),
    ],
    [FIRST, UNTRIED],
  ],
  [
    'a publish that failed is tried by publishing',
    [
      at(0, 'upload.failed', { reason: 'E' }, 'publish_upload'),
      at(5, 'upload.started', {}, 'publish_upload'),
      failed(7),
    ],
    [
      'could not be published on 20 Nov 2026, 10:00 UTC: E',
      'tried again 1 time since then',
      'last: failed on 20 Nov 2026, 10:07 UTC: KeyError: x',
    ],
  ],
  [
    'it is stuck',
    [at(-120, 'upload.started'), at(0, 'upload.stuck', { still_ms: 120 * MINUTE })],
    ['found stuck on 20 Nov 2026, 10:00 UTC: no change for 2 h', UNTRIED],
  ],
  [
    'of many stops the last are told',
    [failed(0), ...[1, 2, 3, 4, 5, 6].map((minutes) => at(minutes, 'upload.stopped'))],
    [FIRST, ...[2, 3, 4, 5, 6].map((minutes) => `stopped by one of its authors on 20 Nov 2026, 10:0${minutes} UTC`)],
  ],
];

test('what was tried', () => {
  for (const [name, events, expected] of ROWS) assert.deepEqual(attemptsOf(events), expected, name);
});

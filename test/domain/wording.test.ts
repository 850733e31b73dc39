import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_KINDS, type Event } from '../../src/domain/events.ts';
import { spanText } from '../../src/domain/text.ts';
import { MINUTE, T0, event, messageAbout } from '../support/builders.ts';

const about = (more: Partial<Event>) => event({ after: null, ...more });
const nomad = (more: Partial<Event>) => event({ upload: null, after: null, time: T0 + 12 * MINUTE, ...more });
const failing = [
  {
    entry_id: 'e1',
    mainfile: 'a/vasprun.xml',
    parser: 'parsers/vasp',
    error: 'parser raised system exit',
    link: 'https://n/e1',
  },
];

const subjects: readonly [Event, string][] = [
  [
    about({ kind: 'upload.entries_failed', details: { entries: 7, failed: 3, failing } }),
    'batch-42 has 3 failed entries of 7: parser raised system exit',
  ],
  [about({ kind: 'upload.empty' }), 'batch-42 is empty: no file matched a parser'],
  [
    about({ kind: 'upload.stuck', details: { since: 0, still_ms: 125 * MINUTE } }),
    'batch-42 is stuck: no change for 2 h 5 min',
  ],
  [about({ kind: 'upload.unstuck' }), 'batch-42 is not stuck any more'],
  [about({ kind: 'upload.reset' }), 'batch-42 was reset'],
  [
    nomad({ kind: 'nomad.unreachable', details: { since: T0, problem: 'ECONNREFUSED' } }),
    'NOMAD has been unreachable for 12 min: ECONNREFUSED',
  ],
  [nomad({ kind: 'nomad.reachable', details: { since: T0, problem: 'x' } }), 'NOMAD answers again after 12 min'],
  [
    nomad({ kind: 'nomad.login_refused', details: { since: T0, problem: 'x', what: 'password' } }),
    'NOMAD refuses the login',
  ],
  [nomad({ kind: 'nomad.login_restored', details: { since: T0 } }), 'NOMAD takes the login again'],
  [
    nomad({ kind: 'nomad.token_expiring', details: { expires: T0 + (12 + 6 * 1440) * MINUTE, days: 7 } }),
    'NOMAD_TOKEN ends in 6 days',
  ],
];
for (const [told, subject] of subjects) {
  test(`subject of ${told.kind}`, () => {
    assert.equal(messageAbout([told]).subject, `[NOMAD] ${subject}`);
  });
}

test('news of NOMAD and of uploads stand in one subject', () => {
  const told = [event(), nomad({ kind: 'nomad.reachable', details: { since: T0, problem: 'x' } })];
  assert.equal(
    messageAbout(told).subject,
    '[NOMAD] NOMAD answers again after 12 min; batch-42 failed: parser raised system exit',
  );
});

test('each kind that asks something of somebody says what to do; a stuck upload, what to tell the administrator', () => {
  const silent = EVENT_KINDS.filter((kind) => messageAbout([event({ kind })]).items[0]?.advice === null);
  assert.deepEqual(silent, [
    'monitor.baseline',
    'upload.created',
    'upload.started',
    'upload.succeeded',
    'upload.recovered',
    'upload.errors_changed',
    'upload.warnings_changed',
    'upload.unstuck',
    'upload.published',
    'nomad.reachable',
    'nomad.login_restored',
  ]);
  assert.match(
    messageAbout([event({ kind: 'upload.stuck' })]).items[0]?.advice ?? '',
    /nomad admin uploads reset -- u1/,
  );
  const [refused] = messageAbout([nomad({ kind: 'nomad.login_refused', details: { what: 'token' } })]).items;
  assert.match(refused?.advice ?? '', /NOMAD_TOKEN/);
});

test('failed entries are named with file, parser and error; the rest is counted', () => {
  const [item] = messageAbout([
    about({ kind: 'upload.entries_failed', details: { entries: 7, failed: 3, failing } }),
  ]).items;
  assert.deepEqual(item?.lines, [
    { text: 'a/vasprun.xml (parsers/vasp): parser raised system exit', link: 'https://n/e1' },
    { text: '… and 2 more', link: null },
  ]);
  const hostile = [{ ...failing[0], link: 'javascript:alert(1)' }];
  const [other] = messageAbout([
    about({ kind: 'upload.entries_failed', details: { entries: 7, failed: 1, failing: hostile } }),
  ]).items;
  assert.equal(other?.lines[0]?.link, null);
});

const spans: readonly [number, string][] = [
  [0, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [86_400_000, '1 day'],
  [93_600_000, '1 day 2 h'],
  [-5, '0 s'],
];
for (const [milliseconds, text] of spans) {
  test(`${milliseconds} ms is ${text}`, () => {
    assert.equal(spanText(milliseconds), text);
  });
}

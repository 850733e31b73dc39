// Alerts as data: which there are, what they say, since when; and for how long one that is over is told as over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alert, type AlertsInput, alertsOf, alertsToSend } from '../../../src/domain/notify/alerts.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, progressed, snapshot, watched } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const about = (uploads: readonly TrackedUpload[], more: Partial<AlertsInput> = {}): AlertsInput => ({
  snapshot: snapshot(uploads),
  health: HEALTHY,
  names: new Map([['ada', 'Ada Lovelace']]),
  gui: 'https://n/gui',
  deployment: 'https://n',
  account: null,
  now: T0 + HOUR,
  ...more,
});
const stuck = progressed({ since: T0 - 3 * HOUR, stuck: true });

test('a failed upload is a warning: which, why, whose, since when, and where to look', () => {
  const failed = watched({ status: 'FAILURE', errors: ['first', 'second', 'last'], message: 'm' }, { changedAt: T0 });
  assert.deepEqual(alertsOf(about([failed])), [
    {
      labels: { alertname: 'NomadUploadFailed', severity: 'warning', deployment: 'https://n', upload_id: 'u1' },
      annotations: {
        summary: 'batch-42 failed',
        description: 'last',
        upload_name: 'batch-42',
        author: 'Ada Lovelace',
      },
      startsAt: T0 - 30 * MINUTE,
      link: 'https://n/gui/user/uploads/upload/id/u1',
    },
  ]);
});

test('a stuck upload is one since it last moved', () => {
  const upload = {
    status: 'RUNNING',
    message: 'Parsing level 0',
    errors: ['old'],
    name: null,
    mainAuthor: 'x',
  } as const;
  assert.deepEqual(alertsOf(about([watched(upload, { progress: stuck })])), [
    {
      labels: { alertname: 'NomadUploadStuck', severity: 'warning', deployment: 'https://n', upload_id: 'u1' },
      annotations: { summary: 'u1 is stuck', description: 'Parsing level 0', upload_name: 'u1', author: 'x' },
      startsAt: T0 - 3 * HOUR,
      link: 'https://n/gui/user/uploads/upload/id/u1',
    },
  ]);
});

const reasons: readonly (readonly [string, Partial<TrackedUpload['upload']>, string])[] = [
  ['its last error', { errors: ['a', 'c', 'b'], message: 'm' }, 'b'],
  ['else what its message says', { message: 'Process process_upload failed: m' }, 'm'],
  ['else that there is none', {}, 'NOMAD gives no reason'],
];
for (const [what, upload, description] of reasons) {
  test(`why it failed: ${what}`, () => {
    const [alert] = alertsOf(about([watched({ status: 'FAILURE', ...upload }, { changedAt: T0 })]));
    assert.equal(alert?.annotations['description'], description);
  });
}

test('what is neither failed nor stuck, and what failed before the first poll, is no alert', () => {
  const uploads = [
    watched({ id: 'good' }, { changedAt: T0 }),
    watched({ id: 'running', status: 'RUNNING' }, { changedAt: T0, progress: { ...stuck, stuck: false } }),
    watched({ id: 'old', status: 'FAILURE' }),
  ];
  assert.deepEqual(alertsOf(about(uploads)), []);
  assert.deepEqual(alertsOf(about([], { snapshot: null })), []);
});

test('a failure that an edit did not mend is one still; not while its files are processed anew', () => {
  const failure = { process: 'process_upload', reason: 'KeyError', since: T0 };
  const namesOf = (state: Partial<TrackedUpload['upload']>) =>
    alertsOf(about([watched(state, { changedAt: T0, failure })])).map(({ labels }) => labels['alertname']);
  assert.deepEqual(namesOf({ process: 'edit_upload_metadata' }), ['NomadUploadFailed']);
  assert.deepEqual(namesOf({ process: 'edit_upload_metadata', status: 'RUNNING' }), ['NomadUploadFailed']);
  assert.deepEqual(namesOf({ status: 'RUNNING' }), []);
  const [alert] = alertsOf(about([watched({ process: 'edit_upload_metadata' }, { changedAt: T0, failure })]));
  assert.deepEqual([alert?.annotations['description'], alert?.startsAt], ['KeyError', T0]);
});

test('while NOMAD processes nothing, that is the alert in place of one for each that is stuck', () => {
  const uploads = [
    watched({ id: 'u1', status: 'RUNNING' }, { progress: stuck }),
    watched({ id: 'u2', status: 'FAILURE' }, { changedAt: T0 }),
  ];
  const stallTold = (waiting: number) => ({ movedAt: T0 - HOUR, told: { since: T0 - HOUR, waiting } });
  const alerts = alertsOf(about(uploads, { health: { ...HEALTHY, stall: stallTold(2) } }));
  assert.deepEqual(
    alerts.map(({ labels }) => labels['alertname']),
    ['NomadProcessingStalled', 'NomadUploadFailed'],
  );
  assert.deepEqual(alerts[0], {
    labels: { alertname: 'NomadProcessingStalled', severity: 'critical', deployment: 'https://n' },
    annotations: {
      summary: 'NOMAD is not processing uploads',
      description: '2 uploads wait for a worker, and nothing is making progress.',
    },
    startsAt: T0 - HOUR,
    link: null,
  });
  const failing = { since: T0, problem: 'x', told: true };
  const away = alertsOf(about(uploads, { health: { ...HEALTHY, failing, stall: stallTold(1) } }));
  assert.deepEqual(
    away.map(({ labels }) => labels['alertname']),
    ['NomadUnreachable', 'NomadUploadFailed'],
    'of a NOMAD that does not answer nothing is known',
  );
  const [one] = alertsOf(about([], { health: { ...HEALTHY, stall: stallTold(1) } }));
  assert.equal(one?.annotations['description'], '1 upload waits for a worker, and nothing is making progress.');
});

test('NOMAD unreachable and the login refused are critical, once they were told', () => {
  const failing = { since: T0, problem: 'ECONNREFUSED\r\nx', told: true };
  const refused = { since: T0 + MINUTE, polls: 3, told: true };
  const common = { severity: 'critical', deployment: 'https://n' };
  assert.deepEqual(alertsOf(about([], { health: { ...HEALTHY, failing, refused } })), [
    {
      labels: { alertname: 'NomadUnreachable', ...common },
      annotations: { summary: 'NOMAD has been unreachable for 1 h', description: 'ECONNREFUSED x' },
      startsAt: T0,
      link: null,
    },
    {
      labels: { alertname: 'NomadLoginRefused', ...common },
      annotations: {
        summary: 'NOMAD refuses the login',
        description: 'Nothing is known about the uploads until this is fixed.',
      },
      startsAt: T0 + MINUTE,
      link: null,
    },
  ]);
  const untold = { ...HEALTHY, failing: { ...failing, told: false }, refused: { ...refused, told: false } };
  assert.deepEqual(alertsOf(about([], { health: untold })), []);
});

test('no alert begins in the future, though the clock of NOMAD may be ahead', () => {
  const failed = watched({ status: 'FAILURE', completeTime: T0 + 2 * HOUR }, { changedAt: T0 });
  assert.equal(alertsOf(about([failed]))[0]?.startsAt, T0 + HOUR);
});

const alert = (alertname: string, more: Partial<Alert> = {}): Alert => ({
  labels: { alertname, severity: 'warning' },
  annotations: {},
  startsAt: T0,
  link: null,
  ...more,
});
const [a, b] = [alert('a'), alert('b')];
const after = (minutes: number) => T0 + minutes * MINUTE;
const told: readonly (readonly [string, Parameters<typeof alertsToSend>, ReturnType<typeof alertsToSend>])[] = [
  ['what is so', [[], [a], T0], [{ alert: a, endedAt: null }]],
  [
    'what is so first, then what is over, as of now',
    [[{ alert: b, endedAt: null }], [a], after(1)],
    [
      { alert: a, endedAt: null },
      { alert: b, endedAt: after(1) },
    ],
  ],
  [
    'when it was over stays what it was',
    [[{ alert: b, endedAt: after(1) }], [], after(9)],
    [{ alert: b, endedAt: after(1) }],
  ],
  ['for 15 min', [[{ alert: b, endedAt: T0 }], [], after(15)], [{ alert: b, endedAt: T0 }]],
  ['and no longer', [[{ alert: b, endedAt: T0 }], [], after(15) + 1], []],
  ['what is so again is not over', [[{ alert: a, endedAt: T0 }], [a], after(1)], [{ alert: a, endedAt: null }]],
  [
    'the same alert may say something else now',
    [[{ alert: a, endedAt: null }], [{ ...a, labels: { severity: 'warning', alertname: 'a' }, startsAt: 5 }], T0],
    [{ alert: { ...a, startsAt: 5 }, endedAt: null }],
  ],
  [
    'it does not end before it began, though our clock may be set back',
    [[{ alert: b, endedAt: null }], [], after(-5)],
    [{ alert: b, endedAt: T0 }],
  ],
];
for (const [what, [before, current, now], expected] of told) {
  test(`alerts are told: ${what}`, () => {
    assert.deepEqual(alertsToSend(before, current, now), expected);
  });
}

// The kinds of events that people and machines rely on, and which of them are told when nobody chooses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_KINDS, type EventKind, NOTIFIED_BY_DEFAULT, factsOf } from '../../src/domain/event.ts';
import { ORDER, WORDS } from '../../src/domain/message/event-text.ts';
import { upload } from '../support/builders.ts';

const byDefault: Readonly<Record<EventKind, boolean>> = {
  'monitor.baseline': true,
  'upload.created': false,
  'upload.started': false,
  'upload.succeeded': false,
  'upload.failed': true,
  'upload.recovered': true,
  'upload.entries_failed': true,
  'upload.empty': true,
  'upload.errors_changed': true,
  'upload.warnings_changed': false,
  'upload.stuck': true,
  'upload.unstuck': true,
  'upload.edited': false,
  'upload.stopped': false,
  'upload.reset': false,
  'upload.published': false,
  'upload.deleted': true,
  'upload.unshared': true,
  'nomad.unreachable': true,
  'nomad.reachable': true,
  'nomad.processing_stalled': true,
  'nomad.processing_resumed': true,
  'nomad.login_refused': true,
  'nomad.login_restored': true,
  'nomad.token_expiring': true,
};

test('the kinds are these, and no others', () => {
  assert.deepEqual(EVENT_KINDS.toSorted(), Object.keys(byDefault).toSorted());
});

for (const kind of EVENT_KINDS) {
  test(`${kind} is ${byDefault[kind] ? '' : 'not '}told by default`, () => {
    assert.equal(NOTIFIED_BY_DEFAULT.includes(kind), byDefault[kind]);
  });
}

test('in a message what is bad comes before what is good, and that before what only informs', () => {
  const tones = ORDER.map((kind) => WORDS[kind as EventKind].tone);
  assert.deepEqual([...new Set(tones)], ['bad', 'good', 'plain']);
  assert.deepEqual(
    tones,
    tones.toSorted((a, b) => (a < b ? -1 : 1)),
  );
});

test('an event shows the state of the upload, not all that is known of it', () => {
  assert.deepEqual(factsOf(upload({ message: 'm', errors: ['E'], warnings: ['W'] })), {
    status: 'SUCCESS',
    process: 'process_upload',
    message: 'm',
    errors: ['E'],
    warnings: ['W'],
    entries: 3,
  });
});

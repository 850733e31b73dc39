// What two accounts find of the same thing, and what only looks like it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../src/domain/event.ts';
import { isSameNews } from '../../../src/domain/notify/same-news.ts';
import { MINUTE, T0, event } from '../../support/builders.ts';

const failed = event({ id: 'a' });
const nomad = (kind: Event['kind']) => event({ id: 'a', kind, upload: null, before: null, after: null });
const rows: readonly (readonly [string, Event, Event, boolean])[] = [
  ['a failure that both see', failed, event({ id: 'b', time: T0 + 5 * MINUTE }), true],
  ['the second account saw it start, the first did not', failed, event({ id: 'b', before: null }), true],
  ['another kind', failed, event({ id: 'b', kind: 'upload.recovered' }), false],
  ['another upload', failed, event({ id: 'b', upload: { ...upload(failed), id: 'u2' } }), false],
  [
    'another error',
    failed,
    event({ id: 'b', after: failed.after === null ? null : { ...failed.after, errors: ['other'] } }),
    false,
  ],
  ['the day after', failed, event({ id: 'b', time: T0 + 24 * 60 * MINUTE }), false],
  ['an outage', nomad('nomad.unreachable'), nomad('nomad.unreachable'), true],
  ['each has its own login', nomad('nomad.login_refused'), nomad('nomad.login_refused'), false],
  ['each has its own first poll', nomad('monitor.baseline'), nomad('monitor.baseline'), false],
  ['each has its own token', nomad('nomad.token_expiring'), nomad('nomad.token_expiring'), false],
  ['no longer shared with one', event({ kind: 'upload.unshared' }), event({ kind: 'upload.unshared' }), false],
];
for (const [what, a, b, same] of rows) {
  test(`${what}: ${same ? 'told once' : 'told for each'}`, () => {
    assert.equal(isSameNews(a, b), same);
  });
}

function upload({ upload: found }: Event) {
  assert.ok(found !== null);
  return found;
}

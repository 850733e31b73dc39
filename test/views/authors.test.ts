// Authors as the list can be filtered by them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorCounts } from '../../src/views/authors.ts';
import { snapshot as snapshotOf, watched } from '../support/builders.ts';

test('authors are listed by name with their uploads; two users of one name are one; who has no name is shown by id', () => {
  const snapshot = snapshotOf([
    watched({ id: 'a', mainAuthor: 'u1' }),
    watched({ id: 'b', mainAuthor: 'u2' }),
    watched({ id: 'c', mainAuthor: 'u3' }),
    watched({ id: 'd', mainAuthor: 'u9' }),
  ]);
  const names = new Map([
    ['u1', 'Grace\u202e\nHopper'],
    ['u2', 'Ada'],
    ['u3', 'Ada'],
  ]);
  const found = authorCounts({ snapshot, names }).map(({ name, uploads }) => `${name} ${uploads}`);
  assert.deepEqual(found, ['Ada 2', 'Grace Hopper 1', 'u9 1']);
});

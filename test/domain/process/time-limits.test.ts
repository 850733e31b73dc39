import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownLimit } from '../../../src/domain/process/time-limits.ts';

const HOUR = 3_600_000;
const TABLE = [
  ['a Celery task, whatever it does', 'celery', 'Parsing level 0', HOUR, false],
  ['Celery, nothing said', 'celery', null, HOUR, false],
  ['Temporal: files', 'temporal', 'Adding files', HOUR, true],
  ['Temporal: five entries in a task', 'temporal', 'Parsing level 0', 10 * HOUR, true],
  ['Temporal: the level before', 'temporal', 'Parsing level -1', 10 * HOUR, true],
  ['Temporal: cleanup', 'temporal', 'Cleanup', HOUR, true],
  ['Temporal: nothing said', 'temporal', null, HOUR, true],
] as const;

for (const [what, engine, message, limit, countsWaiting] of TABLE)
  test(what, () => {
    assert.deepEqual(ownLimit(engine, message), { limit, countsWaiting });
  });

// What doctor says of how NOMAD processes, by what its uploads show.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Behaviour, behaviourOf, judgeProcessing } from '../../../src/domain/doctor/processing-check.ts';
import type { Upload } from '../../../src/domain/upload.ts';
import { T0, upload } from '../../support/builders.ts';

const celery = upload({ message: 'Process _process_upload completed successfully' });
const temporal = (more: Partial<Upload> = {}) => upload({ message: 'Process completed successfully', ...more });

const rows: readonly (readonly [string, readonly Upload[], Behaviour | null, RegExp])[] = [
  ['nothing', [], null, /no upload shows yet/],
  ['an upload that was never processed', [upload({ status: 'READY', process: null })], null, /no upload shows yet/],
  ['Celery', [celery], { engine: 'celery', leavesTime: true }, /by Celery .* only an administrator/],
  ['Temporal', [temporal()], { engine: 'temporal', leavesTime: true }, /by Temporal .* authors can stop/],
  ['Temporal since an upgrade', [celery, temporal()], { engine: 'temporal', leavesTime: true }, /by Temporal/],
  [
    'good runs without a time',
    [temporal({ completeTime: null })],
    { engine: 'temporal', leavesTime: false },
    /successful runs record no end time .* within 15 minutes$/,
  ],
  [
    'that the newest good run left a time: it was upgraded',
    [temporal({ completeTime: null, createTime: T0 - 1 }), temporal({ createTime: T0 })],
    { engine: 'temporal', leavesTime: true },
    /its authors can stop one that is stuck$/,
  ],
  [
    'no good run of Temporal',
    [temporal({ status: 'PENDING' }), temporal({ process: 'edit_metadata', completeTime: null })],
    { engine: 'temporal', leavesTime: null },
    /its authors can stop one that is stuck$/,
  ],
];
for (const [what, uploads, behaviour, said] of rows) {
  test(`doctor sees ${what}`, () => {
    assert.deepEqual(behaviourOf(uploads), behaviour);
    const { state, finding } = judgeProcessing(behaviour);
    assert.equal(state, 'ok');
    assert.match(finding, said);
  });
}

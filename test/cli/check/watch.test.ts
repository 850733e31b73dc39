// `check --watch` over several looks: NOMAD that goes away and comes back, the code at the end, and what is printed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckResult, reportOf } from '../../../src/cli/check/report.ts';
import { printAgain, watch } from '../../../src/cli/check/watch.ts';
import { checkRows } from '../../../src/domain/report/report.ts';
import { failure, refusedFailure } from '../../../src/nomad/failure.ts';
import { keptProcess } from '../../support/cli.ts';
import { MINUTE, T0, snapshot, watched } from '../../support/builders.ts';

const PLAIN = { tint: (_: string, text: string) => text, scrub: String };
const tell = (seen: CheckResult) => reportOf(seen, 'table', { ...PLAIN, width: null });

function good(status: 'SUCCESS' | 'FAILURE'): CheckResult {
  const taken = snapshot([watched({ status })]);
  const rows = checkRows({ snapshot: taken, names: new Map(), filter: [], linkOf: String });
  return { ok: true, snapshot: taken, names: new Map(), remembers: true, malformed: 0, rows };
}
const DOWN = failure('unreachable', 'listing: NOMAD answered 502');
const REFUSED = refusedFailure('password', 'NOMAD refuses NOMAD_USERNAME and NOMAD_PASSWORD');

/** Looks at these one after the other, then is told to end, at a pause or within the next look. */
async function lookAt(
  all: readonly CheckResult[],
  show: (seen: CheckResult) => number,
  end: 'pause' | 'look' = 'pause',
) {
  const stopping = new AbortController();
  let seen = 0;
  return await watch({
    check: () => {
      assert.ok(seen <= all.length, 'it looks once more after it was told to end');
      const next = all[seen];
      if (next === undefined) stopping.abort();
      seen += 1;
      return Promise.resolve(next ?? DOWN);
    },
    show,
    pause: () => Promise.resolve(end === 'look' || seen < all.length),
    stopping: stopping.signal,
  });
}

const ends: readonly (readonly [string, readonly CheckResult[], 'pause' | 'look', number])[] = [
  ['all is well', [good('FAILURE'), good('SUCCESS')], 'pause', 0],
  ['something failed', [good('SUCCESS'), good('FAILURE')], 'pause', 1],
  ['NOMAD is away', [good('SUCCESS'), DOWN], 'pause', 3],
  ['the login is refused', [DOWN, REFUSED], 'pause', 4],
  ['NOMAD was away and is back', [DOWN, DOWN, good('SUCCESS')], 'pause', 0],
  ['cut within a look: the one before counts', [DOWN, good('FAILURE')], 'look', 1],
  ['cut within the first look', [], 'look', 130],
];
for (const [what, all, end, code] of ends) {
  test(`it ends with the code of the last look: ${what}`, async () => {
    assert.equal(await lookAt(all, (seen) => tell(seen).code, end), code);
  });
}

/** What three looks print, a minute between them. */
async function printed(clear: boolean) {
  const { process: io, stdout: out, stderr: err } = keptProcess();
  let at = T0;
  await lookAt([good('FAILURE'), DOWN, good('SUCCESS')], (seen) => {
    at += MINUTE;
    return printAgain(io, tell(seen), { clear, at });
  });
  assert.match(err(), /^listing: NOMAD answered 502\n.*npm run -s cli -- doctor\n$/);
  return out();
}

test('in a pipe each look is printed after the other, with its time; what is wrong goes to stderr', async () => {
  const out = await printed(false);
  const table = (line: string) => `UPLOAD    ID  STATUS   FOR  AUTHOR  WHY\n${line}\n`;
  const [failed, well] = out.split('2026-11-20T10:02:00.000Z\n2026-11-20T10:03:00.000Z\n');
  assert.equal(
    failed?.replace(/^(2026\S+\n) +/, '$1'),
    `2026-11-20T10:01:00.000Z\n${table('failed  batch-42  u1  FAILURE  0 s  ada     NOMAD gives no reason')}`,
  );
  assert.match(well ?? '', /^ +UPLOAD[^\n]*\n- +batch-42 +u1 +SUCCESS[^\n]*\n$/);
});

test('on a terminal the same is printed, and the screen is cleared before each look', async () => {
  const cleared = await printed(true);
  const looks = cleared.split('\u001b[H\u001b[J');
  assert.equal(looks.shift(), '');
  assert.deepEqual(
    looks.map((look) => look.slice(0, 25)),
    ['2026-11-20T10:01:00.000Z\n', '2026-11-20T10:02:00.000Z\n', '2026-11-20T10:03:00.000Z\n'],
  );
  assert.match(looks[0] ?? '', /\nfailed +batch-42 /);
  assert.equal(looks.join(''), await printed(false));
});

// `check --watch` over several looks: NOMAD that goes away and comes back, the code at the end, and what a pipe gets of it.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test, type TestContext } from 'node:test';
import { onPipe, onTerminal } from '../../../src/cli/check/display.ts';
import { type CheckResult, told } from '../../../src/cli/check/report.ts';
import { watch } from '../../../src/cli/check/watch.ts';
import { checkRows } from '../../../src/domain/report/report.ts';
import { failure, refusedFailure } from '../../../src/nomad/failure.ts';
import { MINUTE, T0, snapshot, watched } from '../../support/builders.ts';

const PLAIN = { tint: (_: string, text: string) => text, scrub: String };
const tell = (seen: CheckResult) => told(seen, 'table', { ...PLAIN, width: null });

function good(status: 'SUCCESS' | 'FAILURE'): CheckResult {
  const taken = snapshot([watched({ status })]);
  const rows = checkRows({ snapshot: taken, names: new Map(), filter: [], linkOf: String });
  return { ok: true, snapshot: taken, names: new Map(), remembers: true, malformed: 0, rows };
}
const DOWN = failure('unreachable', 'listing: NOMAD answers 502');
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
    look: () => {
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

function capture(context: TestContext, stream: NodeJS.WriteStream) {
  let text = '';
  context.mock.method(stream, 'write', (part: string) => {
    text += part;
    return true;
  });
  return () => text;
}

test('in a pipe each look is printed after the other, with its time; what is wrong goes to stderr', async (context) => {
  const [out, err] = [capture(context, process.stdout), capture(context, process.stderr)];
  let now = T0;
  const { show } = onPipe(tell, true, () => (now += MINUTE));
  await lookAt([good('FAILURE'), DOWN, good('SUCCESS')], show);
  const table = (line: string) => `UPLOAD    STATUS   FOR  AUTHOR  WHY\n${line}\n`;
  const [failed, well] = out().split('2026-11-20T10:02:00.000Z\n2026-11-20T10:03:00.000Z\n');
  assert.equal(
    failed?.replace(/^(2026\S+\n) +/, '$1'),
    `2026-11-20T10:01:00.000Z\n${table('failed  batch-42  FAILURE  0 s  ada     NOMAD gives no reason')}`,
  );
  assert.match(well ?? '', /^ +UPLOAD[^\n]*\n- +batch-42 +SUCCESS[^\n]*\n$/);
  assert.match(err(), /^listing: NOMAD answers 502\n.*npm run -s cli -- doctor\n$/);
});

test('on a terminal NOMAD that goes away takes nothing from the screen; it is given back once, also when it is told to end twice', async (context) => {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  const stream = Object.assign(new EventEmitter(), { isTTY: true, columns: 60, rows: 10, write });
  const out = capture(context, process.stdout);
  const stopping = new AbortController();
  const display = onTerminal({
    stream: stream as unknown as NodeJS.WriteStream,
    tell,
    look: { ...PLAIN, clock: String, every: '30 s' },
    now: () => T0,
    stopping: stopping.signal,
  });
  stream.emit('resize');
  assert.equal(written, '', 'nothing is drawn while nothing is known');
  await lookAt([good('FAILURE'), DOWN], display.show);
  const frames = written.split('\u001b[H');
  assert.equal(frames.length, 3);
  for (const frame of frames.slice(1)) assert.match(frame, /failed +batch-42/);
  // A line that fills its row leaves the cursor on its last character, which would be emptied.
  for (const frame of frames.slice(1))
    assert.match(frame, /^(\u001b\[K[^\u001b\r\n]*\r\n)+\u001b\[J/, 'emptied first, then written');
  assert.match(frames[2] ?? '', /listing: NOMAD answers 502[\s\S]*What is shown was so/);
  stopping.abort();
  stream.emit('resize');
  display.end();
  assert.equal(written.split('\u001b[?1049h').length, 2);
  assert.equal(written.split('\u001b[?1049l').length, 2);
  assert.ok(written.endsWith('\u001b[?1049l'), 'and nothing is drawn any more');
  assert.match(out(), /^1 failed; 1 upload\n/);
});

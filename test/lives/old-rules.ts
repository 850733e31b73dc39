// `npm run test:old-rules`: the rules of before, each put back into a copy of the program and shown to the recorded lives: they must turn red. What cannot be told
// from a recording (a state that lasted for less than 100 ms) is not among them.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface OldRule {
  readonly what: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly now: string;
  readonly before: string;
}

export const OLD_RULES: readonly OldRule[] = [
  {
    what: 'a run has ended when complete_time changed, and only then',
    file: 'src/domain/run.ts',
    now: '  if (isProcessing(before.status)) return true;\n',
    before: '  if (isProcessing(before.status)) return after.completeTime !== before.completeTime;\n',
  },
  {
    what: 'whatever ends without a new complete_time was reset',
    file: 'src/domain/run.ts',
    now: "  if (after.process !== null || (after.status !== 'READY' && isReportedAnew(before, after))) return false;\n",
    before: '  if (after.completeTime !== before.completeTime) return false;\n',
  },
  {
    what: 'PENDING is queued',
    file: 'src/domain/upload.ts',
    now: "if (status === 'PENDING') return isStep(message) && message !== oldMessage ? 'active' : 'queued';",
    before: "if (status === 'PENDING') return oldMessage === undefined ? 'active' : 'queued';",
  },
  {
    what: 'any good end ends a failure',
    file: 'src/domain/process/names.ts',
    now: "return (process === null ? undefined : WORK.get(process)) ?? 'processing';",
    before: "return process === 'delete_upload' ? (WORK.get(process) ?? 'delete') : 'processing';",
  },
  {
    what: 'processed again with nothing in it is recovered',
    file: 'src/domain/diff/run-end.ts',
    now: 'const isAfterTrouble = failure !== null || ',
    before: "if (failure !== null) return [of('upload.recovered'), of('upload.empty')];\n    const isAfterTrouble = ",
  },
  {
    what: 'a traceback is shown as it is',
    file: 'src/domain/process/traceback.ts',
    now: '  if (at < 0) return withoutServerPaths(text);\n',
    before: '  if (at !== Number.NaN) return text;\n',
  },
  {
    what: 'entries are asked about after process_upload alone',
    file: 'src/domain/diff/entry-check.ts',
    now: "    return { ...fresh, ...kept, why: isOld ? 'before' : 'end', askAt: now };\n",
    before:
      "    return { ...fresh, ...kept, why: isOld ? 'before' : 'end', askAt: upload.process === 'process_upload' ? now : null };\n",
  },
  {
    what: 'another complete_time is another run, though it was a folder',
    file: 'src/domain/run.ts',
    now: "  if (after.status === 'FAILURE') return true;\n",
    before: "  if (after.status !== 'READY') return true;\n",
  },
  {
    what: 'an upload that moves no more is stuck, whatever its entries do',
    file: 'src/domain/diff/stuck.ts',
    now: 'const quietSince = upload.entries > 0 ? (text === null ? null : (counts?.since ?? null)) : since;',
    before: 'const quietSince = since;',
  },
  {
    what: 'only the counts of entries are movement',
    file: 'src/domain/diff/stuck.ts',
    now: '  return JSON.stringify([total, successful, failed, newestEnd, told]);\n',
    before: '  return JSON.stringify([total, successful, failed, told.length * 0, newestEnd === null]);\n',
  },
];

/** Whether the place where it stood is still there. */
export function canBePutBack({ file, now }: OldRule): boolean {
  return readFileSync(join(ROOT, file), 'utf8').split(now).length === 2;
}

/** Whether the recorded lives turn red with it. */
function isCaught({ file, now, before, what }: OldRule): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'old-rule-'));
  try {
    for (const part of ['src', 'test/lives', 'test/support', 'package.json']) {
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const text = readFileSync(join(folder, file), 'utf8');
    if (!canBePutBack({ file, now, before, what })) throw new Error(`${what}: its place in ${file} has moved`);
    writeFileSync(
      join(folder, file),
      text.replace(now, () => before),
    );
    const env = { ...process.env, LIVES_RUNS: '20', NODE_TEST_CONTEXT: undefined };
    const run = spawnSync(process.execPath, ['--test', join(folder, 'test/lives/lives.test.ts')], {
      env,
      encoding: 'utf8',
    });
    return run.status !== 0 && run.stdout.includes('AssertionError');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  for (const rule of OLD_RULES) {
    const isRed = isCaught(rule);
    if (!isRed) process.exitCode = 1;
    console.log(`${isRed ? 'red  ' : 'GREEN'} ${rule.what}`);
  }
}

// The real program with uploads of hostile names, errors and warnings, after some of them have changed: what its API is asked about.
import type { TestContext } from 'node:test';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload, fail, queue, remove, start } from '../../../src/demo/nomad-state.ts';
import { NASTY } from '../fuzz/text.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';

const STATUSES = ['FAILURE', 'SUCCESS', 'RUNNING', 'READY'] as const;
const HOUR = 3_600_000;
/** Nobody listens there: what is to be told waits. */
const NOWHERE = '127.0.0.1:9';

/** Runs until the test ends; answers with its port and log. There are events, messages that wait, and an upload that only the past knows. */
export async function startMonitored(
  context: TestContext,
  uploads: number,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly port: number; readonly log: () => string }> {
  const { world, url, close } = await startSimulatedNomad();
  context.after(close);
  for (let index = 0; index < uploads; index += 1) addUpload(world, `u${index}`, ...upload(index, Date.now()));
  const program = startProgram(context, {
    NOMAD_URL: url,
    SMTP_URL: `smtp://${NOWHERE}`,
    WEBHOOK_URL: `http://${NOWHERE}/`,
    STATE_DIR: tempDir(context),
    NOTIFY_ON: 'all',
    ...env,
  });
  await program.line(({ event }) => event === 'monitor.baseline');
  const [gone, ...rest] = world.uploads.values();
  for (const changing of rest) {
    queue(world, changing);
    start(changing);
    fail(changing, Date.now(), [`worker lost ${changing.name ?? ''}`]);
  }
  if (gone !== undefined) {
    remove(world, gone);
    await program.line(({ event }) => event === 'upload.deleted');
  }
  return { port: Number(new URL(await program.url()).port), log: program.output };
}

function upload(index: number, now: number): readonly [number, Parameters<typeof addUpload>[3]] {
  const nasty = NASTY[index % NASTY.length] ?? '';
  const status = STATUSES[index % STATUSES.length] ?? 'READY';
  return [
    now - 24 * HOUR - index,
    {
      name: index % 7 === 6 ? null : `${nasty} sample ${index} ${nasty}`,
      status,
      process: status === 'READY' ? null : 'process_upload',
      message: `${nasty} message`,
      errors: status === 'FAILURE' ? [`KeyError: ${nasty}`, nasty] : [],
      warnings: [nasty],
      completeTime: status === 'RUNNING' ? null : now - 23 * HOUR - index,
      entries: index % 4,
    },
  ];
}

// The commands of docs/api.md and docs/scripting.md, run as they stand there against the real program: each gives what stands below it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload, fail, queue, start } from '../../../src/demo/nomad-state.ts';
import { startProgram, usualEnv } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';

const SECRETS = { HTTP_TOKEN: 'a-t0ken-of-24-characters', HTTP_USERNAME: 'ada', HTTP_PASSWORD: 'a-passw0rd' };
const HOUR = 3_600_000;

/** Commands (their first line after `$ `, the others after `> `), and what stands below each. */
function examples(markdown: string): readonly (readonly [command: string, output: string])[] {
  const blocks = [...markdown.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    [...block.matchAll(/^\$ (.*\n(?:> ?.*\n)*)((?:(?!\$ ).*\n)*)/gm)].map(
      ([, command = '', output = '']) => [command.replaceAll(/^> ?/gm, ''), output] as const,
    ),
  );
}

test('each command of the documents gives what they say', { timeout: 120_000 }, async (context) => {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  const then = Date.now() - 50 * HOUR;
  const batch = addUpload(nomad.world, 'u42', then, { name: 'batch-42', status: 'SUCCESS', entries: 0 });
  addUpload(nomad.world, 'u7', then, {
    ...{ name: 'holiday photos', status: 'SUCCESS', process: 'process_upload', completeTime: then, entries: 0 },
  });
  addUpload(nomad.world, 'u3', then, {
    ...{ name: 'TiO2 relaxation', status: 'SUCCESS', process: 'process_upload', completeTime: then, entries: 12 },
  });
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url };
  const beside = { ...env, STATE_DIR: tempDir(context) };
  const open = startProgram(context, beside);
  const guarded = startProgram(context, { ...env, ...SECRETS, HTTP_HOST: '0.0.0.0', STATE_DIR: tempDir(context) });
  for (const program of [open, guarded]) await program.line(({ event }) => event === 'monitor.baseline');
  queue(nomad.world, batch);
  start(batch);
  fail(batch, Date.now(), ['FileNotFoundError: raw/vasprun.xml']);
  await open.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('batch-42'));

  const addresses = { open: new URL(await open.url()).host, guarded: `127.0.0.1:${new URL(await guarded.url()).port}` };
  const folder = tempDir(context);
  const told = ['docs/api.md', 'docs/scripting.md'].flatMap((path) => examples(readFileSync(path, 'utf8')));
  assert.ok(told.length >= 17);
  const monitor = `'${process.execPath}' '${resolve('src/main.ts')}' --env-file /dev/null`;
  for (const [command, output] of told) {
    const here = command
      .replaceAll('127.0.0.1:9697', addresses.open)
      .replaceAll('monitor.lab.example:9697', addresses.guarded)
      .replaceAll('nomad-upload-monitor ', `${monitor} `);
    // What says that an upload failed ends with a code of its own.
    const stdout = await promisify(execFile)('bash', ['-c', here], {
      cwd: folder,
      env: { ...process.env, ...usualEnv(beside), ...SECRETS },
    }).then(
      (run) => run.stdout,
      (error: unknown) => (error as { readonly stdout: string }).stdout,
    );
    assert.equal(stdout, output, command);
  }
});

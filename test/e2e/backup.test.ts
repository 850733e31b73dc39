// A backup by the verb beside the running monitor, restored for another one: it knows everything, tells no baseline, and goes on.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, start, succeed } from '../../src/demo/nomad-state.ts';
import { callCli } from '../support/cli.ts';
import { startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const BACKUP = ['--env-file', '/dev/null', 'backup'];

test(
  'a backup beside the running monitor, restored: another one goes on from it',
  { timeout: 300_000 },
  async (context) => {
    const nomad = await startSimulatedNomad();
    const inbox = await startInbox();
    context.after(async () => {
      await nomad.close();
      await inbox.close();
    });
    const [first, second] = ['a', 'b'].map((id) => {
      const upload = addUpload(nomad.world, id, Date.now() - 86_400_000, {
        name: `batch ${id}`,
        process: 'process_upload',
      });
      succeed(upload, Date.now() - 86_400_000, 3);
      return upload;
    });
    assert.ok(first !== undefined && second !== undefined);
    const failRun = (upload: typeof first) => {
      start(upload);
      fail(upload, Date.now(), ['KeyError: x']);
    };
    const dir = tempDir(context);
    const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: join(dir, 'state') };
    const backup = (...args: string[]) => callCli([...BACKUP, ...args], usualEnv(env));
    const told = (name: string) => (line: Readonly<Record<string, unknown>>) =>
      line['msg'] === 'delivered' && String(line['subject']).includes(name);

    const monitor = startProgram(context, env);
    await monitor.line(({ msg }) => msg === 'delivered');
    failRun(first);
    await monitor.line(told('batch a failed'));
    const file = join(dir, 'backup.sqlite');
    assert.equal(await startProgram(context, env, [...BACKUP, file]).ended, 0);
    const again = await backup(file);
    assert.deepEqual(
      [again.code, again.output],
      [2, `backup: ${file} already exists; name another file, or move it away\n`],
    );
    const asJson = await backup('--json', join(dir, 'other'));
    assert.deepEqual(Object.keys(JSON.parse(asJson.output) as object), ['file', 'bytes']);
    monitor.child.kill('SIGTERM');
    assert.equal(await monitor.ended, 0);

    const restored = join(dir, 'restored');
    mkdirSync(restored);
    copyFileSync(file, join(restored, 'state.sqlite'));
    failRun(second);
    const next = startProgram(context, { ...env, STATE_DIR: restored });
    await next.line(told('batch b failed'));
    next.child.kill('SIGTERM');
    assert.equal(await next.ended, 0);
    assert.deepEqual(
      inbox.mails.map(({ subject }) => subject),
      ['[NOMAD] Now watching 2 uploads', '[NOMAD] batch a failed: KeyError: x', '[NOMAD] batch b failed: KeyError: x'],
    );
  },
);

test('backup without a state, or of one that is none: 5', { timeout: 300_000 }, async (context) => {
  const dir = tempDir(context);
  const env = { NOMAD_URL: 'http://127.0.0.1:9/api/v1', SMTP_URL: 'smtp://127.0.0.1:9', STATE_DIR: dir };
  const verb = () => callCli([...BACKUP, join(dir, 'backup')], usualEnv(env));
  const none = await verb();
  assert.equal(none.code, 5);
  assert.match(none.output, /^state: none in /);
  writeFileSync(join(dir, 'state.sqlite'), 'not a database, but long enough to be looked at '.repeat(10));
  const damaged = await verb();
  assert.equal(damaged.code, 5);
  assert.match(damaged.output, /^state: .* cannot be read \(file is not a database\)/);
});

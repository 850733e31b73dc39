// Summaries of the whole program: the rules file is read again while it runs, and a kill neither loses nor repeats one.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, succeed } from '../../src/demo/nomad-state.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const DAY = 86_400_000;
type Line = Readonly<Record<string, unknown>>;
const delivered = ({ msg, subject }: Line) => msg === 'delivered' && String(subject).startsWith('[NOMAD] Summary: ');

test(
  'a summary follows its schedule as the rules file is read again; events are not notified, and a kill repeats nothing',
  { timeout: 60_000 },
  async (context) => {
    const nomad = await startSimulatedNomad();
    const inbox = await startInbox();
    context.after(async () => {
      await nomad.close();
      await inbox.close();
    });
    const [bad, good] = ['bad', 'good'].map((id) =>
      addUpload(nomad.world, id, Date.now() - DAY, { name: id, process: 'process_upload' }),
    );
    assert.ok(bad !== undefined && good !== undefined);
    fail(bad, Date.now() - DAY / 2, ['KeyError: atoms']);
    succeed(good, Date.now() - DAY / 2, 3);
    const dir = tempDir(context);
    const rulesFile = join(dir, 'rules.yaml');
    const rules = (schedule: string) => {
      const recipients = 'group_by: author, mail: [boss@lab.example]';
      writeFileSync(rulesFile, `summaries:\n  - { schedule: "${schedule}", ${recipients} }\n`);
    };
    rules('0 8 29 2 *');
    const files = { STATE_DIR: join(dir, 'state'), RULES_FILE: rulesFile };
    const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, NOTIFY_ON: 'none', ...files };
    const first = startProgram(context, env);
    await first.line(({ event }) => event === 'monitor.baseline');
    rules('* * * * * *');
    first.child.kill('SIGHUP');
    const reloaded = await first.line(({ msg }) => msg === 'the rules file was reloaded');
    assert.equal(reloaded['summaries'], 1);
    await first.line(delivered);
    rules('0 8 29 2 *');
    first.child.kill('SIGKILL');
    await first.ended;
    assert.ok(inbox.mails.length > 0);
    const second = startProgram(context, env);
    await second.line(({ msg }) => msg === 'watching');
    fail(bad, Date.now(), ['KeyError: cell']);
    await second.line(({ event }) => event === 'upload.failed');
    second.child.kill('SIGTERM');
    assert.equal(await second.ended, 0);
    const ids = new Set(inbox.mails.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]));
    assert.ok(ids.size >= inbox.mails.length - 1, 'at most the one that was being sent is sent again');
    for (const { to, subject } of inbox.mails) {
      assert.deepEqual(to, ['boss@lab.example']);
      assert.equal(subject, '[NOMAD] Summary: 1 of 2 uploads needs attention: 1 failed');
    }
    assert.match(inbox.mails[0]?.text ?? '', /^Ada Lovelace: 2 uploads, 1 failed$/m);
  },
);

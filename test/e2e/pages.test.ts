// The pages of the whole program: what it found, whom it told, and what it still knows after a restart while NOMAD is down.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, queue, start } from '../../src/demo/nomad-state.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

test(
  'the list, one upload with its story, and both again after a restart without NOMAD',
  { timeout: 300_000 },
  async (context) => {
    const nomad = await startSimulatedNomad();
    const inbox = await startInbox();
    context.after(() => inbox.close());
    const upload = addUpload(nomad.world, 'u1', Date.now() - 9e7, { name: 'batch-42', status: 'SUCCESS', entries: 2 });
    addUpload(nomad.world, 'u2', Date.now() - 9e7, { name: 'quiet one', status: 'SUCCESS', entries: 2 });
    const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: tempDir(context) };
    const first = startProgram(context, env);
    await first.line(({ event }) => event === 'monitor.baseline');
    queue(nomad.world, upload);
    start(upload);
    fail(upload, Date.now(), ['KeyError: lattice_vectors']);
    await first.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('batch-42'));

    const look = async (url: string, path: string) => (await fetch(`${url}${path}`)).text();
    const url = await first.url();
    const home = await look(url, '/');
    assert.match(home, /<h1>1 failed<\/h1>/);
    assert.ok(home.indexOf('batch-42') < home.indexOf('quiet one'), 'worst first');
    assert.match(await look(url, '/?show=failed'), /batch-42/);
    assert.doesNotMatch(await look(url, '/?show=failed'), /quiet one/);
    assert.match(await look(url, '/?q=LATTICE'), /batch-42/);
    const story = await look(url, '/uploads/u1');
    assert.match(story, /KeyError: lattice_vectors/);
    assert.match(story, /sent to\s+<bdi>ada@lab\.example/);
    assert.match(story, /aria-label="Last 1 run, oldest first: failed"/);
    first.child.kill('SIGTERM');
    assert.equal(await first.ended, 0);
    await nomad.close();

    const second = startProgram(context, env);
    await second.line(({ level }) => level === 'warn');
    const later = await second.url();
    const known = await look(later, '/');
    assert.match(known, /<h1>1 failed<\/h1>/);
    assert.match(known, /The last poll failed/);
    assert.match(known, /Ada Lovelace/);
    assert.match(await look(later, '/uploads/u1'), /KeyError: lattice_vectors/);
  },
);

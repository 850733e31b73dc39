// No storm of requests: how often the monitor asks before, during and after an outage, counted where it arrives; and that all is told
// once when it is over. It polls each second, sixty times as often as by default: what holds here holds there.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';
import { type Lab, openLab } from './lab.ts';
import type { Toxic, Toxiproxy } from './toxiproxy.ts';

interface Storm {
  readonly name: string;
  readonly run: (context: TestContext, toxiproxy: Toxiproxy) => Promise<void>;
}

const SECOND = 1000;
const HANG_UP: Toxic = { type: 'timeout', stream: 'downstream', attributes: { timeout: 1 } };
const RESET: Toxic = { type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } };
/** Shorter than the fourth wait of a poll can be, so that the return is seen at the fourth poll. */
const OUTAGE = 70 * SECOND;

/** How often NOMAD was asked, also in vain. */
const asked = (lab: Lab) => lab.metric('nomad_requests_total');

/** Asks during an outage of NOMAD and around it; the outage begins when `cut` is done. */
async function outage(context: TestContext, lab: Lab, cut: () => Promise<void>): Promise<void> {
  const start = await asked(lab);
  await elapse(20 * SECOND);
  const before = ((await asked(lab)) - start) * 3;

  await cut();
  const failed = lab.failRun();
  const cutAt = await asked(lab);
  await elapse(OUTAGE);
  const during = (((await asked(lab)) - cutAt) * 60 * SECOND) / OUTAGE;
  assert.equal(await lab.healthz(), 200);

  const end = await asked(lab);
  await lab.links.nomad.proxy.mend();
  await lab.told(failed);
  const back = (await asked(lab)) - end;
  const backAt = await asked(lab);
  await elapse(20 * SECOND);
  const after = ((await asked(lab)) - backAt) * 3;

  context.diagnostic(`requests a minute: ${before} before, ${during.toFixed(1)} during, ${after} after`);
  context.diagnostic(`${back} requests until all was told; ${lab.links.nomad.gate.limit()} connections at most`);
  assert.ok(during <= 6, `${during} requests a minute while it is away`);
  // And one in 3 s for the entries of an upload from before the first poll.
  assert.ok(after <= 66 + 21, `${after} requests a minute when it is back: one a poll`);
  assert.ok(back <= 5, `${back} requests until all was told`);
  assert.ok(lab.links.nomad.gate.limit() <= 2, `${lab.links.nomad.gate.limit()} connections at once`);
  assert.deepEqual(lab.kinds(), ['monitor.baseline', 'nomad.reachable', 'nomad.unreachable', 'upload.failed']);
  await lab.end();
}

const UNREACHABLE_SOON = { env: { UNREACHABLE_AFTER: '20s' } };
const countSince = (times: readonly number[], from: number) => times.filter((time) => time >= from).length;

export const STORMS: readonly Storm[] = [
  {
    name: 'no storm: NOMAD refuses connections',
    async run(context, toxiproxy) {
      const lab = await openLab(context, toxiproxy, UNREACHABLE_SOON);
      await outage(context, lab, () => lab.links.nomad.proxy.switch(false));
    },
  },
  {
    name: 'no storm: NOMAD hangs up',
    async run(context, toxiproxy) {
      const lab = await openLab(context, toxiproxy, UNREACHABLE_SOON);
      await outage(context, lab, () => lab.links.nomad.proxy.add(HANG_UP));
    },
  },
  {
    name: 'no storm: NOMAD asks to be left alone, by Retry-After, before there is a token',
    async run(context) {
      const nomad = await startSimulatedNomad();
      context.after(() => nomad.close());
      nomad.setFault(() => ({ status: 503, headers: { 'retry-after': '600' } }));
      const program = startProgram(context, { NOMAD_URL: nomad.url, STATE_DIR: tempDir(context) });
      await program.line(({ result }) => result === 'unreachable');
      await elapse(75 * SECOND);
      assert.deepEqual(
        nomad.requests.map(({ line }) => line),
        ['POST /auth/token'],
      );
    },
  },
  {
    name: 'no storm: a webhook is away with 60 events waiting',
    async run(context, toxiproxy) {
      const lab = await openLab(context, toxiproxy, { uploads: 80 });
      const { gate, proxy } = lab.links.webhook;
      await proxy.add(RESET);
      const cutAt = Date.now();
      const failed = Array.from({ length: 60 }, () => lab.failRun());
      await elapse(OUTAGE);
      const during = (countSince(gate.opened, cutAt) * 60 * SECOND) / OUTAGE;
      const mendedAt = Date.now();
      await proxy.mend();
      await lab.until(() => failed.every((upload) => lab.posted(upload).length > 0));
      const back = countSince(gate.opened, mendedAt);
      context.diagnostic(`connections a minute: ${during.toFixed(1)} during; ${back} until all 60 were told`);
      assert.ok(during <= 15, `${during} connections a minute while it is away`);
      assert.ok(back <= 62, `${back} connections for 60 events`);
      assert.ok(gate.limit() <= 2, 'one after the other; the end of one may be seen after the beginning of the next');
      for (const upload of failed) assert.equal(lab.posted(upload).length, 1);
      await lab.end();
    },
  },
  {
    name: 'no storm: a mail server hangs up while new messages keep arriving',
    async run(context, toxiproxy) {
      const lab = await openLab(context, toxiproxy);
      const { gate, proxy } = lab.links.smtp;
      await proxy.add(HANG_UP);
      const cutAt = Date.now();
      const failed: number[] = [];
      for (let waited = 0; waited < OUTAGE; waited += 10 * SECOND) {
        failed.push(lab.failRun());
        await elapse(10 * SECOND);
      }
      const during = (countSince(gate.opened, cutAt) * 60 * SECOND) / OUTAGE;
      const mendedAt = Date.now();
      await proxy.mend();
      for (const upload of failed) await lab.told(upload);
      const back = countSince(gate.opened, mendedAt);
      const mails = lab.inbox.mails.length - 1;
      context.diagnostic(
        `connections a minute: ${during.toFixed(1)} during; ${back} until all was told, in ${mails} mails`,
      );
      assert.ok(during <= 30, `${during} connections a minute while it is away`);
      assert.ok(back <= 2 && mails === 2, `${back} connections, ${mails} mails`);
      for (const upload of failed) assert.equal(lab.mailed(upload).length, 1);
      await lab.end();
    },
  },
  {
    name: 'no storm: a long mail over a line of 1 kB/s',
    async run(context, toxiproxy) {
      const lab = await openLab(context, toxiproxy, { uploads: 80 });
      const { gate, proxy } = lab.links.smtp;
      await proxy.add({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 1 } });
      const from = Date.now();
      const failed = Array.from({ length: 60 }, () => lab.failRun(` ${'because of this '.repeat(25)}`));
      await lab.until(() => lab.inbox.mails.length > 1);
      const [took, size] = [(Date.now() - from) / SECOND, (lab.inbox.mails[1]?.raw.length ?? 0) / 1000];
      await lab.said(from, ({ msg, channel }) => msg === 'delivered' && channel === 'mail');
      context.diagnostic(
        `${size.toFixed(0)} kB took ${took.toFixed(0)} s, over ${gate.opened.length} connections in all`,
      );
      assert.ok(took > 70, 'nobody heard anything for longer than a minute');
      assert.equal(lab.inbox.mails.length, 2, 'sent once');
      assert.match(lab.inbox.mails[1]?.subject ?? '', new RegExp(`${failed.length} uploads failed`));
      await lab.end();
    },
  },
];

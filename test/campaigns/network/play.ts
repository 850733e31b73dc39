// One scenario, played: an upload fails while the fault lasts, another when it is over. Nothing lost, nothing told twice, nothing told
// that is not so; metrics and health as documented; nothing left open. Says what it measured.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Lab } from './lab.ts';
import type { Scenario } from './scenarios.ts';

const CHANNELS = { smtp: 'mail', webhook: 'webhook' } as const;
const UNREACHABLE = 'polls_total{kind="poll",result="unreachable"}';
const ERRORS = 'nomad_requests_total{endpoint="uploads",code="error"}';

export async function play(scenario: Scenario, lab: Lab, context: TestContext): Promise<void> {
  const { link, says, comesAgain = false } = scenario;
  const [descriptors, kinds] = [lab.descriptors(), lab.kinds()];
  const brokenAt = Date.now();
  const since = (from: number) => `${((Date.now() - from) / 1000).toFixed(1)} s`;

  await scenario.breaks(lab);
  const meanwhile = lab.failRun();
  if (says === null) await lab.told(meanwhile);
  else await failing(lab, scenario, says, meanwhile, brokenAt);
  context.diagnostic(`${says === null ? 'told' : 'said'} after ${since(brokenAt)}`);
  assert.equal(await lab.healthz(), 200);

  const mendedAt = Date.now();
  await lab.links[link].proxy.mend();
  const afterwards = lab.failRun();
  await lab.told(meanwhile);
  await lab.told(afterwards);
  context.diagnostic(`all told ${since(mendedAt)} after it was over`);

  for (const [channel, ids] of [
    ['smtp', lab.mailed(meanwhile)],
    ['webhook', lab.posted(meanwhile)],
  ] as const) {
    assert.equal(new Set(ids).size, 1, `one message for ${channel}, under one id: ${ids.join()}`);
    assert.equal(ids.length > 1, comesAgain && channel === link, `${ids.length} times to ${channel}`);
  }
  assert.deepEqual([lab.mailed(afterwards).length, lab.posted(afterwards).length], [1, 1]);
  assert.deepEqual(lab.kinds(), [...kinds, 'upload.failed', 'upload.failed'], 'nothing else was told');
  assert.equal(await lab.metric('nomad_up'), 1);
  assert.equal((await lab.metric('deliveries_pending')) + (await lab.metric('deliveries_dead')), 0);
  assert.equal(await lab.healthz(), 200);
  noneLeft(lab, descriptors);
}

/** Resolves when the program has noticed the fault and said so. */
async function failing(lab: Lab, { link }: Scenario, says: RegExp, upload: number, from: number): Promise<void> {
  if (link === 'nomad') {
    const { msg, result } = await lab.said(from, (entry) => entry['result'] !== undefined);
    assert.equal(result, 'unreachable');
    assert.match(String(msg), says);
    assert.equal(await lab.metric('nomad_up'), 0);
    const [polls, errors] = [await lab.metric(UNREACHABLE), await lab.metric(ERRORS)];
    assert.ok(polls > 0 && errors >= polls && errors <= 3 * polls, `${errors} errors in ${polls} polls`);
    assert.deepEqual([lab.mailed(upload), lab.posted(upload)], [[], []]);
    return;
  }
  const channel = CHANNELS[link];
  const { reason } = await lab.said(from, ({ msg }) => msg === 'not delivered yet');
  assert.match(String(reason), says);
  assert.ok((await lab.metric(`deliveries_total{channel="${channel}",result="retried"}`)) > 0);
  assert.equal(await lab.metric(`deliveries_pending{channel="${channel}"}`), 1);
  assert.equal(await lab.metric('nomad_up'), 1);
  const other = link === 'smtp' ? lab.posted : lab.mailed;
  await lab.until(() => other(upload).length === 1);
}

function noneLeft(lab: Lab, descriptors: number): void {
  const { nomad, smtp, webhook } = lab.open();
  assert.ok(nomad <= 2 && smtp <= 2 && webhook === 0, `open: ${nomad} NOMAD, ${smtp} SMTP, ${webhook} webhook`);
  assert.ok(lab.descriptors() <= descriptors + 2, `${descriptors} descriptors before, ${lab.descriptors()} after`);
}

// The shipped rules in the real Prometheus and the real Alertmanager. Run by `npm run test:prometheus`; not part of `npm test`, which needs neither.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDemo } from '../support/demo.ts';
import { eventually } from '../support/eventually.ts';
import { startPrometheus } from '../support/prometheus.ts';

test('the running demo is scraped with the shipped configuration', { timeout: 120_000 }, async (context) => {
  const demo = await startDemo(context, { env: { HTTP_TOKEN: 'let-me-in' } });
  const prometheus = await startPrometheus({ targets: [demo.target], token: 'let-me-in' });
  context.after(() => prometheus.close());
  const [seen] = await eventually('a good poll is scraped', async () => {
    const samples = await prometheus.query('nomad_upload_monitor_nomad_up == 1');
    return samples.length > 0 ? samples : undefined;
  });
  assert.deepEqual(seen?.metric, {
    __name__: 'nomad_upload_monitor_nomad_up',
    instance: demo.target,
    job: 'nomad-upload-monitor',
  });
});

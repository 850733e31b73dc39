// The demo, watched by the real Prometheus with the shipped rules and by the real Alertmanager with the shipped routing; and what becomes of an
// alert in all three places: Prometheus, Alertmanager, the operators' inbox.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type DemoOptions, startDemo } from '../../support/demo.ts';
import { eventually } from '../../support/eventually.ts';
import { type ListedAlert, startAlertmanager, startPrometheus } from '../../support/prometheus.ts';
import { tempDir } from '../../support/temp.ts';
import { hasty } from './hasty.ts';

const TOKEN = 'let-me-in-to-the-metrics';

export async function watchDemo(context: TestContext, { env, ...options }: DemoOptions = {}) {
  const demo = await startDemo(context, { ...options, env: { HTTP_TOKEN: TOKEN, ...env } });
  const alertmanager = await startAlertmanager({ smtp: `127.0.0.1:${demo.inbox.port}` });
  context.after(alertmanager.close);
  const rules = join(tempDir(context), 'rules.yaml');
  writeFileSync(rules, hasty(readFileSync('prometheus/rules.yaml', 'utf8')));
  const prometheus = await startPrometheus({
    targets: [demo.target],
    rules: [rules],
    token: TOKEN,
    alertmanager: alertmanager.address,
  });
  context.after(prometheus.close);
  await eventually('a good poll is scraped', async () => {
    const seen = await prometheus.query('nomad_upload_monitor_nomad_up == 1');
    return seen.length > 0 ? seen : undefined;
  });

  const named = <T extends Pick<ListedAlert, 'labels'>>(alerts: readonly T[], name: string) =>
    alerts.find(({ labels }) => labels['alertname'] === name);
  const inPrometheus = async (name: string) => named(await prometheus.alerts(), name);
  const inAlertmanager = async (name: string) => named(await alertmanager.alerts(), name);
  const mailed = (name: string, state: 'FIRING' | 'RESOLVED') =>
    demo.inbox.mails.find(({ subject, html }) => subject.startsWith(`[${state}`) && html.includes(name));

  return {
    demo,
    prometheus,
    pending: (name: string) =>
      eventually(`${name} is pending`, async () => {
        const alert = await inPrometheus(name);
        return alert?.state === 'pending' ? alert : undefined;
      }),
    /** As Prometheus has it, as Alertmanager has it, and as it was mailed. */
    firing: async (name: string) => ({
      inPrometheus: await eventually(`${name} fires`, async () => {
        const alert = await inPrometheus(name);
        return alert?.state === 'firing' ? alert : undefined;
      }),
      inAlertmanager: await eventually(`${name} reaches Alertmanager`, () => inAlertmanager(name)),
      mail: await eventually(`${name} is mailed`, () => mailed(name, 'FIRING')),
    }),
    /** In all three places. */
    resolved: async (name: string) => {
      const gone = async (look: Promise<unknown>) => ((await look) === undefined ? true : undefined);
      await eventually(`${name} ends in Prometheus`, () => gone(inPrometheus(name)), 120_000);
      await eventually(`${name} ends in Alertmanager`, () => gone(inAlertmanager(name)));
      await eventually(`the end of ${name} is mailed`, () => mailed(name, 'RESOLVED'));
    },
    /** The names of all that fires or is about to. */
    allAlerts: async () => (await prometheus.alerts()).map(({ labels }) => labels['alertname']),
    /** The names of all that fires. */
    allFiring: async () =>
      (await prometheus.alerts()).filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname']),
  };
}

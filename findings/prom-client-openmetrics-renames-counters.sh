#!/usr/bin/env bash
# prom-client 15.1.3: once a registry has written OpenMetrics, all its counters have lost `_total` in the text format.
#
# Expected: setContentType() decides how the next answer is written, and changes nothing else. So a server can answer each scraper in the form that
# it asks for, and text before and after an OpenMetrics answer is the same.
# Observed: writing OpenMetrics takes `_total` off the name of each counter, in the metric itself. In OpenMetrics it is put back to the samples; in
# text it is gone, from HELP, TYPE and samples, until the process ends. Every Prometheus with default settings asks for OpenMetrics; who reads
# text then (VictoriaMetrics, Telegraf) stores other names from the first such scrape on.
#
# Installs prom-client from npm into a temporary folder. Needs Node. Fails if prom-client behaves differently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund prom-client@15.1.3
seen=$(node - <<'JS'
const { Counter, Registry } = require('prom-client');

const registry = new Registry();
new Counter({ name: 'jobs_total', help: 'Jobs.', registers: [registry] }).inc();
const write = async (type) => {
  registry.setContentType(type);
  return (await registry.metrics()).split('\n').find((line) => line.startsWith('jobs'));
};
(async () => {
  const text = await write(Registry.PROMETHEUS_CONTENT_TYPE);
  const open = await write(Registry.OPENMETRICS_CONTENT_TYPE);
  const again = await write(Registry.PROMETHEUS_CONTENT_TYPE);
  console.log(`text: ${text}; OpenMetrics: ${open}; text again: ${again}`);
})();
JS
)
echo "prom-client 15.1.3: $seen"
[ "$seen" = 'text: jobs_total 1; OpenMetrics: jobs_total 1; text again: jobs 1' ]

#!/usr/bin/env bash
# prom-client 15.1.3: of two scrapes within a moment the second says that the event loop was delayed by at least 292 years.
#
# Expected: nodejs_eventloop_lag_min_seconds is a delay that was measured, whoever else scrapes.
# Observed: each scrape resets Node's histogram of delays, for all scrapers. If another scrape comes before the next sample (10 ms as installed; two
# Prometheus servers as a pair, or a person with curl), the histogram is empty: its least is 2^63 ns, mean and standard deviation are `Nan`,
# the largest is 0.
#
# Installs prom-client from npm into a temporary folder. Needs Node. Fails if prom-client behaves differently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund prom-client@15.1.3
seen=$(node - <<'JS'
const { Registry, collectDefaultMetrics } = require('prom-client');

const registry = new Registry();
collectDefaultMetrics({ register: registry });
const lag = async () => {
  const values = new Map((await registry.metrics()).split('\n').map((line) => line.split(' ')));
  return ['min', 'mean', 'max'].map((which) => values.get(`nodejs_eventloop_lag_${which}_seconds`));
};
setTimeout(async () => {
  const first = await lag();
  const second = await lag();
  console.log(`${first.every((value) => value > 0 && value < 10) ? 'measured' : first}, then ${second}`);
  process.exit();
}, 500);
JS
)
echo "prom-client 15.1.3: least, mean and largest delay: $seen"
[ "$seen" = 'measured, then 9223372036.854776,Nan,0' ]

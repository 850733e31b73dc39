#!/usr/bin/env bash
# setup.sh: whether the real Prometheus and Alertmanager are there, as Debian names them; says what is missing. Puts Python's strict reader of
# OpenMetrics into the cache folder, and prints where.
set -euo pipefail
missing=()
for program in prometheus promtool; do command -v "$program" >/dev/null || missing=(prometheus); done
for program in prometheus-alertmanager amtool; do command -v "$program" >/dev/null || { missing+=(prometheus-alertmanager); break; }; done
[ ${#missing[@]} -eq 0 ] || { echo "not there: on Debian, apt install ${missing[*]}" >&2; exit 1; }
folder=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor/prometheus-client-0.26.0
if [ ! -f "$folder/.ready" ]; then
  python3 -m pip install --quiet --disable-pip-version-check --upgrade --target "$folder" prometheus-client==0.26.0 >&2 \
    || { echo "Python's prometheus-client cannot be installed" >&2; exit 1; }
  touch "$folder/.ready"
fi
echo "$folder"

#!/usr/bin/env bash
# setup.sh: whether the real Prometheus and Alertmanager are there, as Debian names them; says what is missing. Installs nothing.
set -euo pipefail
missing=()
for program in prometheus promtool; do command -v "$program" >/dev/null || missing=(prometheus); done
for program in prometheus-alertmanager amtool; do command -v "$program" >/dev/null || { missing+=(prometheus-alertmanager); break; }; done
[ ${#missing[@]} -eq 0 ] || { echo "not there: on Debian, apt install ${missing[*]}" >&2; exit 1; }

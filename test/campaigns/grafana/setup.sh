#!/usr/bin/env bash
# setup.sh: looks for Prometheus, and builds what judges the dashboard by Grafana's own types (Go, the module grafana-foundation-sdk) in the
# cache folder; prints its path. Does nothing where it is there already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor/dashboard-schema-$(cat "$here"/schema/* | cksum | cut -d' ' -f1)
fail() { echo "the dashboard cannot be tested: $*" >&2; exit 1; }

command -v prometheus >/dev/null || fail "Prometheus is not there; on Debian: apt install prometheus"
mkdir -p "$folder"
# Two runs at once would build into the same folder.
if command -v flock >/dev/null; then exec 9>"$folder/.lock"; flock 9; fi
if [ ! -x "$folder/schema" ]; then
  command -v go >/dev/null || fail "Go is not there; on Debian: apt install golang-go"
  (cd "$here/schema" && go build -o "$folder/schema" .) 1>&2 || fail "go build does not get through"
fi
echo "$folder/schema"

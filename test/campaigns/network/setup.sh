#!/usr/bin/env bash
# setup.sh: toxiproxy, a TCP proxy that breaks connections on order, in the cache folder; prints the path of its program.
# Does nothing where it is there already. Needs Go.
set -euo pipefail
version=v2.11.0
folder=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor/toxiproxy-$version
fail() { echo "toxiproxy cannot be set up: $*" >&2; exit 1; }

mkdir -p "$folder"
# Two runs at once would install into the same folder.
if command -v flock >/dev/null; then exec 9>"$folder/.lock"; flock 9; fi
if [ ! -x "$folder/server" ]; then
  command -v go >/dev/null || fail "Go is not there; on Debian: apt install golang-go"
  GOBIN=$folder go install "github.com/Shopify/toxiproxy/v2/cmd/server@$version" 1>&2 || fail "go install does not get it"
fi
echo "$folder/server"

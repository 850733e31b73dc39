#!/usr/bin/env bash
# setup.sh: builds the judge, a small Go program around golang.org/x/net/http/httpproxy, in the cache folder; prints its path. Needs Go 1.23 or later.
set -euo pipefail
cd "$(dirname "$0")"
folder=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor/proxy-judge
mkdir -p "$folder"
command -v go >/dev/null || { echo "Go 1.23 or later is not there" >&2; exit 1; }
go build -o "$folder/judge" . 1>&2
echo "$folder/judge"

#!/usr/bin/env bash
# setup.sh: schemathesis and openapi-spec-validator in a virtual environment in the cache folder; prints its address. And curl and jq.
# Does nothing where they are there already. Needs Python 3.11 (or uv, which can bring it).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor
fail() { echo "schemathesis cannot be set up: $*" >&2; exit 1; }

for tool in curl jq; do
  command -v $tool >/dev/null && continue
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "$tool is not there; on Debian: apt install $tool"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $tool; } >/dev/null || fail "$tool cannot be installed"
done
mkdir -p "$cache"
# Two runs at once would install into the same folder.
if command -v flock >/dev/null; then exec 9>"$cache/.lock-api"; flock 9; fi
folder=$cache/api-$(sha256sum "$here/requirements.txt" | cut -c1-12)
if [ ! -f "$folder/.ready" ]; then
  # A Debian that looks after its own Python refuses the first.
  command -v uv >/dev/null || python3 -m pip install --quiet uv || python3 -m pip install --quiet --break-system-packages uv || fail "uv is not there and pip cannot install it"
  uv venv --quiet --clear --python 3.11 "$folder" || fail "there is no Python 3.11"
  uv pip install --quiet --python "$folder/bin/python" -r "$here/requirements.txt" || fail "its packages cannot be installed"
  touch "$folder/.ready"
fi
echo "$folder"

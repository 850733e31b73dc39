#!/usr/bin/env bash
# setup.sh: virtual environments with the real NOMAD of each generation, in the cache folder; prints their addresses, one a line.
# Does nothing where they are there already. Needs Python 3.11 (or uv, which can bring it) and libmagic.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor
fail() { echo "the real NOMAD cannot be set up: $*" >&2; exit 1; }

mkdir -p "$cache"
# Two runs at once would install into the same folders.
if command -v flock >/dev/null; then exec 9>"$cache/.lock"; flock 9; fi
# A Debian that looks after its own Python refuses the first.
command -v uv >/dev/null || python3 -m pip install --quiet uv || python3 -m pip install --quiet --break-system-packages uv || fail "uv is not there and pip cannot install it"
if ! ldconfig -p | grep -q 'libmagic\.so\.1'; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "libmagic is not there; on Debian: apt install libmagic1"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libmagic1; } >/dev/null || fail "libmagic1 cannot be installed"
fi
for generation in 1 2; do
  requirements=$here/requirements-$generation.txt
  folder=$cache/nomad-$generation-$(sha256sum "$requirements" | cut -c1-12)
  if [ ! -f "$folder/.ready" ]; then
    uv venv --quiet --clear --python 3.11 "$folder" || fail "there is no Python 3.11"
    uv pip install --quiet --python "$folder/bin/python" -r "$requirements" || fail "its packages cannot be installed"
    touch "$folder/.ready"
  fi
  echo "$folder"
done

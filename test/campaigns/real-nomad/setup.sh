#!/usr/bin/env bash
# setup.sh: virtual environments with the real NOMAD, in the cache folder; prints "VERSION FOLDER", one a line. GENERATIONS names the
# versions; "all" are those of the 1.4 line that few still run as well. Does nothing where they are there already.
# Needs Python 3.11, of 3.11.5 or later as its packages want it (or uv, which can bring it), and libmagic.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor
versions=${GENERATIONS:-1.3.17 1.4.3 2.0.0}
if [ "$versions" = all ]; then versions='1.3.17 1.4.0 1.4.1 1.4.2 1.4.3 2.0.0'; fi
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
# What a version needs: the whole set, each with its version. 1.4.0 to 1.4.2 run with what 1.4.3 needs; 1.4.0 still imports Celery.
requirements() {
  case $1 in
    1.4.[0-2]) sed "s/^nomad-lab==.*/nomad-lab==$1/" "$here/requirements-1.4.3.txt" ;;
    *) cat "$here/requirements-$1.txt" 2>/dev/null || fail "there are no requirements for NOMAD $1" ;;
  esac
  if [ "$1" = 1.4.0 ]; then cat "$here/requirements-1.4.0-more.txt"; fi
}
for version in $versions; do
  wanted=$(requirements "$version")
  folder=$cache/nomad-$version-$(sha256sum <<<"$wanted" | cut -c1-12)
  if [ ! -f "$folder/.ready" ]; then
    uv venv --quiet --clear --python '>=3.11.5,<3.12' "$folder" || fail "there is no Python 3.11.5 or later of 3.11"
    # The sets are complete: nothing is to be found out, and what NOMAD says of the versions it wants is left aside.
    uv pip install --quiet --no-deps --python "$folder/bin/python" -r - <<<"$wanted" || fail "the packages of NOMAD $version cannot be installed"
    touch "$folder/.ready"
  fi
  echo "$version $folder"
done

#!/usr/bin/env bash
# mounts.sh COMMAND…: runs it where it may mount small disks that nobody else sees and that go with it. Needs Linux; root is not needed.
set -euo pipefail
fail() { echo "small disks cannot be mounted: $*" >&2; exit 1; }

for program in unshare prlimit mount; do
  command -v "$program" >/dev/null || fail "$program is not there; on Debian: apt install util-linux mount"
done
[ "$(id -u)" = 0 ] && exec unshare --mount "$@"
unshare --map-root-user --mount true || fail "user namespaces are not allowed here: run it as root"
exec unshare --map-root-user --mount "$@"

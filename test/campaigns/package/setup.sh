#!/usr/bin/env bash
# setup.sh: the tools that the packages are made and judged with, and a bare Debian 12 as an archive in the cache folder; prints its path.
# Does nothing where they are there already. Needs root, and Debian or a kin of it, whose own mirror is used.
set -euo pipefail
suite=bookworm
cache=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor
archive=$cache/$suite-minbase.tar
fail() { echo "the bare system cannot be set up: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "chroot, mount and debootstrap need root"
missing=()
for pair in debootstrap:debootstrap lintian:lintian dpkg-shlibdeps:dpkg-dev rpmbuild:rpm strip:binutils mandoc:mandoc zsh:zsh fish:fish ip:iproute2 systemctl:systemd; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null ||
    fail "${missing[*]} cannot be installed"
fi

mkdir -p "$cache"
# Two runs at once would write the same archive.
if command -v flock >/dev/null; then exec 9>"$archive.lock"; flock 9; fi
if [ ! -f "$archive" ]; then
  mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' | sed -n "s/^$suite //p" | head -n 1)
  root=$(mktemp -d)
  # It becomes the root of the system: others than root must be able to enter it.
  chmod 755 "$root"
  trap 'rm -rf "$root"' EXIT
  # Without a mirror of this suite in apt's own list, debootstrap knows Debian's.
  debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"} >&2 || fail "debootstrap does not get it"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -cf "$archive.new" . && mv "$archive.new" "$archive"
fi
echo "$archive"

#!/usr/bin/env bash
# setup.sh: whether Postfix, rspamd, SpamAssassin and dkimpy are there, as Debian has them; and Exim's packages, downloaded but not installed,
# because Debian installs one mail server at a time. Prints the folder with those packages. Needs root and Debian.
set -euo pipefail
fail() { echo "the mail servers cannot be set up: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "they need root"

missing=()
for pair in postfix:postfix rspamd:rspamd spamassassin:spamassassin dkimverify:python3-dkim; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
ldconfig -p | grep -q libidn.so.12 || missing+=(libidn12)
[ ${#missing[@]} -eq 0 ] || fail "not there: on Debian, apt install --no-install-recommends ${missing[*]}"

folder=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor/exim4
mkdir -p "$folder"
if command -v flock >/dev/null; then exec 9>"$folder/.lock"; flock 9; fi
if ! ls "$folder"/exim4-daemon-light_*.deb >/dev/null 2>&1; then
  (cd "$folder" && apt-get download -qq exim4-config exim4-base exim4-daemon-light) 1>&2 || fail "apt-get does not get Exim"
fi
# Exim does not start without its user; the package would make it.
id Debian-exim >/dev/null 2>&1 ||
  useradd --system --no-create-home --home-dir /var/spool/exim4 --shell /usr/sbin/nologin --user-group Debian-exim
echo "$folder"

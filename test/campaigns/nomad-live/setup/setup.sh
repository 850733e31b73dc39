#!/usr/bin/env bash
# setup.sh [VERSION…] [temporal]: everything that the real NOMADs need, from package registries alone, into the cache folder. What is there already is left alone.
# `temporal`: the real Temporal server too, of 1,300 Go packages (its test server does for most lives).
# Debian as root; Python 3.11 and uv (or a Python that can bring it), Go, Java 17 with javac, Maven.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/nomad-upload-monitor/nomad-live
servers=/var/tmp/nomad-upload-monitor-live
fail() { echo "the real NOMADs cannot be set up: $*" >&2; exit 1; }
# once NAME FILE… COMMAND…: what `name` does, unless it did so for these very files before
once() {
  local name=$1 files=$2; shift 2
  # shellcheck disable=SC2086
  local mark; mark=$cache/.ready-$name-$(cat $files | sha256sum | cut -c1-12)
  [ -f "$mark" ] && return
  echo "$name …"; local began=$SECONDS
  "$@" >"$cache/log/setup-$name.log" 2>&1 || fail "$name: see $cache/log/setup-$name.log"
  rm -f "$cache/.ready-$name-"*; touch "$mark"; echo "$name: $((SECONDS - began)) s"
}

packages() {
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] && [ -d /usr/lib/postgresql ] && ldconfig -p | grep -q 'libmagic\.so\.1' && return
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql rabbitmq-server libmagic1
}
postgres() {
  local programs; programs=$(find /usr/lib/postgresql -name initdb -printf '%h\n' | sort -V | tail -1)
  echo "$programs" >"$cache/postgres-programs"
  mkdir -p "$servers/postgres" && chown nobody "$servers" "$servers/postgres"
  [ -f "$servers/postgres/PG_VERSION" ] || setpriv --reuid=65534 --regid=65534 --clear-groups "$programs/initdb" -D "$servers/postgres" -A trust -U postgres --locale=C.UTF-8 -E UTF8
}
rabbit() {
  mkdir -p "$servers/rabbit"
  printf '[].' >"$servers/rabbit/enabled_plugins"
  cp "$here/rabbitmq.conf" "$servers/rabbit/rabbitmq.conf"
  chown -R nobody "$servers/rabbit"
}
ferret() {
  mkdir -p "$cache/ferret" "$cache/bin" && cp "$here/ferret/"* "$cache/ferret"
  (cd "$cache/ferret" && GOFLAGS=-mod=mod go build -p 2 -tags ferretdb_postgresql -o ../bin/ferret .)
}
search() {
  mkdir -p "$cache/es/classes" "$cache/es/config" "$cache/es/data" "$cache/es/logs" && touch "$cache/es/config/elasticsearch.yml"
  cp "$here/es/log4j2.properties" "$cache/es/config"
  mvn -B -q -f "$here/es/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$cache/es-lib"
  javac -cp "$(find "$cache/es-lib" -name '*.jar' -printf '%p:')" -d "$cache/es/classes" "$here/es/RunES.java"
}
keycloak() {
  mvn -B -q dependency:copy -Dartifact=org.keycloak:keycloak-quarkus-dist:26.5.6:tar.gz "-DoutputDirectory=$cache/keycloak.tar"
  rm -rf "$cache/keycloak" && mkdir -p "$cache/keycloak" && tar xzf "$cache/keycloak.tar/"*.tar.gz -C "$cache/keycloak" --strip-components=1
  rm -r "$cache/keycloak.tar" && mkdir -p "$cache/keycloak/data/import" && cp "$here/realm.json" "$cache/keycloak/data/import/nomad-realm.json"
}
temporal() { mvn -B -q -f "$here/temporal/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$cache/temporal-lib"; }
real_temporal() { GOBIN=$cache/bin nice -n 15 go install -p 2 github.com/temporalio/cli/cmd/temporal@v1.4.1; }
tools() { uv venv --clear --python 3.11 "$cache/venv-tools" && uv pip install --python "$cache/venv-tools/bin/python" aiosmtpd==1.4.6; }
nomad() {
  uv venv --clear --python 3.11 "$cache/venv-$1" && uv pip install --python "$cache/venv-$1/bin/python" -r "$here/requirements-$1.txt"
  # Built from a copy: a build leaves folders beside its source.
  rm -rf "$cache/plugin" && cp -r "$here/plugin" "$cache/plugin"
  uv pip install --reinstall --no-cache --no-deps --python "$cache/venv-$1/bin/python" "$cache/plugin"
}

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "it needs Debian, as root"
for program in go java javac mvn; do command -v $program >/dev/null || fail "$program is not there"; done
command -v uv >/dev/null || python3 -m pip install --quiet uv || python3 -m pip install --quiet --break-system-packages uv || fail "uv is not there and pip cannot install it"
mkdir -p "$cache/log"
# Two runs at once would install into the same folders.
exec 9>"$cache/.lock"; flock 9
# These lie outside the cache folder.
for part in packages postgres rabbit; do $part >"$cache/log/setup-$part.log" 2>&1 || fail "$part: see $cache/log/setup-$part.log"; done
once ferret "$here/ferret/go.mod $here/ferret/main.go" ferret
once search "$here/es/pom.xml $here/es/RunES.java $here/es/log4j2.properties" search
once keycloak "$here/realm.json" keycloak
once temporal "$here/temporal/pom.xml" temporal
once tools /dev/null tools
for version in "${@:-2.0.0 1.4.3 1.3.17}"; do
  for each in $version; do
    if [ "$each" = temporal ]; then once real-temporal /dev/null real_temporal; continue; fi
    once "nomad-$each" "$here/requirements-$each.txt $here/plugin/pyproject.toml $here/plugin/live_parsers/__init__.py" nomad "$each"
  done
done

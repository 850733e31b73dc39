#!/usr/bin/env bash
# Node 24.21.0 (proxyEnv of http.Agent, the same as NODE_USE_ENV_PROXY) and libcurl (pycurl 7.49.0): one NO_PROXY, and they go different ways.
#
# Expected (the guess that was written down first): Node reads NO_PROXY as curl does, where a network in CIDR notation and a name with all names
# below it are reached without the proxy.
# Observed: Node knows neither. It takes `10.0.0.0/8` for a name that nothing has (ranges are written 10.0.0.1-10.0.0.9, which curl does not know),
# and `example` for that one name alone. What NO_PROXY was to keep in the house goes to the proxy, by http:// with its password in the clear.
#
# Installs node from npm and pycurl from PyPI into a temporary folder; proxy and server are a few lines on 127.0.0.1. Needs Node, Python 3.11 on x86-64.
# Fails if either behaves differently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "allowScripts": { "node": true } }' >package.json
npm install --silent --no-audit --no-fund node@24.21.0
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib pycurl==7.49.0
cat >curl.py <<'PY'
import io, sys
sys.path.insert(0, 'lib')
import pycurl
url, proxy, no_proxy = sys.argv[1:]
out = io.BytesIO()
curl = pycurl.Curl()
for option, value in ((pycurl.URL, url), (pycurl.PROXY, proxy), (pycurl.NOPROXY, no_proxy), (pycurl.WRITEDATA, out)):
    curl.setopt(option, value)
# Names below localhost are this machine's; curl is told so, as a name server would.
curl.setopt(pycurl.RESOLVE, [f'oasis.localhost:{url.rsplit(":", 1)[1].strip("/")}:127.0.0.1'])
curl.perform()
print(out.getvalue().decode(), end='')
PY
cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import http from 'node:http';
import { promisify } from 'node:util';

const serve = (text) =>
  new Promise((resolve) => {
    const server = http.createServer((_, response) => response.end(text));
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
const [proxy, port] = [`http://127.0.0.1:${await serve('proxy')}`, await serve('direct')];

const lookup = (_name, { all }, found) => (all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4));
const node = (host, noProxy) =>
  new Promise((resolve, reject) => {
    const agent = new http.Agent({ proxyEnv: { HTTP_PROXY: proxy, NO_PROXY: noProxy } });
    http.get({ host, port, agent, lookup }, async (response) => resolve((await response.toArray()).join(''))).on('error', reject);
  });
const curl = async (host, noProxy) => {
  const { stdout } = await promisify(execFile)('python3', ['curl.py', `http://${host}:${port}/`, proxy, noProxy]);
  return stdout;
};

for (const [host, noProxy] of [
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.1', '127.0.0.0/8'],
  ['127.0.0.1', '127.0.0.0-127.0.0.9'],
  ['oasis.localhost', 'localhost'],
])
  console.log(`${host} NO_PROXY=${noProxy}: Node ${await node(host, noProxy)}, curl ${await curl(host, noProxy)}`);
process.exit();
JS
seen=$(node_modules/.bin/node ask.mjs)
echo "Node $(node_modules/.bin/node --version), $(python3 -c "import sys; sys.path.insert(0, 'lib'); import pycurl; print(pycurl.version.split(' ')[1])")"
echo "$seen"
[ "$seen" = '127.0.0.1 NO_PROXY=127.0.0.1: Node direct, curl direct
127.0.0.1 NO_PROXY=127.0.0.0/8: Node proxy, curl direct
127.0.0.1 NO_PROXY=127.0.0.0-127.0.0.9: Node direct, curl proxy
oasis.localhost NO_PROXY=localhost: Node proxy, curl direct' ]

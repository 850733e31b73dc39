// The .rpm by rpm itself, on the same bare system: there is no Fedora here, so what it needs is not looked up (--nodeps). Started by main.ts in a
// mount namespace of its own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openChroot, removeTree, unpack } from './chroot.ts';
import { createTranscript } from './transcript.ts';

const NAME = 'nomad-upload-monitor';
const [archive = '', package_ = ''] = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), `${NAME}-rpm-`));
unpack(archive, root);
const system = openChroot(root);
const { say } = createTranscript();
const rpm = (...args: readonly string[]) => execFileSync('rpm', args, { encoding: 'utf8' });

assert.match(rpm('-K', '--nosignature', package_), /digests OK/);
say(`# rpm -i ${basename(package_)}`, rpm('--root', root, '--nodeps', '-i', package_));
say(`$ ${NAME} --version`, system.run(NAME, '--version'));
const rights = (path: string) => system.run('stat', '-c', '%a %U:%G', path).trim();
assert.equal(rights(`/etc/${NAME}/env`), `640 root:${NAME}`);
assert.equal(rights(`/var/lib/${NAME}`), `2770 ${NAME}:${NAME}`);
assert.equal(rpm('--root', root, '-V', '--nodeps', NAME), '');
writeFileSync(join(root, `etc/${NAME}/env`), 'NOMAD_USERNAME=ada\n');
const asked = await system.meanwhile(NAME, 'config');
assert.match(asked.output, new RegExp(`/etc/${NAME}/env`));
rpm('--root', root, '-e', NAME);
assert.equal(system.code('test', '-e', `/usr/lib/${NAME}`), 1);
say(`# rpm -e ${NAME}`, system.run('ls', `/etc/${NAME}`));
removeTree(root);

// The rest of what the package puts on a machine, beside the program: launcher, configuration, units, manual, completions, legal texts.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { commandLine } from '../../src/cli/program.ts';
import { VARIABLES } from '../../src/config/variables/all.ts';
import { bash, fish, zsh } from './completion.ts';
import { copyright } from './copyright.ts';
import { type Package, licenceList } from './licences.ts';
import { manual } from './manual.ts';
import type { Release } from './release.ts';
import { verbsOf } from './verbs.ts';

const NAME = 'nomad-upload-monitor';
const DOC = `usr/share/doc/${NAME}`;

/** Nothing is run, so nobody signals. */
const NOBODY = {
  env: {},
  stdout: process.stdout,
  stderr: process.stderr,
  stopping: new AbortController().signal,
  onReload: () => undefined,
  onToggleDebug: () => undefined,
  stdin: process.stdin,
  becomeService: () => undefined,
};

interface Plan {
  readonly root: string;
  readonly source: string;
  readonly libraries: readonly Package[];
  readonly node: Package;
  readonly release: Release;
}

/** The path of the list of licences. */
export function fillTree({ root, source, libraries, node, release }: Plan): string {
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const text = (path: string) => readFileSync(join(source, path), 'utf8');
  const line = verbsOf(commandLine(NOBODY).program);

  put(`usr/bin/${NAME}`, text('packaging/launcher'));
  put(`etc/${NAME}/env`, configuration(text('packaging/env.head'), text('.env.example')));
  for (const file of readdirSync(join(source, 'systemd'))) put(placeOf(file), text(`systemd/${file}`));

  put(`usr/share/man/man1/${NAME}.1.gz`, gzipped(manual(line, VARIABLES, release)));
  put(`usr/share/bash-completion/completions/${NAME}`, bash(line));
  put(`usr/share/zsh/vendor-completions/_${NAME}`, zsh(line));
  put(`usr/share/fish/vendor_completions.d/${NAME}.fish`, fish(line));

  put(`${DOC}/changelog.gz`, gzipped(changelog(text('packaging/debian/changelog'), release)));
  put(`${DOC}/copyright`, copyright(text('packaging/debian/copyright'), libraries, node));
  put(`${DOC}/LICENSE.node.gz`, gzipped(node.text));
  put(`${DOC}/licences.txt`, licenceList([...libraries, node]));
  put(`usr/share/lintian/overrides/${NAME}`, text('packaging/debian/lintian-overrides'));
  for (const folder of ['docs', 'prometheus', 'grafana']) copyFolder(join(source, folder), join(root, DOC, folder));
  return join(root, DOC, 'licences.txt');
}

/** The example with a head of its own: here it is the file that counts. */
function configuration(head: string, example: string): string {
  return head + example.slice(example.indexOf('\n\n') + 1);
}

/** What is in systemd/: units, the user, and examples of drop-ins. */
function placeOf(file: string): string {
  if (/\.(service|timer)$/.test(file)) return `lib/systemd/system/${file}`;
  if (file.endsWith('.sysusers')) return `usr/lib/sysusers.d/${file.replace('sysusers', 'conf')}`;
  return `${DOC}/systemd/${file}`;
}

function changelog(written: string, { version, epoch }: Release): string {
  if (written.startsWith(`${NAME} (${version})`)) return written;
  const time = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  const entry = [
    `${NAME} (${version}) unstable; urgency=medium`,
    '  * Built from these sources.',
    ` -- ${MAINTAINER}  ${time}`,
  ];
  return `${entry.join('\n\n')}\n\n${written}`;
}

const MAINTAINER = 'The nomad-upload-monitor authors <nomad-upload-monitor@localhost>';

/** Without the name and the time that gzip would keep. */
function gzipped(content: string): Buffer {
  return gzipSync(content, { level: 9 });
}

function copyFolder(from: string, to: string): void {
  if (!existsSync(from)) return;
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.png') && !path.endsWith('/images') });
}

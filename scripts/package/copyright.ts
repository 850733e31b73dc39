// debian/copyright (DEP-5): ours as written, then the bundle with all libraries that are within, Node, and the text of each licence once.
import { type Package, licenceList } from './licences.ts';

const PROGRAM = 'usr/lib/nomad-upload-monitor';
/** Debian has these on every machine. */
const COMMON = ['Apache-2.0'];
/** As long as a book: a file of its own. */
const NODE =
  'License: Node.js\n MIT, with the licences of what is within Node; verbatim in\n /usr/share/doc/nomad-upload-monitor/LICENSE.node.gz.';

export function copyright(own: string, libraries: readonly Package[], node: Package): string {
  const names = [...new Set(libraries.map(({ licence }) => licence))].toSorted();
  const texts = names.filter((name) => !COMMON.includes(name)).map((name) => licence(name, libraries));
  return [own.trimEnd(), bundled(libraries, names), nodeParagraph(node), ...texts, NODE].join('\n\n') + '\n';
}

function bundled(libraries: readonly Package[], names: readonly string[]): string {
  const holders = libraries.flatMap(({ name, text }) => holdersIn(text).map((holder) => `${holder} (${name})`));
  return [
    `Files: ${PROGRAM}/dist/*`,
    ['Copyright: 2026 The nomad-upload-monitor authors', ...holders].join('\n           '),
    `License: ${[...new Set(['Apache-2.0', ...names])].join(' and ')}`,
    'Comment: The program and its libraries are one bundle. The licence of each library,',
    ` verbatim, is in /${PROGRAM}/dist/licences.txt. The libraries are:`,
    ...licenceList(libraries)
      .trimEnd()
      .split('\n')
      .map((line) => ` ${line}`),
  ].join('\n');
}

function nodeParagraph({ path, version, text }: Package): string {
  return [
    `Files: ${PROGRAM}/${path}`,
    `Copyright: ${holdersIn(text).join('\n           ')}`,
    'License: Node.js',
    `Comment: Node.js ${version} as its project publishes it, without its symbols and without`,
    ' the languages of ICU other than English.',
  ].join('\n');
}

/** The lines that say whose it is; the file with all licences has the rest. */
function holdersIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const found = lines.filter((line) => /^(copyright )?(\(c\)|©)|^copyright.*(\d{4}|contributors|authors)/i.test(line));
  const names = found.map((line) =>
    line.replace(/^(copyright|\(c\)|©|:|\s)+/i, '').replace(/\.?\s*all rights reserved\.?/i, ''),
  );
  return names.length === 0 ? ['its authors'] : [...new Set(names)].slice(0, 5);
}

/** The text as the first package has it, without the lines that are that package's own. */
function licence(name: string, packages: readonly Package[]): string {
  const text = packages.find((each) => each.licence === name)?.text ?? '';
  const common = text.replace(/^.*(copyright \(c\)|\(c\) \d{4}|copyright \d{4}).*$/gim, '');
  const body = common
    .trim()
    .replace(/\n{3,}/g, '\n\n')
    .split('\n');
  return [`License: ${name}`, ...body.map((line) => ` ${line.trim() === '' ? '.' : line.trimEnd()}`)].join('\n');
}

// debian/copyright (DEP-5): ours as written, then a paragraph for each package within, and the text of each licence once.
import type { Package } from './licences.ts';

const PROGRAM = 'usr/lib/nomad-upload-monitor';
/** Debian has these on every machine. */
const COMMON = ['Apache-2.0'];
/** As long as a book: a file of its own. */
const NODE =
  'License: Node.js\n MIT, with the licences of what is within Node; verbatim in\n /usr/share/doc/nomad-upload-monitor/LICENSE.node.gz.';

export function copyright(own: string, packages: readonly Package[]): string {
  const names = [...new Set(packages.map(({ licence }) => licence))]
    .filter((name) => !COMMON.includes(name))
    .toSorted();
  return (
    [own.trimEnd(), ...packages.map(paragraph), ...names.map((name) => licence(name, packages))].join('\n\n') + '\n'
  );
}

function paragraph({ path, licence, text }: Package): string {
  const files = path.startsWith('node_modules/') ? `${PROGRAM}/${path}/*` : `${PROGRAM}/${path}`;
  const holders = holdersIn(text);
  return `Files: ${files}\nCopyright: ${holders.join('\n           ')}\nLicense: ${licence}`;
}

/** The lines that say whose it is; each package's own file, beside it, has the rest. */
function holdersIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const found = lines.filter((line) => /^(copyright|\(c\)|©)/i.test(line) && /\d{4}|contributors|authors/i.test(line));
  const names = found.map((line) =>
    line.replace(/^(copyright|\(c\)|©|:|\s)+/i, '').replace(/\.?\s*all rights reserved\.?/i, ''),
  );
  return names.length === 0 ? ['its authors (see the file with its licence)'] : [...new Set(names)].slice(0, 5);
}

/** The text as the first package has it, without the lines that are that package's own. */
function licence(name: string, packages: readonly Package[]): string {
  if (name === 'Node.js') return NODE;
  const text = packages.find((each) => each.licence === name)?.text ?? '';
  const common = text.replace(/^.*(copyright \(c\)|\(c\) \d{4}|copyright \d{4}).*$/gim, '');
  const body = common
    .trim()
    .replace(/\n{3,}/g, '\n\n')
    .split('\n');
  return [`License: ${name}`, ...body.map((line) => ` ${line.trim() === '' ? '.' : line.trimEnd()}`)].join('\n');
}

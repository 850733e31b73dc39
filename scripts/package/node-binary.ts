// Node as it is shipped: as its project publishes it, without its symbols and without the languages that the program does not speak. Needs binutils.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { trimIcu } from './icu.ts';
import type { Package } from './licences.ts';

/** From the package that brings it (`node_modules/node`) to a file. Throws when what comes out does not run. */
export function installNode(folder: string, file: string): void {
  const published = join(folder, 'bin/node');
  const content = readFileSync(published);
  const { from, to } = icuIn(published);
  trimIcu(content.subarray(from, to));
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  execFileSync('strip', ['--strip-all', file]);
  execFileSync(file, ['-e', "new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin' }).format(0)"]);
}

/** Where ICU's data begins and ends in the file, by the symbols that are then stripped. */
function icuIn(binary: string): { readonly from: number; readonly to: number } {
  const tool = (name: string, ...args: readonly string[]) =>
    execFileSync(name, [...args, binary], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const symbol = /^([\da-f]+) ([\da-f]+) \w icudt\d+_dat$/m.exec(tool('nm', '-S'));
  const section = / \.rodata +PROGBITS +([\da-f]+) ([\da-f]+)/.exec(tool('readelf', '-SW'));
  if (symbol === null || section === null) throw new Error(`${binary}: where its ICU data lies cannot be found`);
  const [address = 0, size = 0] = symbol.slice(1).map((text) => Number.parseInt(text, 16));
  const [sectionAddress = 0, offset = 0] = section.slice(1).map((text) => Number.parseInt(text, 16));
  const from = address - sectionAddress + offset;
  return { from, to: from + size };
}

/** The package that brings Node has another one within, for each system, and in that is Node's own licence. */
export function nodeItself(folder: string): Package {
  const inside = join(folder, 'node_modules');
  const [system] = readdirSync(inside).filter((name) => existsSync(join(inside, name, 'LICENSE')));
  if (system === undefined) throw new Error(`${inside}: no LICENSE of Node is there`);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return {
    name: basename(folder),
    version,
    path: 'bin/node',
    licence: 'Node.js',
    text: readFileSync(join(inside, system, 'LICENSE'), 'utf8'),
  };
}

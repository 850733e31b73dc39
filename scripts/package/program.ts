// The program as it is installed: what the npm package has, and Node.
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installNode } from './node-binary.ts';

interface Plan {
  /** The folder of the npm package. */
  readonly npm: string;
  /** The folder of the package that brings Node. */
  readonly node: string;
  /** Where it is to be. */
  readonly program: string;
}

export function installProgram({ npm, node, program }: Plan): void {
  mkdirSync(join(program, 'bin'), { recursive: true });
  cpSync(join(npm, 'dist'), join(program, 'dist'), { recursive: true });
  copyFileSync(join(npm, 'package.json'), join(program, 'package.json'));
  dropInterpreter(join(program, 'dist/main.js'));
  installNode(node, join(program, 'bin/node'));
}

/** `#!`, for whoever starts the file itself. Here the launcher does, and there need be no other Node. */
function dropInterpreter(path: string): void {
  const content = readFileSync(path, 'utf8');
  if (content.startsWith('#!')) writeFileSync(path, content.slice(content.indexOf('\n') + 1));
}

// The program as it is installed: what the npm package has, and Node.
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
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
  // The launcher starts main.js with a Node that is new enough.
  for (const name of ['start.js', 'ready.js']) rmSync(join(program, 'dist', name));
  copyFileSync(join(npm, 'package.json'), join(program, 'package.json'));
  installNode(node, join(program, 'bin/node'));
}

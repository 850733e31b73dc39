// `npm run build`: the program in dist/, as it is installed. Node strips no types below node_modules, so what is installed must hold
// JavaScript; a clone runs src/ itself and needs none of this.
import { join } from 'node:path';
import { buildProgram } from './package/npm.ts';

const root = join(import.meta.dirname, '..');
buildProgram(root, join(root, 'dist'));

// `npm run build`: the program in dist/, as it is installed. Node strips no types below node_modules, so what is installed must hold
// JavaScript; a clone runs src/ itself and needs none of this.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

const folder = join(import.meta.dirname, '../dist');
rmSync(folder, { recursive: true, force: true });
bundle(folder);

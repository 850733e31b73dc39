// Where the files lie that are read at run time: beside the code, in a clone (src/) as where it is installed (dist/, in a few files).
import { join } from 'node:path';

/** This copy of the program: a clone runs the TypeScript sources, what is installed is JavaScript. */
export const isClone = import.meta.filename.endsWith('.ts');

/** The file that starts it. */
export const MAIN = join(import.meta.dirname, isClone ? 'main.ts' : 'main.js');
export const PACKAGE = join(import.meta.dirname, '../package.json');
export const ASSETS = join(import.meta.dirname, 'http/assets');
export const MIGRATIONS = join(import.meta.dirname, 'store/migrations');

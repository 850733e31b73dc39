#!/bin/sh
':' //; exec node --max-semi-space-size=2 --max-old-space-size=768 -- "$0" "$@"
// The command, for sh and for Node. The line above is for sh: it gives Node the limits, and keeps it from taking our --env-file for its own.
// (`env -S`, which could do the same, is not everywhere: Alpine has none.) For Node that line is a string and a comment.
import { existsSync } from 'node:fs';
import './ready.js';

await import(existsSync(new URL('main.js', import.meta.url)) ? './main.js' : './main.ts');

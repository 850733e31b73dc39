// Whether the program can start here, asked before anything else is loaded. If not, one sentence says what to do, and the exit status is 2.
// This file and start.js are neither compiled nor bundled: versions of Node that are too old must be able to read them.
import { existsSync, readFileSync } from 'node:fs';

const NAME = 'nomad-upload-monitor';
const OLDEST = 24;

const isClone = existsSync(new URL('main.ts', import.meta.url));
const { execPath, versions } = process;

/** null: it can. */
function problem() {
  const missing = isClone ? missingLibrary() : undefined;
  if (missing !== undefined)
    return `${NAME}: ${missing} is not installed here; run npm ci first, which brings Node ${OLDEST} as well`;
  if (Number.parseInt(versions.node, 10) >= OLDEST) return null;
  const needed = `${NAME} needs Node ${OLDEST} or newer, and this is Node ${versions.node} (${execPath})`;
  return isClone
    ? `${needed}; run npm ci without --omit=dev, which brings Node ${OLDEST}`
    : `${needed}; install a newer one`;
}

/** Of those that the program needs; undefined: there is none. */
function missingLibrary() {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return Object.keys(dependencies).find((name) => !existsSync(new URL(`../node_modules/${name}`, import.meta.url)));
}

const found = problem();
if (found !== null) {
  console.error(found);
  process.exit(2);
}

// The one definition of each variable: what it means, what holds without it, an example. docs/configuration.md and .env.example are made
// from it (`npm run docs`), `config` and the suggestions read it, and parse.ts takes its defaults and examples from it.
import type { Variable } from './variable.ts';
import { RUNTIME_VARIABLES } from './runtime.ts';
import { CHANNEL_VARIABLES } from './channels.ts';
import { NOMAD_VARIABLES } from './nomad.ts';

export const VARIABLES: readonly Variable[] = [...NOMAD_VARIABLES, ...CHANNEL_VARIABLES, ...RUNTIME_VARIABLES];

export function isSecret(name: string): boolean {
  return VARIABLES.some((variable) => variable.name === name && variable.secret === true);
}

/** What holds when it is not set, as it would be written. Throws where there is nothing of the kind. */
export function defaultOf(name: string): string {
  const fallback = VARIABLES.find((variable) => variable.name === name)?.fallback;
  if (fallback === undefined) throw new Error(`${name} has no default that could be written`);
  return fallback;
}

/** `NAME=example`, for sentences. */
export function exampleOf(name: string): string {
  return `${name}=${VARIABLES.find((variable) => variable.name === name)?.example ?? ''}`;
}

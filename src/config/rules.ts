// The rules file: YAML -> Rules, or every problem at once, each with its line and column. Pure; it throws for nothing that a file can hold.
import type { Rules } from '../domain/notify/routing.ts';
import type { Checks } from './parse.ts';
import { type Configured, type RulesContext, readRules } from './rules-schema.ts';
import { readSummaries } from './rules-summaries.ts';
import { readYaml } from './yaml-file.ts';

export type ParsedRules = { readonly rules: Rules } | { readonly problems: readonly string[] };

/** Time grows with the square of a file's length; this many are hundreds of routes. */
const MAX_CHARACTERS = 100_000;

/** `file`: its name, for the problems. */
export function parseRules(text: string, file: string, configured: Configured, checks: Checks): ParsedRules {
  if (text.length > MAX_CHARACTERS)
    return { problems: [`${file}:1:1: it is larger than 100 kB; rules are a few lines`] };
  const yaml = readYaml(text, { file, uniqueKeys: true, quoted: true });
  if ('problems' in yaml) return yaml;
  const { contents, placeOf } = yaml;
  const problems: string[] = [];
  const reading: RulesContext = {
    configured,
    lineOf: (node) => placeOf(node).line,
    problem: (node, sentence) => problems.push(`${placeOf(node).text}: ${sentence}`),
  };
  const rules = { ...readRules(contents, reading), summaries: readSummaries(contents, reading, checks) };
  return problems.length > 0 ? { problems } : { rules };
}

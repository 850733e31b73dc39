// The rules file: YAML -> Rules, or every problem at once, each with its line and column. Pure; it throws for nothing that a file can hold.
import { LineCounter, parseDocument } from 'yaml';
import type { Rules } from '../domain/notify/routing.ts';
import { textOf } from '../domain/text/error.ts';
import { oneLine } from '../domain/text/one-line.ts';
import type { Checks } from './parse.ts';
import { type Configured, type RulesContext, offsetOf, readRules } from './rules-schema.ts';
import { readSummaries } from './rules-summaries.ts';

export type ParsedRules = { readonly rules: Rules } | { readonly problems: readonly string[] };

/** Time grows with the square of a file's length; this many are hundreds of routes. */
const MAX_CHARACTERS = 100_000;

/** `file`: its name, for the problems. */
export function parseRules(text: string, file: string, configured: Configured, checks: Checks): ParsedRules {
  if (text.length > MAX_CHARACTERS)
    return { problems: [`${file}:1:1: it is larger than 100 kB; rules are a few lines`] };
  const counter = new LineCounter();
  const problems: string[] = [];
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { line, place: `${file}:${line}:${col}` };
  };
  try {
    const document = parseDocument(text.replace(/^\ufeff/, ''), {
      lineCounter: counter,
      uniqueKeys: true,
      merge: false,
    });
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      problems.push(
        `${at(pos[0]).place}: ${oneLine(message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'it is not valid YAML', 200)}`,
      );
    }
    if (problems.length > 0) return { problems };
    const reading: RulesContext = {
      configured,
      lineOf: (node) => at(offsetOf(node)).line,
      problem: (node, sentence) => problems.push(`${at(offsetOf(node)).place}: ${sentence}`),
    };
    const rules = {
      ...readRules(document.contents, reading),
      summaries: readSummaries(document.contents, reading, checks),
    };
    return problems.length > 0 ? { problems } : { rules };
  } catch (error) {
    return {
      problems: [`${file}:1:1: it cannot be read as YAML (${textOf(error)})`],
    };
  }
}

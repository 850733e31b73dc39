// Reads the list `summaries` of a rules file: at what times who gets a summary of which uploads. Reports each problem where it is.
import { isMap, isNode, isScalar } from 'yaml';
import type { SummaryRule } from '../domain/notify/routing.ts';
import type { Checks } from './parse.ts';
import { type RulesContext, oneOfIn, readMatch, readRecipients } from './rules-schema.ts';
import { entriesOf, isEmpty, items } from './yaml-file.ts';

const KEYS = ['schedule', 'match', 'mail', 'webhook', 'chat', 'group_by'];
const EXAMPLE = '- { schedule: "0 8 * * 1-5", mail: [ada@lab.example] }';
const NO_KIND = 'a summary lists uploads as they are, not events; remove kind';

/** What could not be read is left out; it was reported. */
export function readSummaries(contents: unknown, reading: RulesContext, checks: Checks): readonly SummaryRule[] {
  const list: unknown = isMap(contents) ? contents.get('summaries', true) : null;
  if (isEmpty(list)) return [];
  return items(list, 'summaries', reading).flatMap((node) => readSummary(node, reading, checks) ?? []);
}

function readSummary(node: unknown, reading: RulesContext, checks: Checks): SummaryRule | null {
  if (!isMap(node)) {
    reading.problem(node, `a summary is a mapping; write for example ${EXAMPLE}`);
    return null;
  }
  const entries = entriesOf(node, KEYS, `a summary has the keys ${KEYS.join(', ')}`, reading);
  const recipients = readRecipients(node, entries, 'summary', reading);
  const { author, uploadName, role } = readMatch(entries.get('match')?.value, reading, NO_KIND);
  const by = entries.get('group_by');
  const groupBy = by === undefined ? [] : oneOfIn(by, 'group_by', ['author'], reading);
  const entry = entries.get('schedule');
  if (entry === undefined) {
    reading.problem(node, `schedule is missing; write for example ${EXAMPLE}`);
    return null;
  }
  const pattern = isScalar(entry.value) ? entry.value.value : null;
  const problem = typeof pattern === 'string' ? checks.scheduleProblem(pattern) : 'schedule must be text';
  if (typeof pattern !== 'string' || problem !== null) {
    const at = isNode(entry.value) ? entry.value : entry.key;
    reading.problem(at, `${problem ?? ''}; write for example schedule: "0 8 * * 1-5"`);
    return null;
  }
  return {
    schedule: pattern.trim().replace(/\s+/g, ' '),
    match: { author, uploadName, role },
    ...recipients,
    groupBy: groupBy[0] ?? null,
  };
}

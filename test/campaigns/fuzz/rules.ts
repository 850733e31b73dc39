// Target: the reader of the rules file, and the use of the rules that it accepts.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRules } from '../../../src/config/rules.ts';
import { EVENT_KINDS } from '../../../src/domain/event.ts';
import { quietAt } from '../../../src/domain/notify/quiet-hours.ts';
import { type Rules, explain, mismatchOf, summaryTargets } from '../../../src/domain/notify/routing.ts';
import { ROLES } from '../../../src/domain/upload.ts';
import { scheduleProblem } from '../../../src/scheduler.ts';
import { T0 } from '../../support/builders.ts';
import { type Running, running } from './target.ts';
import { UNFIT, hostileText } from './text.ts';
import { rulesFiles } from './yaml.ts';

interface Input {
  readonly text: string;
  readonly configured: { readonly mail: boolean; readonly webhook: boolean; readonly chat: boolean };
  readonly name: string;
  readonly now: number;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  text: rulesFiles,
  configured: fc.record({ mail: often(), webhook: often(), chat: often() }),
  name: hostileText,
  now: fc.nat(400 * 24 * 60).map((minutes) => T0 + minutes * 60_000),
});

function often(): fc.Arbitrary<boolean> {
  return fc.nat(9).map((chance) => chance > 0);
}

export async function startRules(read: typeof parseRules = parseRules): Promise<Running> {
  return running(
    inputs,
    (input) => {
      check(input, read);
    },
    async () => undefined,
  );
}

function check({ text, configured, name, now }: Input, read: typeof parseRules): void {
  const parsed = read(text, 'rules.yaml', configured, { scheduleProblem });
  if ('rules' in parsed) checkUse(parsed.rules, name, now);
  else checkProblems(parsed.problems, text);
}

function checkProblems(problems: readonly string[], text: string): void {
  assert.ok(problems.length > 0, 'neither rules nor problems');
  const lines = text.split('\n').length + 1;
  for (const problem of problems) {
    const [, line, column] = /^rules\.yaml:(\d+):(\d+): \S/.exec(problem) ?? [];
    assert.ok(line !== undefined && column !== undefined, `no line and column: ${problem}`);
    assert.ok(Number(line) >= 1 && Number(line) <= lines && Number(column) >= 1, problem);
    assert.doesNotMatch(problem, UNFIT);
    assert.ok(problem.length <= 700, `a problem of ${problem.length} characters`);
  }
}

function checkUse(rules: Rules, name: string, now: number): void {
  const defaults = { notifyOn: new Set(EVENT_KINDS), mailTo: ['ada@lab.example'], webhook: true, chat: true };
  for (const rule of rules.summaries) {
    assert.equal(scheduleProblem(rule.schedule), null);
    const to = summaryTargets(rule, defaults).map(({ channel, recipient }) => `${channel} ${recipient}`);
    assert.deepEqual(to, [...new Set(to)], 'somebody gets a summary twice');
    mismatchOf(rule.match, { name, author: name, role: null });
  }
  const until = quietAt(rules.quiet, now, 'Europe/Berlin');
  for (const [index, kind] of EVENT_KINDS.entries()) {
    const role = [...ROLES, null][index % 4] ?? null;
    const { targets } = explain(rules, { kind, upload: { name, author: name, role } }, defaults);
    const names = targets.map(({ channel, recipient }) => `${channel} ${recipient}`);
    assert.deepEqual(names, [...new Set(names)], 'somebody is told twice');
    for (const { recipient } of targets) assert.doesNotMatch(recipient, UNFIT);
    explain(rules, { kind, upload: null }, defaults);
    // To look for the end of quiet hours takes long: a few kinds are enough.
    const end = index % 7 === 0 ? until(kind) : null;
    assert.ok(end === null || (Number.isInteger(end) && end > now), `quiet until ${String(end)}`);
  }
}

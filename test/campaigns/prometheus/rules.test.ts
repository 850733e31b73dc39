// What is shipped for Prometheus holds together: rules, their cases, runbooks, the metrics that there are.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { commandLine } from '../../../src/cli/program.ts';
import { EVENT_KINDS } from '../../../src/domain/event.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { CHANNELS } from '../../../src/domain/notify/hold.ts';
import { CONDITIONS } from '../../../src/domain/report/conditions.ts';
import { createOneMetrics } from '../../support/metrics.ts';
import { T0, snapshot, watched } from '../../support/builders.ts';
import { keptProcess } from '../../support/cli.ts';
import { CASES } from './cases.ts';
import { hasty } from './hasty.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface Case {
  readonly alertname: string;
  readonly exp_alerts?: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
}

const rules = (
  parse(readFileSync('prometheus/rules.yaml', 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const names = [...new Set(alerts.map(({ alert }) => alert ?? ''))];
const runbooks = readdirSync('docs/runbooks').map((file) => basename(file, '.md'));
const textOf = (runbook: string) => readFileSync(`docs/runbooks/${runbook}.md`, 'utf8');

test('each alert says what is wrong, how grave it is and which runbook helps', () => {
  for (const { alert = '', labels = {}, annotations = {} } of alerts) {
    assert.deepEqual(Object.keys(annotations), ['summary', 'description', 'runbook'], alert);
    assert.ok(
      Object.values(annotations).every((text) => text.trim() !== ''),
      alert,
    );
    assert.equal(annotations['runbook'], `docs/runbooks/${alert}.md`);
    assert.match(labels['severity'] ?? '', /^(warning|critical)$/, alert);
  }
});

test('there is a runbook for each alert and no other; each says how to look, what to do, when it is harmless', () => {
  assert.deepEqual(runbooks.toSorted(), names.toSorted());
  for (const runbook of runbooks) {
    const text = textOf(runbook);
    assert.ok(text.startsWith(`# ${runbook}\n`), runbook);
    for (const heading of ['Look', 'Do', 'Harmless when']) assert.ok(text.includes(`\n## ${heading}\n`), runbook);
  }
});

test('the runbooks name verbs, options, kinds of events and conditions that there are', () => {
  const commands = runbooks.flatMap((runbook) =>
    [...textOf(runbook).matchAll(/(?:^# |`)nomad-upload-monitor ([a-z][^`\n]*)/gm)].map(([, command]) => command ?? ''),
  );
  const verbOf = (command: string) => /^[a-z-]+( retry| drop)?/.exec(command)?.[0] ?? '';
  const verbs = new Set(commands.map(verbOf));
  assert.ok(verbs.size >= 8, [...verbs].join());
  for (const verb of verbs) {
    const help = helpOf(verb.split(' '));
    assert.ok(help.startsWith(`Usage: nomad-upload-monitor ${verb} `), `${verb}: ${help}`);
    for (const command of commands.filter((each) => verbOf(each) === verb))
      for (const [option] of command.matchAll(/--[a-z]+/g)) assert.ok(help.includes(` ${option}`), command);
  }
  const given = (option: string) =>
    commands.flatMap((command) => [...command.matchAll(new RegExp(`${option} (\\S+)`, 'g'))].map(([, value]) => value));
  for (const kind of given('--kind'))
    assert.ok(
      EVENT_KINDS.some((known) => known === kind),
      kind,
    );
  for (const condition of given('--filter'))
    assert.ok(
      CONDITIONS.some((known) => known === condition),
      condition,
    );
});

test('docs/prometheus.md has a row for each alert and no other', () => {
  const rows = [...readFileSync('docs/prometheus.md', 'utf8').matchAll(/^\| \[(\w+)\]\(runbooks\/(\w+)\.md\)/gm)];
  assert.deepEqual(
    rows.map(([, name]) => name),
    names,
  );
  for (const [, name, runbook] of rows) assert.equal(name, runbook);
});

test('each alert has a case in which it fires, for each of its severities, and one in which it must not', () => {
  const cases = CASES.flatMap((file) => {
    const { tests } = parse(readFileSync(join('prometheus', file), 'utf8')) as {
      tests: readonly { readonly alert_rule_test: readonly Case[] }[];
    };
    return tests.flatMap((each) => each.alert_rule_test);
  });
  for (const { alert, labels } of alerts) {
    const own = cases.filter(({ alertname }) => alertname === alert);
    const severities = own.flatMap(({ exp_alerts = [] }) => exp_alerts.map(({ exp_labels }) => exp_labels['severity']));
    assert.ok(severities.includes(labels?.['severity']), `${alert} never fires`);
    assert.ok(
      own.some(({ exp_alerts = [] }) => exp_alerts.length === 0),
      `${alert} always fires`,
    );
  }
});

test('the metrics that rules, runbooks and docs/prometheus.md name are there, or are recorded', async () => {
  const known = new Set([...(await exposed()), ...rules.flatMap(({ record }) => record ?? [])]);
  const texts = {
    ...Object.fromEntries(runbooks.map((runbook) => [runbook, textOf(runbook)])),
    'rules.yaml': rules.map(({ expr }) => expr).join('\n'),
    'prometheus.md': readFileSync('docs/prometheus.md', 'utf8'),
  };
  let found = 0;
  for (const [where, text] of Object.entries(texts)) {
    for (const [name] of text.matchAll(/(?:\b\w+:)?\bnomad_upload_monitor_\w+(?::\w+)?/g)) {
      found += 1;
      assert.ok(known.has(name), `${where}: ${name}`);
    }
  }
  assert.ok(found > 60, String(found));
});

test('for the real test only durations are others, each by the same factor', () => {
  const shipped = readFileSync('prometheus/rules.yaml', 'utf8');
  const durations = /\d+[smhdw]\b(?=\n|\]|\s)/g;
  assert.equal(hasty(shipped).replace(durations, ''), shipped.replace(durations, ''));
  assert.equal(
    hasty('for: 10m, x[1w] offset 1h, a:increase1h > 60'),
    'for: 10s, x[10080s] offset 60s, a:increase1h > 60',
  );
});

/** What VERB --help prints of usage and options; '': there is no such verb. */
function helpOf(words: readonly string[]): string {
  let { program: command } = commandLine(keptProcess().process);
  for (const word of words) {
    const below = command.commands.find((each) => each.name() === word);
    if (below === undefined) return '';
    command = below;
  }
  return command.helpInformation();
}

/** The names of all series that a monitor in full swing has. */
async function exposed(): Promise<readonly string[]> {
  const outbox = CHANNELS.map((channel) => ({ channel, pending: 1, dead: 1, waiting: 1, oldestPendingAt: T0 }));
  const metrics = createOneMetrics({
    version: '1',
    nodeVersion: '24',
    maxUploads: 9,
    outbox: async () => outbox,
    configuredAt: T0,
    group: '0a1b2c3d',
  });
  metrics.onPoll({
    kind: 'poll',
    result: 'ok',
    startedAt: T0,
    milliseconds: 5,
    snapshot: snapshot([watched({ status: 'RUNNING' })]),
    names: new Map(),
    events: [],
    durations: [{ process: 'process_upload', result: 'failed', milliseconds: 5 }],
    malformed: [],
    watching: null,
    health: HEALTHY,
  });
  const body = await metrics.render('text');
  return [...body.matchAll(/^(\w+)[{ ]/gm)].map(([, name]) => name ?? '');
}

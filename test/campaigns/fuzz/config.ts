// Target: environments, .env files and files of secrets, and what people and programs are shown of them.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configText } from '../../../src/cli/commands/config.ts';
import type { Config } from '../../../src/config/config.ts';
import { type Load, load } from '../../../src/config/load.ts';
import { VARIABLES } from '../../../src/config/variables/all.ts';
import { createLog, createScrubber } from '../../../src/log.ts';
import { scheduleProblem } from '../../../src/scheduler.ts';
import { type Given, MARKER, PLACES, givens } from './environment.ts';
import { type Running, running } from './target.ts';
import { UNFIT } from './text.ts';

export interface Shown {
  readonly load: typeof load;
  readonly configText: typeof configText;
}

export async function startConfig(subject: Shown = { load, configText }): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-fuzz-'));
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'empty'), '');
  return running(
    givens,
    (given) => {
      check(given, folder, subject);
    },
    async () => {
      rmSync(folder, { recursive: true, force: true });
    },
  );
}

function check(given: Given, folder: string, subject: Shown): void {
  const path = (value: string) =>
    PLACES.some((place) => value === `@${place}`) ? join(folder, value.slice(1)) : value;
  writeFileSync(join(folder, 'secret'), given.secret);
  writeFileSync(join(folder, 'rules'), given.rules);
  if (given.dotenv !== null) writeFileSync(join(folder, 'env'), given.dotenv);
  const environment = Object.fromEntries(given.environment.map(([name, value]) => [name, path(value)]));
  const loaded = subject.load(
    given.dotenv === null ? '/dev/null' : join(folder, 'env'),
    { scheduleProblem },
    environment,
  );
  assert.equal(loaded.loaded === null, loaded.problems.length > 0, 'either a configuration or problems');
  for (const problem of loaded.problems) {
    assert.match(problem, /^(\.env|--env-file|[\w.-]+(, [\w.-]+)*…?|\S*:\d+:\d+): ./, problem);
    assert.doesNotMatch(problem, UNFIT);
    assert.ok(problem.length <= 700, `a problem of ${problem.length} characters`);
  }
  const { scrub } = createScrubber(loaded.secrets);
  const json = subject.configText(loaded, true, null);
  const text = subject.configText(loaded, false, null);
  JSON.parse(json.out);
  const seen = [...loaded.problems.map(scrub), json.out, text.out, ...text.complaints, ...logged(loaded, scrub)];
  const hidden = hiddenIn(loaded);
  for (const each of seen)
    for (const mark of each.match(MARKER) ?? [])
      assert.ok(!hidden.has(mark), `a secret is shown: ${each.slice(0, 2000)}`);
  const own = loaded.problems.join('\n').match(MARKER) ?? [];
  for (const mark of own) assert.ok(!hidden.has(mark), `a secret in a problem: ${loaded.problems.join('\n')}`);
}

/** The markers in secrets. One that a variable holds which is no secret, but is not the whole of one, is none. */
function hiddenIn({ values, secrets }: Load): ReadonlySet<string> {
  const isSecret = new Set(VARIABLES.flatMap(({ name, secret }) => (secret === true ? [name] : [])));
  const marks = (text: string) => text.match(MARKER) ?? [];
  const open = Object.entries(values).filter(([name, value]) => !isSecret.has(name) && !secrets.includes(value));
  const shown = new Set(open.flatMap(([name, value]) => [...marks(name), ...marks(value)]));
  const all = [...isSecret].flatMap((name) => marks(values[name] ?? ''));
  return new Set(all.filter((mark) => !shown.has(mark)));
}

/** What the log would hold if every secret were written to it. */
function logged({ loaded }: Load, scrub: (text: string) => string): readonly string[] {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json', colour: false, scrub, write: (line) => lines.push(line) });
  for (const secret of loaded === null ? [] : usedSecrets(loaded.config)) {
    log.info({ secret, nested: { list: [secret] }, err: new Error(`no answer from ${secret}`) }, `tried ${secret}`);
    log.info({ url: encodeURIComponent(secret), header: Buffer.from(secret).toString('base64') }, 'in other words');
  }
  for (const line of lines) JSON.parse(line);
  return lines;
}

function usedSecrets({
  nomad: { credentials },
  mail,
  webhook,
  chat,
  alertmanager,
  heartbeat,
  http: { access },
}: Config): readonly string[] {
  const login = credentials.kind === 'token' ? credentials.token : credentials.password;
  const url = mail === null ? null : new URL(mail.smtpUrl);
  const smtp = mail === null || url === null ? [] : [mail.smtpUrl, url.password, decodeURIComponent(url.password)];
  const hooks = [webhook, chat, alertmanager, heartbeat].map((hook) => hook?.url ?? '');
  return [
    login,
    ...smtp,
    ...hooks,
    ...(webhook?.secrets ?? []),
    access.token ?? '',
    access.basic?.password ?? '',
  ].filter((secret) => secret !== '');
}

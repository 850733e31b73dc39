// The monitor's own App in this process, on a state of its own, with nobody to tell.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../../src/app/app.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { NO_RULES } from '../../src/domain/notify/routing.ts';
import { createLog, createScrubber } from '../../src/log.ts';

export interface BenchApp {
  readonly app: App;
  /** Stops it and forgets its state. */
  end(): Promise<void>;
}

export function createBenchApp(env: Readonly<Record<string, string>>): BenchApp {
  const stateDir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
  const values = { STATE_DIR: stateDir, HTTP_PORT: '0', ...env };
  const parsed = parseConfig(values, { scheduleProblem: () => null });
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const write = (text: string) => process.stderr.write(text);
  const log = createLog({ level: 'error', format: 'json', colour: false, scrub: String, write });
  const scrubber = createScrubber(parsed.config.secrets);
  const { config } = parsed;
  const accounts = [{ name: null, config, rules: NO_RULES }];
  const app = createApp({ config, accounts, version: 'bench', log, scrubber });
  return {
    app,
    async end() {
      await app.stop();
      rmSync(stateDir, { recursive: true });
    },
  };
}

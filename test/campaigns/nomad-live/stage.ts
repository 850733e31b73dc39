// What a life is played on: people at a NOMAD, and its operator, who ends and starts workers.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFileSync } from 'node:fs';
import { kill } from 'node:process';
import { type Author, type Upload, author, login } from './author.ts';
import type { Timeouts } from './config.ts';
import { adminCommand, worker } from './parts.ts';
import { ADA, ADMIN, GRACE } from './people.ts';
import { type Version, apiOf } from './places.ts';
import { descendants, pidOf, start, stop } from './processes.ts';

export interface Stage {
  readonly version: Version;
  /** Whom the monitors watch for. */
  readonly ada: Author;
  readonly grace: Author;
  readonly admin: Author;
  /** Resolves when who polls each minute has polled once more. */
  minute(): Promise<void>;
  /** Kills the process in which entries are parsed; its worker's main process lives on. */
  killParser(): void;
  stopWorker(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  startWorker(timeouts?: Timeouts): Promise<void>;
  /** `nomad admin …`; answers with what it printed. */
  operator(...args: readonly string[]): Promise<string>;
}

/** The stage of a version, before anybody watches. */
export async function openStage(version: Version): Promise<Omit<Stage, 'minute'>> {
  const api = apiOf(version);
  const as = async (person: typeof ADA) => author(api, await login(api, person));
  const ada = await as(ADA);
  await tidy(ada);
  return {
    version,
    ada,
    grace: await as(GRACE),
    admin: await as(ADMIN),
    killParser() {
      const main = pidOf(worker(version).name);
      if (main === undefined) throw new Error('no worker runs');
      // A worker's children look alike, and only some parse (another keeps the heartbeats): who parses has worked the most.
      const busiest = [...descendants(main)].sort((a, b) => spent(b) - spent(a))[0];
      if (busiest === undefined) throw new Error('the worker has no child that parses');
      kill(busiest, 'SIGKILL');
    },
    stopWorker: (signal) => stop(worker(version).name, signal),
    async startWorker(timeouts) {
      await stop(worker(version).name);
      await start(worker(version, timeouts));
    },
    async operator(...args) {
      const { command, cwd, env } = adminCommand(version, args);
      const [program = '', ...rest] = command;
      return (await promisify(execFile)(program, rest, { cwd, env: { ...process.env, ...env } })).stdout;
    },
  };
}

/** What another run left at work is removed, where that can be done. */
async function tidy(ada: Author): Promise<void> {
  const { data } = (await ada.must('GET', '/uploads', { page_size: 1000 })) as { data: Upload[] };
  for (const { upload_id: id } of data.filter(({ process_running }) => process_running)) {
    await ada.ask('POST', `/uploads/${id}/action/stop-processing`);
    await ada.ask('DELETE', `/uploads/${id}`);
  }
}

/** Ticks of processor time that it took. */
function spent(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

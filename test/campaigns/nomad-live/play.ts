// Plays lives on one version, with the monitor each second and each minute beside them, and judges what was told.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import type { Life } from './lives/life.ts';
import { operators } from './lives/operators.ts';
import { people } from './lives/people.ts';
import { runs } from './lives/runs.ts';
import { INTERVALS, type Interval, type Monitor, startMonitor } from './monitor.ts';
import { TEMPORAL_SERVER, type Version } from './places.ts';
import { startRecorder } from './record.ts';
import { type Stage, openStage } from './stage.ts';
import { type Verdict, judge, judgeNomad } from './verdict.ts';

export const LIVES: readonly Life[] = [...runs, ...people, ...operators];

/** Lives that are played beside one another: a worker parses one entry at a time. */
const BESIDE = 3;

export interface Options {
  /** Names of lives; all of them when there is none. */
  readonly only: readonly string[];
  /** A folder in which to write down what NOMAD answers. */
  readonly record: string | undefined;
  readonly say: (line: string) => void;
}

export async function play(version: Version, options: Options): Promise<readonly Verdict[]> {
  const { only, record } = options;
  const named = LIVES.filter(
    ({ name, versions = [version] }) => (only.length === 0 || only.includes(name)) && versions.includes(version),
  );
  const lives = named.filter(({ needsTemporal }) => needsTemporal !== true || existsSync(TEMPORAL_SERVER));
  for (const { name } of named.filter((life) => !lives.includes(life)))
    options.say(`${version}: ${name} is not played: it needs the real Temporal server (setup ${version} temporal)`);
  const stage = await openStage(version);
  const recorder = record === undefined ? undefined : startRecorder(stage.ada);
  const verdicts: Verdict[] = [];
  const common = lives.filter(({ ofNomad }) => ofNomad === undefined);
  const groups = [common, ...lives.filter(({ ofNomad }) => ofNomad !== undefined).map((life) => [life])];
  for (const group of groups.filter(({ length }) => length > 0)) {
    verdicts.push(...(await playGroup(group, stage, options)));
    if (record !== undefined) recorder?.save(record, version);
  }
  await recorder?.stop();
  if (record !== undefined) recorder?.save(record, version);
  return verdicts;
}

/** Lives that the same two monitors watch. */
async function playGroup(
  lives: readonly Life[],
  empty: Omit<Stage, 'minute'>,
  { say }: Options,
): Promise<readonly Verdict[]> {
  const { version } = empty;
  const ofNomad = lives[0]?.ofNomad;
  const monitors: (readonly [Interval, Monitor])[] = [];
  try {
    for (const interval of Object.keys(INTERVALS) as Interval[]) {
      const monitor = await startMonitor(version, interval, ofNomad === undefined ? undefined : '2h');
      monitors.push([interval, monitor]);
      say(`${version}: the monitor each ${interval} writes to ${monitor.folder}`);
    }
    const slow = monitors.find(([interval]) => interval === 'minute')?.[1];
    const stage: Stage = { ...empty, minute: () => (slow === undefined ? Promise.resolve() : nextPoll(slow)) };
    const broken = new Map<string, string>();
    const playAll = async (list: Life[]) => {
      for (let life = list.shift(); life !== undefined; life = list.shift()) {
        const problem = await playOne(life, stage, say);
        if (problem !== null) broken.set(life.name, problem);
      }
    };
    const beside = lives.filter(({ isAlone }) => isAlone !== true);
    await Promise.all(Array.from({ length: BESIDE }, () => playAll(beside)));
    await playAll(lives.filter(({ isAlone }) => isAlone === true));
    await stage.minute();
    return monitors.flatMap(([interval, monitor]) => {
      const told = monitor.told();
      const about = lives.map((life) => judge(life, version, interval, told, monitor.mails()));
      const all = [...about, judgeNomad(`baseline ${ofNomad ?? ''}`, version, interval, told)];
      const died = monitor.isRunning() ? undefined : 'the monitor ended';
      return all.map((verdict) => ({ ...verdict, wrong: broken.get(verdict.life) ?? died ?? verdict.wrong }));
    });
  } finally {
    for (const [, monitor] of monitors) await monitor.stop();
  }
}

/** Resolves when a poll that began later than now has ended, and what it found has been sent. On a busy machine one can take longer than its interval. */
async function nextPoll(monitor: Monitor): Promise<void> {
  const from = Date.now();
  let before = await monitor.polls();
  await eventually(
    'another poll',
    async () => {
      const now = await monitor.polls();
      const isOne = now.count === before.count + 1;
      const began = now.ended - (now.took - before.took);
      before = now;
      return isOne && began >= from ? true : undefined;
    },
    300_000,
  );
  await sleep(4000);
}

/** Answers with what went wrong in the playing; null: nothing. */
async function playOne(life: Life, stage: Stage, say: Options['say']): Promise<string | null> {
  const began = Date.now();
  const said = (what: string) => {
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    say(`${new Date().toISOString().slice(11, 19)} ${stage.version} ${life.name} ${what} (${seconds} s)`);
  };
  try {
    await life.play(stage);
    said('played');
    return null;
  } catch (error) {
    said(`could not be played: ${String(error)}`);
    return `could not be played: ${String(error)}`;
  }
}

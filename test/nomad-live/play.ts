// Plays lives on one version, with the monitor each second and each minute beside them, and judges what was told.
import { setTimeout as sleep } from 'node:timers/promises';
import { operators } from './lives/operators.ts';
import { people } from './lives/people.ts';
import { runs } from './lives/runs.ts';
import type { Life } from './lives/life.ts';
import { type Interval, type Monitor, startMonitor } from './monitor.ts';
import type { Version } from './places.ts';
import { startRecorder } from './record.ts';
import { type Stage, openStage } from './stage.ts';
import { type Verdict, judge } from './verdict.ts';

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

export async function play(version: Version, { only, record, say }: Options): Promise<readonly Verdict[]> {
  const isWanted = ({ name, versions }: Life) =>
    (only.length === 0 || only.includes(name)) && (versions === undefined || versions.includes(version));
  const lives = LIVES.filter(isWanted);
  const stage = await openStage(version);
  const monitors = new Map<Interval, Monitor>([
    ['second', await startMonitor(version, 'second')],
    ['minute', await startMonitor(version, 'minute')],
  ]);
  for (const [interval, { folder }] of monitors) say(`${version}: the monitor each ${interval} writes to ${folder}`);
  const recorder = record === undefined ? undefined : startRecorder(stage.ada);
  const broken = new Map<string, string>();
  const beside = lives.filter((life) => life.isAlone !== true);
  const playAll = async (list: Life[]) => {
    for (let life = list.shift(); life !== undefined; life = list.shift()) {
      const problem = await playOne(life, stage, say);
      if (problem !== null) broken.set(life.name, problem);
      if (record !== undefined) recorder?.save(record, version);
    }
  };
  await Promise.all(Array.from({ length: BESIDE }, () => playAll(beside)));
  await playAll(lives.filter((life) => life.isAlone === true));
  // The last poll of the minute, and what it tells.
  await stage.minute();
  await sleep(5000);
  await recorder?.stop();
  if (record !== undefined) recorder?.save(record, version);
  const verdicts = [...monitors].flatMap(([interval, monitor]) => [
    ...lives.map((life) => withProblem(judge(life, version, interval, monitor.told(), monitor.mails()), broken)),
    ...ofNomad(version, interval, monitor),
  ]);
  for (const monitor of monitors.values()) await monitor.stop();
  return verdicts;
}

async function playOne(life: Life, stage: Stage, say: Options['say']): Promise<string | null> {
  const began = Date.now();
  const said = (what: string) => {
    say(`${new Date().toISOString().slice(11, 19)} ${stage.version} ${life.name} ${what} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
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

const withProblem = (verdict: Verdict, broken: ReadonlyMap<string, string>): Verdict => {
  const problem = broken.get(verdict.life);
  return problem === undefined ? verdict : { ...verdict, wrong: problem };
};

/** Of NOMAD itself there is nothing to tell but that it is watched. */
function ofNomad(version: Version, interval: Interval, monitor: Monitor): readonly Verdict[] {
  const kinds = monitor.told().filter((each) => each.life === null).map(({ kind }) => kind);
  const others = kinds.filter((kind) => kind !== 'monitor.baseline');
  const wrong = monitor.isRunning() ? others.map((kind) => `${kind}: not so`).join('; ') : 'the monitor ended';
  return [{ life: '-', version, interval, truth: 'baseline', told: kinds.join(' '), wrong: wrong === '' ? null : wrong }];
}

// Stops a writer at random moments, makes an image of a crash from each copy, and checks it.
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { seeded } from '../../support/random.ts';
import { type Verdict, checkImage, writeCopy } from './check.ts';
import { DATABASE } from './contents.ts';
import { type Copy, FORMS, type Form, LOSES_SYNCED, type Look, imageOf, isPossible, look } from './forms.ts';
import { type Stop, startWriter } from './process.ts';
import { type Twin, startTwin } from './twin.ts';
import { INDEX_HEADER, type WalIndex, readWalIndex } from './wal.ts';

export const STORE = join(import.meta.dirname, '../../../src/store/sqlite/store.ts');
/** Then a new writer begins a new state. */
const IMAGES_A_WRITER = 50;
/** ms between two stops, at most. */
const LONGEST_RUN = 40;
/** One of ten stops waits for a checkpoint to begin, one of ten for the log to be begun anew: those are short and rare. */
const AIMS: readonly ((index: WalIndex) => boolean)[] = [
  ({ backfilled, backfillAttempted }) => backfillAttempted > backfilled,
  ({ headers }) => headers.every(({ frames }) => frames === 0),
];
const LONGEST_AIM = 500;
/** Hardly ever possible, so taken more often where they are. */
const RARE = ['header torn', 'checkpoint torn'] as const;

export interface Options {
  readonly images: number;
  readonly seed: number;
  /** The store's module that the writer works with, and the one that opens the images. */
  readonly writerStore?: string;
  readonly checkerStore?: string;
  /** Taken wherever it is possible; else one of all at random. */
  readonly form?: Form;
  readonly stopAtFirstProblem?: boolean;
}

export const LANDINGS = ['making the state', 'writing frames', 'in a checkpoint', 'between'] as const;

export interface Checked {
  readonly number: number;
  readonly form: Form;
  readonly landed: (typeof LANDINGS)[number];
  /** Frames that a recovery would have found without the crash. */
  readonly cut: number;
  /** Whether it holds the use-case that was not acknowledged yet. */
  readonly isAhead: boolean;
  readonly acknowledged: number;
  readonly verdict: Verdict;
  /** The folder that keeps it; null: it was good, or a fault was put in. */
  readonly kept: string | null;
}

export interface Result {
  readonly checked: readonly Checked[];
  readonly useCases: number;
}

export async function runImages(options: Options): Promise<Result> {
  const checked: Checked[] = [];
  let useCases = 0;
  for (let first = 1; first <= options.images; first += IMAGES_A_WRITER) {
    const round = await runWriter(options, first, Math.min(IMAGES_A_WRITER, options.images - first + 1));
    checked.push(...round.checked);
    useCases += round.useCases;
    if (options.stopAtFirstProblem === true && checked.some(isBad)) break;
  }
  return { checked, useCases };
}

export function isBad({ verdict }: Checked): boolean {
  return verdict.problems.length > 0;
}

async function runWriter(options: Options, first: number, images: number): Promise<Result> {
  const random = seeded(options.seed + first);
  const disk = mkdtempSync(join(tmpdir(), 'crash-images-'));
  const memory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crash-images-'));
  // On a disk most stops land at a sync; in memory, where a sync takes no time, they land anywhere else.
  const place = Math.floor(first / IMAGES_A_WRITER) % 4 === 1 ? memory : disk;
  const [stateDir, notes] = [join(place, 'state'), join(place, 'notes')];
  const seed = options.seed + first;
  const writer = startWriter({ stateDir, notes, seed, module: options.writerStore ?? STORE });
  const twin = await startTwin(join(memory, 'twin'), seed);
  const take = await createTake(options, twin, join(memory, 'image'), random);
  const checked: Checked[] = [];
  try {
    while (checked.length < images) {
      await setTimeout(random() * LONGEST_RUN);
      const aim = AIMS[Math.floor(random() * 10)];
      if (aim !== undefined) awaitMoment(stateDir, aim);
      const one = await writer.stop(take);
      if (one !== null) checked.push({ ...one, number: first + checked.length });
      if (options.stopAtFirstProblem === true && checked.some(isBad)) break;
    }
  } finally {
    await writer.kill();
    await twin.close();
    for (const dir of [disk, memory]) rmSync(dir, { recursive: true });
  }
  return { checked, useCases: checked.at(-1)?.acknowledged ?? 0 };
}

/** Makes an image of what a stop left, and checks it. null: there is no state yet, or it is as at the stop before. */
async function createTake(options: Options, twin: Twin, imageDir: string, random: () => number) {
  const { openSqliteStore: open } = (await import(
    options.checkerStore ?? STORE
  )) as typeof import('../../../src/store/sqlite/store.ts');
  let before: Copy | null = null;
  let acknowledged = 0;

  return async ({ copy, done }: Stop): Promise<Omit<Checked, 'number'> | null> => {
    const isSame = before !== null && done.length === 0 && isSameCopy(copy, before);
    before = copy;
    if (isSame || copy.database === null) return null;
    acknowledged += done.length;
    await twin.follow(done);
    const seen = look(copy);
    const form = chosen(options.form, seen, random);
    const image = imageOf(form, seen, random);
    writeCopy(imageDir, image.copy);
    const least = LOSES_SYNCED.includes(form) ? 0 : acknowledged;
    const verdict = await checkImage(imageDir, { open, momentsOf: twin.momentsOf, least, limit: acknowledged + 1 });
    rmSync(imageDir, { recursive: true });
    const kept = verdict.problems.length > 0 && options.stopAtFirstProblem !== true ? keep(image.copy) : null;
    const isAhead = (verdict.held ?? 0) > acknowledged;
    return { form, landed: landingOf(seen, acknowledged), cut: image.cut, isAhead, acknowledged, verdict, kept };
  };
}

/** The moments of the stops are not to be had again, so an image that is not good stays. */
function keep(copy: Copy): string {
  const dir = mkdtempSync(join(tmpdir(), 'crash-image-kept-'));
  writeCopy(dir, copy);
  return dir;
}

/** Looks without a pause, so that the stop comes before the moment is over. */
function awaitMoment(stateDir: string, isIt: (index: WalIndex) => boolean): void {
  const path = join(stateDir, `${DATABASE}-shm`);
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(INDEX_HEADER);
  const until = performance.now() + LONGEST_AIM;
  try {
    while (performance.now() < until) {
      readSync(file, bytes, 0, bytes.length, 0);
      const index = readWalIndex(bytes);
      if (index !== null && isIt(index)) return;
    }
  } finally {
    closeSync(file);
  }
}

function chosen(wanted: Form | undefined, seen: Look, random: () => number): Form {
  if (wanted !== undefined && isPossible(wanted, seen)) return wanted;
  const possible = FORMS.filter((form) => isPossible(form, seen));
  const rare = RARE.find((form) => possible.includes(form));
  if (rare !== undefined && random() < 0.5) return rare;
  return possible[Math.floor(random() * possible.length)] ?? 'killed';
}

function isSameCopy(one: Copy, other: Copy): boolean {
  const isSame = (left: Buffer | null, right: Buffer | null) =>
    left === null || right === null ? left === right : left.equals(right);
  const isSameOthers = [...one.others.keys()].join() === [...other.others.keys()].join();
  return (
    isSameOthers && isSame(one.wal, other.wal) && isSame(one.database, other.database) && isSame(one.index, other.index)
  );
}

function landingOf({ state }: Look, acknowledged: number): Checked['landed'] {
  const { isWriting, backfilled, backfillAttempted } = state;
  if (acknowledged === 0) return 'making the state';
  if (isWriting) return 'writing frames';
  return backfillAttempted > backfilled ? 'in a checkpoint' : 'between';
}

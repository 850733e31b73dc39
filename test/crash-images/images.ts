// Stops a writer at random moments, makes an image of a crash from each copy, and checks it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { seeded } from '../support/random.ts';
import { type Verdict, checkImage, writeCopy } from './check.ts';
import { type Copy, FORMS, type Form, imageOf, isPossible, stateOf } from './forms.ts';
import { type Stop, startWriter } from './process.ts';
import { startTwin } from './twin.ts';

export const STORE = join(import.meta.dirname, '../../src/store/sqlite.ts');
/** Then a new writer begins a new state. */
const IMAGES_A_WRITER = 50;
/** ms between two stops, at most. */
const LONGEST_RUN = 40;

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

export interface Checked {
  readonly number: number;
  readonly form: Form;
  readonly landed: 'writing frames' | 'in a checkpoint' | 'between';
  /** Frames that a recovery would have found without the crash. */
  readonly cut: number;
  /** Whether it holds the use-case that was not acknowledged yet. */
  readonly isAhead: boolean;
  readonly acknowledged: number;
  readonly verdict: Verdict;
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
  const { seed, writerStore = STORE, checkerStore = STORE } = options;
  const random = seeded(seed + first);
  const { openSqliteStore: open } = (await import(checkerStore)) as typeof import('../../src/store/sqlite.ts');
  const disk = mkdtempSync(join(tmpdir(), 'crash-images-'));
  const memory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crash-images-'));
  // On a disk most stops land after a sync; in memory, where a sync takes no time, they land anywhere else.
  const place = random() < 0.5 ? disk : memory;
  const [stateDir, notes] = [join(place, 'state'), join(place, 'notes')];
  const writer = startWriter({ stateDir, notes, seed: seed + first, module: writerStore });
  const twin = await startTwin(join(memory, 'twin'), seed + first);
  const checked: Checked[] = [];
  let acknowledged = 0;

  async function take({ copy, acknowledged: notes }: Stop): Promise<Checked> {
    acknowledged += notes.length;
    await twin.follow(notes);
    const form = chosen(options.form, copy, random);
    const image = imageOf(form, copy, random);
    const imageDir = join(memory, 'image');
    writeCopy(imageDir, image.copy);
    const verdict = await checkImage(imageDir, {
      open,
      momentOf: twin.momentOf,
      least: form === 'disk that lied' ? 0 : acknowledged,
      most: acknowledged + 1,
    });
    rmSync(imageDir, { recursive: true });
    const isAhead = (verdict.held ?? 0) > acknowledged;
    const number = first + checked.length;
    return { number, form, landed: landingOf(copy), cut: image.cut, isAhead, acknowledged, verdict };
  }

  try {
    while (checked.length < images) {
      await setTimeout(random() * LONGEST_RUN);
      checked.push(await writer.stop(take));
      if (options.stopAtFirstProblem === true && checked.some(isBad)) break;
    }
  } finally {
    await writer.kill();
    await twin.close();
    for (const dir of [disk, memory]) rmSync(dir, { recursive: true });
  }
  return { checked, useCases: acknowledged };
}

function chosen(wanted: Form | undefined, copy: Copy, random: () => number): Form {
  if (wanted !== undefined && isPossible(wanted, copy)) return wanted;
  const possible = FORMS.filter((form) => isPossible(form, copy));
  return possible[Math.floor(random() * possible.length)] ?? 'killed';
}

function landingOf(copy: Copy): Checked['landed'] {
  const { isWriting, backfilled, backfillAttempted } = stateOf(copy);
  if (isWriting) return 'writing frames';
  return backfillAttempted > backfilled ? 'in a checkpoint' : 'between';
}

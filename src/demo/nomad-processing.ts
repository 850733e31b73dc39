// Processing in the simulated NOMAD, write by write: from the files to the entries, which are parsed level by level.
import { errorText, isCelery } from './nomad-generations.ts';
import { type NomadWrite, badEnding, begin, goodEnding, says, step } from './nomad-steps.ts';
import { type Parsing, type SimulatedEntry, type SimulatedUpload, type World, start, succeed } from './nomad-state.ts';

export interface Processing {
  readonly does: 'process';
  readonly addsFiles?: boolean;
  /** What is matched, by the level of its parser; lower levels are parsed first. */
  readonly entries?: readonly Level[];
  /** An exception after the step of this name. */
  readonly fails?: { readonly after: string; readonly with: string };
}

export interface Level {
  readonly level: number;
  readonly good: number;
  readonly bad?: readonly SimulatedEntry[];
}

export function processing(world: World, upload: SimulatedUpload, order: Processing): readonly NomadWrite[] {
  const begun = begin(world, upload, 'process_upload');
  const steps = [
    ...begun,
    ...(order.addsFiles === true ? [says(upload, 'Adding files')] : []),
    ...reading(upload, order),
  ];
  if (order.fails === undefined) return [...steps, ...goodEnding(upload)];
  const { after, with: exception } = order.fails;
  const at = steps.findIndex(({ name }) => name === after);
  return [...steps.slice(0, at + 1), ...badEnding(upload, errorText(exception, upload.generation))];
}

/** From the files to the entries. */
function reading(upload: SimulatedUpload, { entries: levels = [] }: Processing): readonly NomadWrite[] {
  const failing = levels.flatMap(({ bad = [] }) => bad);
  const total = levels.reduce((sum, { good }) => sum + good, failing.length);
  const matched = step('matched', () => {
    upload.entries = total;
    upload.failing = failing;
    upload.entryEnds = upload.entryEnds.slice(0, total);
    upload.parsing = { done: new Set(), level: [], at: null, message: '', isEnding: false };
  });
  const isLowest = levels.every(({ level }) => level >= 0);
  let [good, bad] = [failing.length, 0];
  const parsed = levels.flatMap((each) => {
    const parses = [
      ...count(good, each.good).map((place) => parseGood(upload, place)),
      ...count(bad, each.bad?.length ?? 0).map((place) => parseBad(upload, place)),
    ];
    const places = [...count(good, each.good), ...count(bad, each.bad?.length ?? 0)];
    good += each.good;
    bad += each.bad?.length ?? 0;
    return parsing(upload, each.level, places, parses.flat(), isLowest);
  });
  return [says(upload, 'Matching'), matched, ...parsed, says(upload, 'Cleanup')];
}

function parsing(
  upload: SimulatedUpload,
  level: number,
  places: readonly number[],
  each: readonly NomadWrite[],
  isLowest: boolean,
): readonly NomadWrite[] {
  const parse = step(`Parsing level ${level}`, () => {
    start(upload, `Parsing level ${level}`);
    if (upload.parsing !== null) upload.parsing = { ...upload.parsing, level: places };
  });
  if (isCelery(upload.generation)) {
    const wait = says(upload, `Waiting for results (level ${level})`);
    const waits = step('waiting', () => (upload.status = 'WAITING_FOR_RESULT'));
    const joins = step('joined', () => (upload.status = 'RUNNING'));
    return [parse, wait, waits, ...each, joins];
  }
  // Temporal goes on with level 0 after the level before all, also when nothing was of that one: then level 0 comes twice (1.4.3, 2.0.0).
  return level === 0 && isLowest ? [parse, ...each, ...each] : [parse, ...each];
}

function parseGood(upload: SimulatedUpload, place: number): readonly NomadWrite[] {
  return [
    ofEntry(upload, 'parses', () => ({ at: place, message: 'Parsing mainfile' })),
    ofEntry(upload, 'archives', () => ({ message: 'Archiving' })),
    ofEntry(upload, 'parsed', ({ done }) => ({ at: null, done: new Set([...done, place]) }), place),
  ];
}

function parseBad(upload: SimulatedUpload, place: number): readonly NomadWrite[] {
  return [
    ofEntry(upload, 'parses', () => ({ at: place, message: 'Parsing mainfile' })),
    ofEntry(upload, 'fails', () => ({ isEnding: true }), place),
    ofEntry(upload, 'failed', ({ done }) => ({ at: null, isEnding: false, done: new Set([...done, place]) })),
  ];
}

/** `ends`: the entry whose time it is. */
function ofEntry(
  upload: SimulatedUpload,
  name: string,
  change: (parsing: Parsing) => Partial<Parsing>,
  ends?: number,
): NomadWrite {
  return step(name, (now) => {
    if (upload.parsing === null) return;
    upload.parsing = { ...upload.parsing, ...change(upload.parsing) };
    if (ends !== undefined) upload.entryEnds = Object.assign([...upload.entryEnds], { [ends]: now });
  });
}

function count(from: number, many: number): readonly number[] {
  return Array.from({ length: many }, (_, index) => from + index);
}

/** Made from an example: with Temporal no process is ever named; with 1.3 the files are processed by a run of their own. */
export function example(world: World, upload: SimulatedUpload, order: Processing): readonly NomadWrite[] {
  const words = [says(upload, 'Loading example upload data.'), says(upload, 'Creating staging files')];
  const files = reading(upload, order);
  if (isCelery(upload.generation)) {
    const first = [...begin(world, upload, 'process_example_upload'), ...words, ...goodEnding(upload)];
    return [...first.slice(0, -1), ...begin(world, upload, 'process_upload'), ...files, ...goodEnding(upload)];
  }
  const queued = step('queued', () => (upload.status = 'PENDING'));
  const unnamed = step('ended', (now) => {
    succeed(upload, now, upload.entries, upload.failing);
    upload.process = null;
  });
  return [queued, ...words, ...files, unnamed];
}

// The runs of the simulated NOMAD step by step: what is asked of an upload, as the writes that a listing can fall between. Held to
// recordings of real servers (test/demo/recorded-lives.test.ts), in which steps come in this order and with these words.
import { badEnd, errorText, goodEnd, isCelery, processText } from './nomad-generations.ts';
import {
  type SimulatedEntry,
  type SimulatedUpload,
  type World,
  fail,
  publish,
  queue,
  remove,
  reset,
  start,
  stop,
  succeed,
} from './nomad-world.ts';

/** What an author or, for `reset`, an administrator asks for. */
export type Order =
  | Processing
  | { readonly does: 'edit'; readonly change?: Partial<SimulatedUpload> }
  | { readonly does: 'give away'; readonly to: string }
  | { readonly does: 'publish' | 'delete' | 'put one file' | 'add files only' | 'make a folder' | 'stop' | 'reset' };

export interface Processing {
  readonly does: 'process';
  readonly addsFiles?: boolean;
  /** How many are matched, and the levels of the parsers that they need. */
  readonly entries?: number;
  readonly levels?: readonly number[];
  readonly failing?: readonly SimulatedEntry[];
  /** An exception after the step of this name. */
  readonly fails?: { readonly after: string; readonly with: string };
}

/** One write of NOMAD's. `name`: its message where it has one. */
export interface Step {
  readonly name: string;
  readonly take: (now: number) => void;
}

export function stepsOf(world: World, upload: SimulatedUpload, order: Order): readonly Step[] {
  switch (order.does) {
    case 'process':
      return processing(world, upload, order);
    case 'edit':
      return run(world, upload, 'edit_upload_metadata', () => Object.assign(upload, order.change));
    case 'give away':
      return run(world, upload, 'transfer_upload_ownership', () => (upload.mainAuthor = order.to));
    case 'publish':
      return run(world, upload, 'publish_upload', (now) => {
        publish(upload, now);
      });
    case 'delete':
      return deletion(world, upload);
    case 'put one file':
      return onePut(upload);
    case 'add files only':
      return filesOnly(world, upload);
    case 'make a folder': // no run at all
      return [step('folder', (now) => (upload.completeTime = now))];
    case 'stop':
      return [step('stopped', () => stop(upload))];
    case 'reset':
      return [step('reset', () => reset(upload))];
  }
}

/** 1.3 of every end, later ones of a failure: all of it is written but for the status, which says RUNNING. */
export function writeHalf(upload: SimulatedUpload, now: number, errors: readonly string[] = []): void {
  const process = upload.process ?? 'process_upload';
  upload.status = 'RUNNING';
  upload.completeTime = now;
  upload.errors = [...errors];
  upload.message = errors.length > 0 ? badEnd(process, errors, upload.generation) : goodEnd(process, upload.generation);
}

/** The next of its entries is through. In the second pass only this time and the messages tell that anything moves. */
export function parseEntry(upload: SimulatedUpload, now: number): void {
  const { isAgain, done } = upload.parsing ?? { isAgain: false, done: 0 };
  upload.entryEnds = Object.assign([...upload.entryEnds], { [done]: now });
  upload.parsing = { isAgain, done: done + 1 };
}

function processing(world: World, upload: SimulatedUpload, order: Processing): readonly Step[] {
  const { addsFiles = false, entries = 0, levels = [0], failing = [], fails } = order;
  const steps = [
    ...begin(world, upload, 'process_upload'),
    ...(addsFiles ? [says(upload, 'Adding files')] : []),
    says(upload, 'Matching'),
    step('matched', () => {
      upload.entries = entries;
      upload.failing = failing;
      upload.entryEnds = upload.entryEnds.slice(0, entries);
      upload.parsing = { isAgain: false, done: 0 };
    }),
    ...(entries > 0 ? levels.flatMap((level) => parsing(upload, level, levels, entries)) : []),
    says(upload, 'Cleanup'),
    ...(fails === undefined ? goodEnding(upload) : []),
  ];
  if (fails === undefined) return steps;
  const at = steps.findIndex(({ name }) => name === fails.after);
  return [...steps.slice(0, at + 1), ...badEnding(upload, errorText(fails.with, upload.generation))];
}

function parsing(upload: SimulatedUpload, level: number, levels: readonly number[], all: number): readonly Step[] {
  const parse = says(upload, `Parsing level ${level}`);
  const each = Array.from({ length: shareOf(level, levels, all) }, () =>
    step('parsed', (now) => {
      parseEntry(upload, now);
    }),
  );
  if (isCelery(upload.generation)) {
    const wait = says(upload, `Waiting for results (level ${level})`);
    const waits = step('waiting', () => (upload.status = 'WAITING_FOR_RESULT'));
    const joins = step('joined', () => (upload.status = 'RUNNING'));
    return [parse, wait, waits, ...each, joins];
  }
  if (level < 0 || levels.length > 1) return [parse, ...each];
  // Temporal goes on with level 0 after the lowest level, also when that was level 0 already (1.4.3, 2.0.0).
  const again = step('again', () => (upload.parsing = { isAgain: true, done: 0 }));
  return [parse, ...each, again, ...each];
}

/** Where there are both, one entry is of level -1: a notebook's entry. */
function shareOf(level: number, levels: readonly number[], entries: number): number {
  if (levels.length === 1) return entries;
  return level < 0 ? 1 : entries - 1;
}

/** A run that changes one thing and leaves the files alone. */
function run(world: World, upload: SimulatedUpload, process: string, change: (now: number) => void): readonly Step[] {
  return [...begin(world, upload, process), step('changed', change), ...goodEnding(upload)];
}

function begin(world: World, upload: SimulatedUpload, process: string): readonly Step[] {
  const queued = step('queued', () => queue(world, upload, process));
  if (!isCelery(upload.generation)) return [queued];
  return [queued, says(upload, `Started: ${processText(process, upload.generation)}`)];
}

function goodEnding(upload: SimulatedUpload): readonly Step[] {
  if (!isCelery(upload.generation))
    return [step('ended', (now) => succeed(upload, now, upload.entries, upload.failing))];
  return [
    step('ending', (now) => writeHalf(upload, now)),
    step('ended', (now) => succeed(upload, upload.completeTime ?? now, upload.entries, upload.failing)),
  ];
}

function badEnding(upload: SimulatedUpload, error: string): readonly Step[] {
  return [
    step('ending', (now) => writeHalf(upload, now, [error])),
    step('ended', (now) => fail(upload, upload.completeTime ?? now, [error])),
  ];
}

function deletion(world: World, upload: SimulatedUpload): readonly Step[] {
  const empties = isCelery(upload.generation) ? [step('emptied', () => (upload.entries = 0))] : [];
  return [...begin(world, upload, 'delete_upload'), ...empties, step('gone', () => remove(world, upload))];
}

/** As the GUI saves a notebook's entry: done within the request; from 1.4 on no run at all, only messages. */
function onePut(upload: SimulatedUpload): readonly Step[] {
  const process = 'put_file_and_process_local';
  const matched = step('matched', (now) => {
    upload.entries += 1;
    upload.entryEnds = [...upload.entryEnds, now];
  });
  const words = (say: (text: string) => Step) => [say('Putting the file'), say('Matching'), matched, say('Processing')];
  if (!isCelery(upload.generation)) {
    const say = (text: string) => step(text, () => (upload.message = text));
    return [...words(say), say('Process completed successfully')];
  }
  const begun = step('Started', () => {
    upload.process = process;
    upload.parsing = { isAgain: false, done: upload.entries };
    start(upload, `Started: ${process}`);
  });
  return [begun, ...words((text) => says(upload, text)), ...goodEnding(upload)];
}

/** With `trigger_processing=false`. */
function filesOnly(world: World, upload: SimulatedUpload): readonly Step[] {
  const ended = step('ended', () => {
    upload.status = 'READY';
    upload.message = goodEnd('process_upload', upload.generation);
    upload.isTaken = false;
  });
  return [...begin(world, upload, 'process_upload'), says(upload, 'Adding files'), ended];
}

function says(upload: SimulatedUpload, text: string): Step {
  return step(text, () => {
    start(upload, text);
  });
}

function step(name: string, take: (now: number) => unknown): Step {
  return {
    name,
    take: (now) => {
      take(now);
    },
  };
}

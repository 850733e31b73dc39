// The state of the simulated NOMAD: users and uploads, and how what is done to an upload changes it in each generation. Time is an
// argument (ms); no HTTP. It follows what the real servers did (test/lives/recorded); it never runs any processing.
import {
  type Generation,
  badEnd,
  goodEnd,
  isCelery,
  leavesTime,
  processText,
  readsFiles,
} from './nomad-generations.ts';

export type WireStatus = 'READY' | 'PENDING' | 'RUNNING' | 'WAITING_FOR_RESULT' | 'SUCCESS' | 'FAILURE';

export interface SimulatedUpload {
  readonly id: string;
  readonly generation: Generation;
  name: string | null;
  status: WireStatus;
  process: string | null;
  message: string | null;
  errors: string[];
  warnings: string[];
  readonly createTime: number;
  completeTime: number | null;
  mainAuthor: string;
  coauthors: string[];
  reviewers: string[];
  published: boolean;
  publishTime: number | null;
  entries: number;
  /** Those of its entries that failed. */
  failing: readonly SimulatedEntry[];
  /** When each of its entries was parsed last, in their order; shorter while some never were. */
  entryEnds: readonly number[];
  /** What a worker is doing with its entries; null: nothing. */
  parsing: Parsing | null;
  /** A worker has it. With Temporal no field of an answer says so, but for what the message may be of. */
  isTaken: boolean;
  /** Groups that share it. */
  coauthorGroups: string[];
}

/** Entries by their place: the failing ones first. */
export interface Parsing {
  /** Those that this run has parsed. */
  readonly done: ReadonlySet<number>;
  /** Those of the level that is parsed. */
  readonly level: readonly number[];
  /** The one at work and its message; `isEnding`: all of its failure is written but for the status. */
  readonly at: number | null;
  readonly message: string;
  readonly isEnding: boolean;
}

export interface SimulatedEntry {
  readonly id: string;
  readonly mainfile: string;
  readonly parser: string;
  readonly error: string;
  /** What the log of its processing holds; none: it has no archive. */
  readonly log?: SimulatedLog;
}

export interface SimulatedLog {
  /** What its parser logged before it failed. */
  readonly before?: string;
  /** The exception that ended it. */
  readonly exception: string;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly name: string;
}

export const ADA: User = {
  id: '68878af7-6845-46c0-b2c1-250d4d8eb470',
  username: 'ada',
  password: 'p&ss wörd/?',
  email: 'ada@lab.example',
  name: 'Ada Lovelace',
};
export const GRACE: User = {
  id: 'a03af8b6-3aa7-428a-b3b1-4a6317e576b6',
  username: 'grace',
  password: 'cobol',
  email: 'grace@lab.example',
  name: 'Grace Hopper',
};
export const USERS: readonly User[] = [ADA, GRACE];

export interface World {
  readonly generation: Generation;
  /** In the order of their creation. */
  readonly uploads: Map<string, SimulatedUpload>;
  /** Members by group. */
  readonly groups: Map<string, readonly string[]>;
}

export function createWorld(generation: Generation = '2.0'): World {
  return { generation, uploads: new Map(), groups: new Map() };
}

export function addUpload(world: World, id: string, now: number, more: Partial<SimulatedUpload> = {}): SimulatedUpload {
  const upload: SimulatedUpload = {
    id,
    generation: world.generation,
    name: null,
    status: 'READY',
    process: null,
    message: null,
    errors: [],
    warnings: [],
    createTime: now,
    completeTime: null,
    mainAuthor: ADA.id,
    coauthors: [],
    reviewers: [],
    published: false,
    publishTime: null,
    entries: 0,
    failing: [],
    entryEnds: [],
    parsing: null,
    isTaken: false,
    coauthorGroups: [],
    ...more,
  };
  world.uploads.set(id, upload);
  return upload;
}

/** A run is asked for. 1.3 keeps the errors of the run before until a worker takes it, later ones keep its message. */
export function queue({ generation }: World, upload: SimulatedUpload, process = 'process_upload'): void {
  upload.status = 'PENDING';
  upload.process = process;
  upload.isTaken = false;
  if (isCelery(generation)) upload.message = `Pending: ${processText(process, generation)}`;
  else upload.errors = [];
}

/** A worker has it and comes to a step. With Temporal only the message shows it. */
export function start(upload: SimulatedUpload, step = 'Parsing level 0'): void {
  upload.isTaken = true;
  upload.message = step;
  upload.status = isCelery(upload.generation) ? 'RUNNING' : 'PENDING';
  upload.errors = [];
  upload.warnings = [];
}

/** A worker has it. */
export function isAtWork({ isTaken, status }: SimulatedUpload): boolean {
  return isTaken || status === 'RUNNING' || status === 'WAITING_FOR_RESULT';
}

/** Only 1.3 has a status for it. */
export function waitForEntries(upload: SimulatedUpload): void {
  if (!isCelery(upload.generation)) return;
  upload.status = 'WAITING_FOR_RESULT';
  upload.message = 'Waiting for results (level 0)';
}

/** The end of a run. A process that reads no files leaves the entries as they are. */
export function succeed(
  upload: SimulatedUpload,
  now: number,
  entries = readsFiles(upload.process) ? 1 + (upload.entries || 4) : upload.entries,
  failing: readonly SimulatedEntry[] = readsFiles(upload.process) ? [] : upload.failing,
): void {
  upload.process ??= 'process_upload';
  upload.status = 'SUCCESS';
  upload.failing = failing;
  if (leavesTime(upload.generation)) upload.completeTime = now;
  const isParsedNow = readsFiles(upload.process) && upload.parsing === null;
  if (isParsedNow) upload.entryEnds = Array.from({ length: entries }, () => now);
  upload.entries = entries;
  upload.message = goodEnd(upload.process, upload.generation);
  letGo(upload);
}

export function fail(upload: SimulatedUpload, now: number, errors: readonly string[]): void {
  upload.process ??= 'process_upload';
  upload.status = 'FAILURE';
  upload.completeTime = now;
  upload.errors = [...errors];
  upload.message = badEnd(upload.process, errors, upload.generation);
  letGo(upload);
}

/** What an administrator does: no end of a run. */
export function reset(upload: SimulatedUpload): void {
  upload.status = 'READY';
  upload.process = null;
  upload.errors = [];
  upload.warnings = [];
  letGo(upload);
}

/** What an author can do while it is PENDING, from 1.4 on. */
export function stop(upload: SimulatedUpload): void {
  upload.status = 'READY';
  upload.message = 'Processing stopped';
  letGo(upload);
}

function letGo(upload: SimulatedUpload): void {
  upload.isTaken = false;
  upload.parsing = null;
}

export function publish(upload: SimulatedUpload, now: number): void {
  upload.published = true;
  upload.publishTime = now;
}

export function remove(world: World, upload: SimulatedUpload): void {
  world.uploads.delete(upload.id);
}

/** The account loses its access: the upload lives on, as somebody else's. */
export function unshare(upload: SimulatedUpload): void {
  upload.mainAuthor = GRACE.id;
  upload.coauthors = [];
  upload.reviewers = [];
}

export function isListedFor(world: World, upload: SimulatedUpload, userId: string, roles: readonly string[]): boolean {
  const has = (role: string) => roles.length === 0 || roles.includes(role);
  const isInGroup = upload.coauthorGroups.some((group) => world.groups.get(group)?.includes(userId) === true);
  return (
    (has('main_author') && upload.mainAuthor === userId) ||
    (has('coauthor') && (upload.coauthors.includes(userId) || isInGroup)) ||
    (has('reviewer') && upload.reviewers.includes(userId))
  );
}

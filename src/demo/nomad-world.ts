// The state of the simulated NOMAD: users and uploads, and how processing changes them in each generation. Time is an argument (ms);
// no HTTP. It follows what the real servers answered (docs/nomad.md); it never runs any processing.

export type Generation = 1 | 2;
export type WireStatus = 'READY' | 'PENDING' | 'RUNNING' | 'WAITING_FOR_RESULT' | 'SUCCESS' | 'FAILURE';

export interface SimulatedUpload {
  readonly id: string;
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
  /** Groups that share it. */
  coauthorGroups: string[];
}

export interface SimulatedEntry {
  readonly id: string;
  readonly mainfile: string;
  readonly parser: string;
  readonly error: string;
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

export function createWorld(generation: Generation = 2): World {
  return { generation, uploads: new Map(), groups: new Map() };
}

export function addUpload(world: World, id: string, now: number, more: Partial<SimulatedUpload> = {}): SimulatedUpload {
  const upload: SimulatedUpload = {
    id,
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
    coauthorGroups: [],
    ...more,
  };
  world.uploads.set(id, upload);
  return upload;
}

/** 1.x keeps the errors of the run before until the new one starts, 2.x empties them. */
export function queue(world: World, upload: SimulatedUpload, process = 'process_upload'): void {
  upload.status = 'PENDING';
  upload.process = process;
  upload.message = `Pending: ${process}`;
  if (world.generation === 2) upload.errors = [];
}

export function start(upload: SimulatedUpload): void {
  upload.status = 'RUNNING';
  upload.message = 'Parsing level 0';
  upload.errors = [];
  upload.warnings = [];
}

export function waitForEntries(upload: SimulatedUpload): void {
  upload.status = 'WAITING_FOR_RESULT';
  upload.message = 'Waiting for results (level 0)';
}

export function succeed(
  upload: SimulatedUpload,
  now: number,
  entries = 1 + (upload.entries || 4),
  failing: readonly SimulatedEntry[] = [],
): void {
  upload.status = 'SUCCESS';
  upload.failing = failing;
  upload.completeTime = now;
  upload.entries = entries;
  upload.message = `Process ${upload.process ?? 'process_upload'} completed successfully`;
}

export function fail(upload: SimulatedUpload, now: number, errors: readonly string[]): void {
  upload.status = 'FAILURE';
  upload.completeTime = now;
  upload.errors = [...errors];
  upload.message = `Process ${upload.process ?? 'process_upload'} failed: ${errors.at(-1) ?? ''}`;
}

/** What an administrator does: no end of a run. */
export function reset(upload: SimulatedUpload): void {
  upload.status = 'READY';
  upload.process = null;
  upload.errors = [];
  upload.warnings = [];
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

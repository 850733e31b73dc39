// How all accounts are, on one page: a line for each, worst first, and a line for each author of something that is not right.
import type { Condition } from '../domain/report/conditions.ts';
import { conditionsOf } from '../domain/report/conditions.ts';
import type { Health } from '../domain/nomad/health.ts';
import type { Snapshot } from '../domain/upload.ts';

/** What is known of one account. */
export interface AccountFacts {
  readonly name: string;
  /** The API base. */
  readonly deployment: string;
  /** As of the last poll, or as stored; null: nothing is known yet. */
  readonly health: Health | null;
  readonly snapshot: Snapshot | null;
  readonly names: ReadonlyMap<string, string>;
  readonly counts: Readonly<Record<Condition, number>>;
}

export interface AccountLine {
  readonly name: string;
  /** Host of the deployment. */
  readonly deployment: string;
  readonly uploads: number;
  readonly counts: Readonly<Record<Condition, number>>;
  /** When what is shown was so, ms; null: nothing is known yet. */
  readonly asOf: number | null;
  /** What is wrong with its login or its NOMAD; null: nothing. */
  readonly trouble: 'login refused' | 'unreachable' | 'not processing' | null;
}

/** An author, and what of theirs is not right, whichever account sees it; each upload counts once. */
export interface AuthorLine {
  readonly author: string;
  readonly counts: Readonly<Record<BadCondition, number>>;
  /** An account that sees some of it. */
  readonly account: string;
}

export interface OverviewView {
  readonly accounts: readonly AccountLine[];
  readonly authors: readonly AuthorLine[];
  /** Of all accounts; an upload that several see counts once. */
  readonly counts: Readonly<Record<BadCondition, number>>;
}

export const BAD_CONDITIONS = ['failed', 'stuck', 'entries_failed', 'empty'] as const satisfies readonly Condition[];
export type BadCondition = (typeof BAD_CONDITIONS)[number];

export function overviewView(accounts: readonly AccountFacts[]): OverviewView {
  const bad = withoutRepeats(accounts.flatMap(badUploadsOf));
  return {
    accounts: accounts.map(lineOf).sort((a, b) => worse(a, b) || compare(a.name, b.name)),
    authors: authorsOf(bad),
    counts: countsOf(bad),
  };
}

function lineOf({ name, deployment, health, snapshot, counts }: AccountFacts): AccountLine {
  return {
    name,
    deployment: new URL(deployment).host,
    uploads: snapshot?.uploads.size ?? 0,
    counts,
    asOf: snapshot?.takenAt ?? null,
    trouble: troubleOf(health),
  };
}

function troubleOf(health: Health | null): AccountLine['trouble'] {
  if (health?.refused) return 'login refused';
  if (health?.failing?.told === true) return 'unreachable';
  return health?.stall?.told ? 'not processing' : null;
}

/** What cannot be seen first; then more of what is worst. */
function worse(a: AccountLine, b: AccountLine): number {
  const by = [Number(b.trouble !== null) - Number(a.trouble !== null)];
  const counts = BAD_CONDITIONS.map((condition) => b.counts[condition] - a.counts[condition]);
  return [...by, ...counts].find((difference) => difference !== 0) ?? 0;
}

interface BadUpload {
  readonly key: string;
  readonly account: string;
  readonly author: string;
  readonly conditions: readonly BadCondition[];
}

/** By snapshot: it is the same until something changes. */
const known = new WeakMap<
  Snapshot,
  readonly { readonly id: string; readonly author: string; readonly conditions: readonly BadCondition[] }[]
>();

function badUploadsOf({ name, deployment, snapshot, names }: AccountFacts): readonly BadUpload[] {
  if (snapshot === null) return [];
  const found = known.get(snapshot) ?? badIn(snapshot);
  known.set(snapshot, found);
  return found.map(({ id, author, conditions }) => ({
    key: `${deployment} ${id}`,
    account: name,
    author: names.get(author) ?? author,
    conditions,
  }));
}

function badIn({ uploads }: Snapshot) {
  return [...uploads.values()].flatMap((tracked) => {
    const conditions = conditionsOf(tracked).filter((each) => isBad(each));
    return conditions.length === 0 ? [] : [{ id: tracked.upload.id, author: tracked.upload.mainAuthor, conditions }];
  });
}

function isBad(condition: Condition): condition is BadCondition {
  return BAD_CONDITIONS.some((each) => each === condition);
}

function withoutRepeats(uploads: readonly BadUpload[]): readonly BadUpload[] {
  return [...new Map(uploads.toReversed().map((upload) => [upload.key, upload])).values()].toReversed();
}

function countsOf(uploads: readonly BadUpload[]): Readonly<Record<BadCondition, number>> {
  const of = (condition: BadCondition) => uploads.filter(({ conditions }) => conditions.includes(condition)).length;
  return { failed: of('failed'), stuck: of('stuck'), entries_failed: of('entries_failed'), empty: of('empty') };
}

function authorsOf(uploads: readonly BadUpload[]): readonly AuthorLine[] {
  const lines = [...Map.groupBy(uploads, ({ author }) => author)].map(([author, theirs]) => ({
    author,
    counts: countsOf(theirs),
    account: theirs[0]?.account ?? '',
    all: theirs.length,
  }));
  return lines
    .sort((a, b) => b.all - a.all || compare(a.author, b.author))
    .map(({ author, counts, account }) => ({ author, counts, account }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

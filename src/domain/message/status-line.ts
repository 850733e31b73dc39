// What the monitor knows, in one line: for `systemctl status`. What comes from outside is made fit to be shown.
import type { Health } from '../nomad/health.ts';
import { overviewOf } from '../report/conditions.ts';
import { counted, oneLine } from '../text/one-line.ts';
import type { Snapshot } from '../upload.ts';

export interface AccountStatus {
  /** As of the last poll; null: there was none. */
  readonly health: Health | null;
  /** Of the last good poll; null: there was none. */
  readonly snapshot: Snapshot | null;
}

export interface StatusFacts {
  /** Never empty. */
  readonly accounts: readonly AccountStatus[];
  /** Messages that are not delivered yet. */
  readonly messages: number;
  /** IANA name. */
  readonly timeZone: string;
}

const MAX_OF_PROBLEM = 200;

export function statusLine({ accounts, messages, timeZone }: StatusFacts): string {
  const waiting = `${counted(messages, 'message')} ${messages === 1 ? 'waits' : 'wait'}`;
  const [only, ...others] = accounts;
  if (only === undefined || others.length > 0) return `${accountsLine(accounts)}; ${waiting}`;
  return accountLine(only, waiting, (time) => timeText(time, timeZone));
}

function accountsLine(accounts: readonly AccountStatus[]): string {
  const snapshots = accounts.flatMap(({ snapshot }) => snapshot ?? []);
  const overviews = snapshots.map((snapshot) => overviewOf(snapshot, 0, snapshot.takenAt));
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
  const uploads = counted(sum(snapshots.map((snapshot) => snapshot.uploads.size)), 'upload');
  const [failed, stuck] = (['failed', 'stuck'] as const).map((condition) =>
    sum(overviews.map(({ byCondition }) => byCondition.get(condition) ?? 0)),
  );
  const away = accounts.filter(({ health }) => (health?.refused ?? health?.failing ?? null) !== null).length;
  const without = away === 0 ? '' : `, ${away} of them without a listing from NOMAD`;
  return `${counted(accounts.length, 'account')}${without}: ${uploads}, ${failed ?? 0} failed, ${stuck ?? 0} stuck`;
}

function accountLine({ health, snapshot }: AccountStatus, waiting: string, at: (time: number) => string): string {
  if (health?.refused) return `NOMAD has refused the login since ${at(health.refused.since)}; ${waiting}`;
  if (health?.failing) {
    const { since, problem } = health.failing;
    return `no listing from NOMAD since ${at(since)}: ${oneLine(problem, MAX_OF_PROBLEM)}; ${waiting}`;
  }
  if (health?.stall?.told) return `NOMAD has processed no uploads since ${at(health.stall.told.since)}; ${waiting}`;
  if (snapshot === null) return `the first poll is not finished yet; ${waiting}`;
  const { byCondition } = overviewOf(snapshot, 0, snapshot.takenAt);
  const uploads = counted(snapshot.uploads.size, 'upload');
  const [failed, stuck] = [byCondition.get('failed') ?? 0, byCondition.get('stuck') ?? 0];
  return `polled ${at(snapshot.takenAt)}: ${uploads}, ${failed} failed, ${stuck} stuck; ${waiting}`;
}

/** Day, time to the second, zone. */
function timeText(time: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(time);
}

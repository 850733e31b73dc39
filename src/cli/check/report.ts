// The output and exit code of one check: a table, JSON, or one line for a monitoring system.
import { type CheckRow, conditionCounts, isBad, nagiosOf, troubleText } from '../../domain/report/report.ts';
import { counted, oneLine } from '../../domain/text/one-line.ts';
import type { Checked } from '../../jobs/check.ts';
import type { Failure } from '../../nomad/failure.ts';
import { type Layout, checkTable } from './table.ts';
import { EXIT } from '../exit-status.ts';
import { seeDoctor } from '../installation.ts';
import { jsonText } from '../output.ts';

export type CheckFormat = 'table' | 'json' | 'nagios';

/** NOMAD answered; `rows`: the uploads that --filter lets through. */
export type GoodCheck = Checked & { readonly rows: readonly CheckRow[] };
/** Which uploads are meant is not clear: a sentence each. */
export interface Unclear {
  readonly ok: false;
  readonly reason: 'unclear';
  readonly problems: readonly string[];
}
export type CheckResult = GoodCheck | Failure | Unclear;

export interface CheckReport {
  /** For stdout; null: nothing. */
  readonly out: string | null;
  /** For stderr, a line each. */
  readonly complaints: readonly string[];
  readonly code: number;
}

/** Monitoring Plugins: the check itself failed. */
const UNKNOWN = 3;

export function reportOf(checked: CheckResult, format: CheckFormat, layout: Layout): CheckReport {
  if (!checked.ok && checked.reason === 'unclear') return unclearReport(checked, format, layout.scrub);
  if (!checked.ok) return failureReport(checked, format, layout.scrub);
  const { rows, snapshot, remembers } = checked;
  if (format === 'nagios') {
    const { code, line } = nagiosOf(rows);
    return { out: layout.scrub(line), complaints: [], code };
  }
  const code = isBad(rows) ? EXIT.bad : EXIT.good;
  if (format === 'json') {
    const uploads = rows.map((row) => ({ ...row, since: new Date(row.since).toISOString() }));
    const document = { ok: !isBad(rows), taken_at: new Date(snapshot.takenAt).toISOString(), remembers, uploads };
    return { out: layout.scrub(jsonText(document)), complaints: [], code };
  }
  const lines = checkTable(rows, snapshot.takenAt, layout);
  // The worst is at the top, which a long table has moved out of sight.
  const summary = layout.width === null || rows.length === 0 ? [] : ['', summaryOf(rows)];
  return { out: [...lines, ...summary].join('\n'), complaints: notesOf(checked), code };
}

function unclearReport({ reason, problems }: Unclear, format: CheckFormat, scrub: Layout['scrub']): CheckReport {
  const [problem = ''] = problems;
  if (format === 'nagios') return unknownReport(problem, scrub);
  if (format === 'json') {
    const document = { ok: false, reason, problem: problems.join('; ') };
    return { out: scrub(jsonText(document)), complaints: [], code: EXIT.usage };
  }
  return { out: null, complaints: problems.map(scrub), code: EXIT.usage };
}

function failureReport({ reason, problem }: Failure, format: CheckFormat, scrub: Layout['scrub']): CheckReport {
  if (format === 'nagios') return unknownReport(problem, scrub);
  const code = reason === 'unauthorized' ? EXIT.refused : EXIT.unreachable;
  if (format === 'json') return { out: scrub(jsonText({ ok: false, reason, problem })), complaints: [], code };
  return { out: null, complaints: [scrub(oneLine(problem, 400)), seeDoctor()], code };
}

export function unknownReport(problem: string, scrub: Layout['scrub']): CheckReport {
  const line = `NOMAD UNKNOWN - ${scrub(oneLine(problem, 300)).replaceAll('|', '/')}`;
  return { out: line, complaints: [], code: UNKNOWN };
}

/** In the words of the status page. */
function summaryOf(rows: readonly CheckRow[]): string {
  return `${troubleText(conditionCounts(rows)) ?? 'All is well'}; ${counted(rows.length, 'upload')}`;
}

/** What is not in the table, and why. */
function notesOf({ malformed, remembers }: GoodCheck): readonly string[] {
  const left = malformed > 0 ? [`${counted(malformed, 'upload')} could not be read and is not shown`] : [];
  if (remembers) return left;
  return [
    ...left,
    'no monitor has watched this account here: stuck uploads cannot be detected, and failed entries are checked only for the newest 20',
  ];
}

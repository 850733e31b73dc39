// The log of an entry's processing as NOMAD stores it: records of texts, in their order (1.3.17 to 2.0.0).
import { z } from 'zod';
import type { LoggedFailure } from '../domain/failure-reasons.ts';
import { withoutTraceback } from '../domain/process/traceback.ts';
import { oneLine } from '../domain/text/one-line.ts';

const MAX_RECORDS = 2000;
const MAX_TEXT = 300;

const text = z.string().nullish().catch(null);
const record = z.object({ level: text, event: text, exception: text, error: text, errors: text, details: text });
type LogRecord = z.infer<typeof record>;

const answer = z.object({
  data: z.object({ archive: z.object({ processing_logs: z.array(z.unknown()) }) }),
});

/** null: it is no such log, or none of its records says why the entry failed. */
export function readEntryLog(body: unknown): LoggedFailure | null {
  const read = answer.safeParse(body);
  if (!read.success) return null;
  const records = read.data.data.archive.processing_logs
    .slice(-MAX_RECORDS)
    .map((each) => record.safeParse(each).data ?? null);
  const at = records.findLastIndex((each) => each !== null && isFailure(each) && reasonOf(each) !== null);
  const reason = reasonOf(records[at] ?? null);
  if (reason === null) return null;
  const before = records.slice(0, at).findLast((each) => each !== null && isTrouble(each) && !isFailure(each)) ?? null;
  const said = before === null ? '' : saidIn(before);
  return { reason, before: said === '' ? null : said };
}

function isFailure({ event }: LogRecord): boolean {
  return event?.startsWith('process failed') === true;
}

function isTrouble({ level }: LogRecord): boolean {
  return /^(?:WARN|ERROR|CRITICAL)/i.test(level ?? '');
}

/** 1.3 logs the exception of the parser, later ones their own that wraps it. */
function reasonOf(failed: LogRecord | null): string | null {
  if (failed === null) return null;
  const chain = (failed.exception ?? '')
    .split(CHAINED)
    .map(fit)
    .filter((each) => each !== '' && each !== NO_EXCEPTION);
  const last = chain.at(-1);
  if (last === undefined) return fit(failed.errors) || fit(failed.error) || null;
  const wrapped = /^ProcessFailure: (.*)$/.exec(last)?.[1];
  // `parser raised system exit` says more than the code that it exited with.
  return wrapped === undefined ? last : wrapped.endsWith(WITH_EXCEPTION) ? (chain.at(-2) ?? wrapped) : wrapped;
}

/** Python's, between the tracebacks of exceptions of which one led to the next. */
const CHAINED =
  /\n\n(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):\n\n/;
/** Python's, where there is none. */
const NO_EXCEPTION = 'NoneType: None';
/** NOMAD's `ProcessFailure`: `parser failed with exception`, `normalizer failed with exception`. */
const WITH_EXCEPTION = 'failed with exception';

function saidIn({ event, details }: LogRecord): string {
  const more = fit(details);
  return more === '' ? fit(event) : oneLine(`${fit(event)}: ${more}`, MAX_TEXT);
}

/** Of an exception's class only its own name. */
function fit(said: string | null | undefined): string {
  const text = oneLine(withoutTraceback(said ?? ''), MAX_TEXT);
  return text.replace(/^(?:[A-Za-z_]\w{0,60}\.){1,10}([A-Z]\w{0,60}(?::|$))/, '$1');
}

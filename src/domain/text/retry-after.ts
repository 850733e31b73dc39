// The times in HTTP headers. Pure.

/** `Date` and its kin, ms since the epoch; null: it is not there or is none. */
export function headerTime(header: string | undefined): number | null {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? null : time;
}

/**
 * What a `Retry-After` asks for, ms (RFC 9110, 10.2.3): seconds, or a date, which is taken against the server's own clock. `date`: the
 * answer's `Date`, ms since the epoch. null: it asks for nothing, or nothing that can be understood.
 */
export function retryAfterOf(header: string | undefined, date: number | null): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const until = headerTime(header);
  return until === null || date === null ? null : Math.max(0, until - date);
}

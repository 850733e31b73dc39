// Whether one route takes all that another matches. Sound rather than complete: when in doubt it says no.
import { globCovers } from '../domain/text/glob.ts';
import type { Match } from '../domain/notify/routing.ts';

export function covers(wide: Match, narrow: Match): boolean {
  // Without kinds a route depends on NOTIFY_ON: it is sure to take only what depends on it as well.
  const kind = wide.kind === null ? narrow.kind === null : within(wide.kind, narrow.kind, (a, b) => a === b);
  return (
    kind &&
    within(wide.author, narrow.author, (a, b) => globCovers(a.toLowerCase(), b.toLowerCase())) &&
    within(wide.uploadName, narrow.uploadName, globCovers) &&
    within(wide.role, narrow.role, (a, b) => a === b)
  );
}

function within<T>(
  wide: readonly T[] | null,
  narrow: readonly T[] | null,
  holds: (wide: T, narrow: T) => boolean,
): boolean {
  if (wide === null) return true;
  return narrow?.every((each) => wide.some((one) => holds(one, each))) ?? false;
}

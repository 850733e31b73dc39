// Refusals: the answer says which setting would let the request in, and so does the log, once for each whom it concerns.
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { oneLine } from '../domain/text/one-line.ts';
import { type Answer, problemResponse } from './problem.ts';

export interface Refusal {
  readonly status: ContentfulStatusCode;
  /** Answered, and logged: it says nothing of what is set. */
  readonly detail: string;
  /** Whom it concerns, for the log alone: it is a client's own words. */
  readonly who: Readonly<Record<string, string>>;
}

export type Refuse = (context: Context, refusal: Refusal) => Answer;

/** For the log. */
export type OnRefusal = (refusal: Refusal) => void;

/** Whoever comes under ever new names must not fill the log. */
const MOST_OF_A_STATUS = 20;

export function createRefuse(addressOf: (context: Context) => string, onRefusal: OnRefusal): Refuse {
  const logged = new Map<number, Set<string>>();
  return (context, { status, detail, who }) => {
    const known = logged.get(status) ?? new Set();
    logged.set(status, known);
    const key = JSON.stringify(who);
    if (!known.has(key) && known.size < MOST_OF_A_STATUS) {
      known.add(key);
      const words = Object.entries(who).map(([name, word]) => [name, oneLine(word, 100)] as const);
      onRefusal({ status, detail, who: Object.fromEntries([['address', addressOf(context)], ...words]) });
    }
    return problemResponse(context, status, detail);
  };
}

// What is known of the time before the events of a message, by the ids of events. Pure.

export interface Past {
  /** When the upload last went well before it, ms, as far as known. */
  readonly wentWell: ReadonlyMap<string, number>;
  /** What was tried on a stuck upload until then, in lines; one that is missing: not known. */
  readonly attempts: ReadonlyMap<string, readonly string[]>;
}

export const NOTHING_PAST: Past = { wentWell: new Map(), attempts: new Map() };

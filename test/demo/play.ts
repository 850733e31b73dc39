// A life played in the simulation, as states of its listing; and whether a recording of a real server can be a poller's view of it.
import { isDeepStrictEqual } from 'node:util';
import { toWireEntries } from '../../src/demo/nomad-entries.ts';
import type { Generation } from '../../src/demo/nomad-generations.ts';
import { stepsOf } from '../../src/demo/nomad-runs.ts';
import { toWire } from '../../src/demo/nomad-wire.ts';
import { ADA, addUpload, createWorld, isListedFor } from '../../src/demo/nomad-state.ts';
import { T0 } from '../support/builders.ts';
import type { Done } from './lives-done.ts';
import { type EntriesState, type Field, type State, entriesState, sameWords, stateOf } from './recorded.ts';

export interface Played {
  /** Every state that a listing can fall on, from the upload's creation on. */
  readonly states: readonly State[];
  readonly entries: readonly EntriesState[];
}

export function played(generation: Generation, name: unknown, life: readonly Done[]): Played {
  const world = createWorld(generation);
  const upload = addUpload(world, 'u', T0, { name: String(name) });
  const states: State[] = [];
  const entries: EntriesState[] = [];
  const look = () => {
    const isListed = world.uploads.has('u') && isListedFor(world, upload, ADA.id, []);
    states.push(isListed ? stateOf(toWire(upload, world)) : null);
    const wires = toWireEntries(upload, world);
    const ends = wires.flatMap(({ complete_time }) => complete_time ?? []).toSorted();
    const count = (texts: readonly string[]) =>
      Object.fromEntries(
        Map.groupBy(texts, (text) => text)
          .entries()
          .map(([text, all]) => [text, all.length]),
      );
    const statuses = count(wires.map(({ process_status }) => process_status));
    entries.push(
      entriesState(
        statuses,
        count(wires.map(({ last_status_message }) => last_status_message ?? '')),
        ends.at(-1) ?? null,
      ),
    );
  };
  look();
  let now = T0;
  for (const [index, order] of life.entries()) {
    const steps = stepsOf(world, upload, order);
    const last = steps.findIndex((step) => step.name === order.until);
    const upTo = last === -1 ? steps.length : last + 1;
    // The queue is looked at between the two halves of an end.
    for (const step of steps.slice(0, life[index + 1]?.isQueued === true ? upTo - 1 : upTo)) {
      now += 1000;
      step.take(now);
      look();
    }
  }
  return { states, entries };
}

/** How two sights of the same thing are compared. `time`: what only has to move where that moved; undefined: not known. */
interface Comparison<T> {
  readonly isLike: (recorded: T, life: readonly T[], place: number) => boolean;
  readonly time: (state: T) => unknown;
}

/** The first recorded state that no poller of the played life can have seen after the ones before it; undefined: all can be. */
export function firstUnlike<T>(
  recorded: readonly T[],
  life: readonly T[],
  { isLike, time }: Comparison<T>,
): T | undefined {
  const isMoved = (a: T, b: T) => (time(a) === undefined || time(b) === undefined ? undefined : time(a) !== time(b));
  let places: readonly number[] | null = null;
  let last: T | null = null;
  for (const state of recorded) {
    const before: readonly number[] | null = places;
    const from: T | null = last;
    const isFollowing = (to: T, place: number): boolean =>
      before === null ||
      from === null ||
      before.some((each) => {
        const origin = life[each];
        if (each > place || origin === undefined) return false;
        return (isMoved(from, state) ?? isMoved(origin, to)) === isMoved(origin, to);
      });
    places = life.flatMap((to, place) => (isLike(state, life, place) && isFollowing(to, place) ? [place] : []));
    if (places.length === 0) return state;
    last = state;
  }
  return undefined;
}

const COMPARED: readonly Field[] = [
  'process_status',
  'process_running',
  'current_process',
  'last_status_message',
  'errors',
  'published',
  'upload_name',
];
/** NOMAD reads an upload, then counts its entries: so many of its writes may come between. */
const BETWEEN = 6;

export const OF_UPLOADS: Comparison<State> = {
  isLike(recorded, life, place) {
    const state = life[place] ?? null;
    if (recorded === null || state === null) return recorded === state;
    const isSame = (field: Field) =>
      !(field in recorded) || isDeepStrictEqual(sameWords(recorded[field]), sameWords(state[field]));
    const isTimed =
      !('complete_time' in recorded) || (recorded.complete_time === null) === (state.complete_time === null);
    const isCounted = !('entries' in recorded) || isCount(Number(recorded.entries), life.slice(place, place + BETWEEN));
    return COMPARED.every(isSame) && isTimed && isCounted;
  },
  time: (state) => state?.complete_time,
};

/** Many entries are not stored at once. */
function isCount(entries: number, coming: readonly State[]): boolean {
  const counts = coming.flatMap((state) => (state === null ? [] : [Number(state.entries)]));
  return entries >= Math.min(...counts) && entries <= Math.max(...counts);
}

export const OF_ENTRIES: Comparison<EntriesState> = {
  isLike(recorded, life, place) {
    const { statuses, messages, newest } = life[place] ?? entriesState({}, {}, null);
    const isSame = isDeepStrictEqual(recorded.statuses, statuses) && isDeepStrictEqual(recorded.messages, messages);
    return isSame && (recorded.newest === null) === (newest === null);
  },
  time: ({ newest }) => newest,
};

// A life played in the simulation, as states of its listing; and whether a recording of a real server can be a poller's view of it.
import { isDeepStrictEqual } from 'node:util';
import type { Generation } from '../../src/demo/nomad-generations.ts';
import { stepsOf } from '../../src/demo/nomad-runs.ts';
import { toWire } from '../../src/demo/nomad-wire.ts';
import { addUpload, createWorld } from '../../src/demo/nomad-world.ts';
import { T0 } from '../support/builders.ts';
import type { Done } from './lives-done.ts';
import { type Field, type State, sameWords, stateOf } from './recorded.ts';

/** Every state that a listing can fall on, from the upload's creation on. */
export function played(generation: Generation, name: unknown, life: readonly Done[]): readonly State[] {
  const world = createWorld(generation);
  const upload = addUpload(world, 'u', T0, { name: String(name) });
  const state = () => (world.uploads.has('u') ? stateOf(toWire(upload, world)) : null);
  const states: State[] = [state()];
  let now = T0;
  for (const [index, order] of life.entries()) {
    const steps = stepsOf(world, upload, order);
    const last = steps.findIndex((step) => step.name === order.until);
    const upTo = last === -1 ? steps.length : last + 1;
    // The queue is looked at between the two halves of an end.
    for (const step of steps.slice(0, life[index + 1]?.isQueued === true ? upTo - 1 : upTo)) {
      now += 1000;
      step.take(now);
      states.push(state());
    }
  }
  return states;
}

/** The first recorded state that no poller of the played life can have seen after the ones before it; null: all can be, to the last. */
export function firstUnlike(recorded: readonly State[], life: readonly State[]): State | undefined {
  let places: readonly number[] = [];
  for (const [index, state] of recorded.entries()) {
    const isMoved = movedBetween(recorded, index - 1, index);
    const isFollowing = (place: number) =>
      index === 0 ||
      places.some(
        (before) =>
          before <= place && (isMoved ?? movedBetween(life, before, place)) === movedBetween(life, before, place),
      );
    places = life.flatMap((_, place) => (isLike(state, life, place) && isFollowing(place) ? [place] : []));
    if (places.length === 0) return state;
  }
  return places.includes(life.length - 1) ? undefined : recorded.at(-1);
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

function isLike(recorded: State, life: readonly State[], place: number): boolean {
  const state = life[place] ?? null;
  if (recorded === null || state === null) return recorded === state;
  const isSame = (field: Field) =>
    !(field in recorded) || isDeepStrictEqual(sameWords(recorded[field]), sameWords(state[field]));
  const isTimed =
    !('complete_time' in recorded) || (recorded.complete_time === null) === (state.complete_time === null);
  const isCounted = !('entries' in recorded) || isCount(Number(recorded.entries), life.slice(place, place + BETWEEN));
  return COMPARED.every(isSame) && isTimed && isCounted;
}

/** Many entries are not stored at once. */
function isCount(entries: number, coming: readonly State[]): boolean {
  const counts = coming.flatMap((state) => (state === null ? [] : [Number(state.entries)]));
  return entries >= Math.min(...counts) && entries <= Math.max(...counts);
}

/** Whether `complete_time` is another. undefined: the recording does not tell. */
function movedBetween(states: readonly State[], from: number, to: number): boolean | undefined {
  const [before, after] = [states[from] ?? null, states[to] ?? null];
  if (before === null || after === null || !('complete_time' in before) || !('complete_time' in after))
    return undefined;
  return before.complete_time !== after.complete_time;
}

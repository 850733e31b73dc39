// The simulated NOMAD of a run: its uploads live at random, it hesitates and fails now and then, and it notes what each poll saw.
import type { Generation } from '../../../src/demo/nomad-generations.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { ADA, addUpload, createWorld, isListedFor } from '../../../src/demo/nomad-state.ts';
import { type Action, type Truth, act, errorOf, showsResult } from '../../support/life.ts';

export interface LivingNomad {
  readonly url: string;
  readonly port: number;
  readonly truths: ReadonlyMap<string, Truth>;
  /** Ends of runs that a poll has seen which was followed by another of the same process. */
  readonly seen: ReadonlySet<number>;
  /** How many listings of all uploads have begun. */
  readonly sweeps: () => number;
  /** A process begins to poll: what the one before saw last is not known to be committed. Nothing changes for so long, ms. */
  newProcess(still: number): void;
  /** No more changes and no more faults. */
  rest(): void;
  /** One last failure; the error of it. */
  lastWord(): string;
  /** Ids of uploads that the account sees, and whether each shows how its last run ended. */
  listed(): ReadonlyMap<string, { readonly showsLast: boolean; readonly process: string | null }>;
  close(): Promise<void>;
}

export interface NomadOptions {
  readonly generation: Generation;
  /** More than the monitor lists in full at each poll. */
  readonly isLarge: boolean;
  readonly random: () => number;
}

/** How often each thing is done, among all that is done. */
const WEIGHTS: Readonly<Record<Action, number>> = {
  create: 2,
  queue: 10,
  'queue for publishing': 2,
  'queue for editing': 2,
  start: 12,
  wait: 4,
  fail: 8,
  succeed: 6,
  'succeed with failed entries': 3,
  'succeed with nothing': 2,
  'write half of the end': 2,
  'fail quickly': 4,
  'succeed quickly': 3,
  stop: 1,
  reset: 2,
  // A monitor takes it for a run that failed again, and asks for entries whose times this NOMAD does not tell.
  'make a folder': 0,
  publish: 1,
  delete: 0.7,
  unshare: 0.7,
  share: 1,
  warn: 1,
};
const CHOICE = Object.entries(WEIGHTS) as [Action, number][];
const ALL_WEIGHTS = CHOICE.reduce((sum, [, weight]) => sum + weight, 0);
const IDLE = 1050;
const MINUTE = 60_000;
/** Two failing polls in a row make the monitor wait half a minute; a campaign has no time for that. */
const BETWEEN_FAULTS = 4000;

export async function startLivingNomad({ generation, isLarge, random }: NomadOptions): Promise<LivingNomad> {
  const world = createWorld(generation);
  const truths = new Map<string, Truth>();
  const seen = new Set<number>();
  let last = Date.now();
  let sweeps = 0;
  let isResting = false;
  let lastFault = Date.now();
  let stillUntil = 0;
  /** What the poll that may still be underway saw. */
  let underway: readonly number[] = [];

  for (let index = 0; isLarge && index < IDLE; index += 1) {
    const at = last - (IDLE - index) * MINUTE;
    const more = { process: 'process_upload', status: 'SUCCESS', completeTime: at + MINUTE / 2, entries: 3 } as const;
    addUpload(world, `idle-${index}`, at, more);
  }
  const now = () => (last = Math.max(Date.now(), last + 1));
  const once = (does: Action) => {
    // Another number each time: a run that comes and goes between two polls can then be seen without its entries.
    act(world, truths, { does, to: Math.floor(random() * 1000) }, now(), (ended) => 7 + (ended % 3));
  };
  for (let index = 0; index < 6; index += 1) once('create');
  for (let index = 0; index < 12; index += 1) once(chosen(random()));

  function change(): void {
    if (Date.now() < stillUntil) return;
    const does = chosen(random());
    if (does !== 'create' || world.uploads.size < 30 + (isLarge ? IDLE : 0)) once(does);
  }
  // A large account is listed in several pages: it must hold still for that now and then.
  const pace = isLarge ? 120 : 40;
  const living = setInterval(change, pace + Math.floor(random() * pace));

  const visibleEnds = () =>
    [...truths].flatMap(([id, { ends }]) => {
      const [upload, end] = [world.uploads.get(id), ends.at(-1)];
      if (upload === undefined || end === undefined) return [];
      return isListedFor(world, upload, ADA.id, []) && showsResult(upload, end.result) ? [end.at] : [];
    });

  const nomad = await startSimulatedNomad({ world });
  nomad.setFault(({ path, query }) => {
    const isSweep = path === '/uploads' && query.get('page') === '1' && !query.has('is_processing');
    if (isSweep) sweeps += 1;
    // A small account is listed whole in one answer, so what is true now is what that poll sees.
    if (isSweep && !isLarge) {
      for (const at of underway) seen.add(at);
      underway = [];
    }
    if (isResting) return undefined;
    const chance = random();
    if (path === '/uploads' && chance < 0.04 && Date.now() - lastFault > BETWEEN_FAULTS) {
      lastFault = Date.now();
      return chance < 0.02
        ? { status: 502, body: '<html>', headers: { 'content-type': 'text/html' } }
        : { reset: true };
    }
    if (chance > 0.9) return { hold: new Promise((resolve) => setTimeout(resolve, random() * 200)) };
    if (isSweep && !isLarge) underway = visibleEnds();
    return undefined;
  });

  return {
    url: nomad.url,
    port: Number(new URL(nomad.url).port),
    truths,
    seen,
    sweeps: () => sweeps,
    newProcess: (still) => {
      underway = [];
      stillUntil = Date.now() + still;
    },
    rest: () => {
      isResting = true;
      clearInterval(living);
    },
    lastWord: () => {
      once('create');
      const id = `u${truths.size - 1}`;
      const to = [...world.uploads.keys()].filter((each) => truths.has(each)).indexOf(id);
      act(world, truths, { does: 'fail quickly', to }, now());
      return errorOf(truths.get(id)?.ends.at(-1)?.at ?? 0);
    },
    listed: () =>
      new Map(
        [...world.uploads.values()]
          .filter((upload) => truths.has(upload.id) && isListedFor(world, upload, ADA.id, []))
          .map((upload) => {
            const end = truths.get(upload.id)?.ends.at(-1);
            const showsLast = end !== undefined && showsResult(upload, end.result);
            return [upload.id, { showsLast, process: upload.process }];
          }),
      ),
    close: async () => {
      clearInterval(living);
      await nomad.close();
    },
  };
}

function chosen(random: number): Action {
  let rest = random * ALL_WEIGHTS;
  return CHOICE.find(([, weight]) => (rest -= weight) < 0)?.[0] ?? 'queue';
}

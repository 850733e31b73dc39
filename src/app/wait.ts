// Builds what `wait` needs, from the same parts as everything else; it opens no state as a monitor does, and writes none.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { MINUTE } from '../domain/text/durations.ts';
import { type FindOptions, type Found, findNew } from '../jobs/wait-new.ts';
import { createLook } from '../jobs/wait-look.ts';
import { type FoundNamed, type NamedOptions, findNamed } from '../jobs/wait-named.ts';
import { type WaitEnd, type WaitOptions, waitFor } from '../jobs/wait.ts';
import { nextTime } from '../scheduler.ts';
import { connectNomad } from './nomad.ts';
import type { DoctorProbesOptions } from './one-shot.ts';
import { isWatched, lastIdentityOf, refusalNotesOf, rememberedOf, sightOf } from './running-state.ts';

export interface Waiter {
  run(options: Pick<WaitOptions, 'ids' | 'onStep' | 'signal'>): Promise<WaitEnd>;
  /** Resolves with the ids of uploads of that name that were made just now, as soon as there is one. */
  find(options: Pick<FindOptions, 'name' | 'onStep' | 'signal'>): Promise<Found>;
  /** Resolves with the ids of the uploads that are meant, or why that is not clear. */
  named(options: Pick<NamedOptions, 'words' | 'list' | 'onStep' | 'signal'>): Promise<FoundNamed>;
  close(): void;
}

/** After the poll before it should have come, a poll may last as long, ms. */
const GRACE = MINUTE;

/** `counts`: whether somebody looks at how many entries are done. */
export function createWaiter({
  config,
  version,
  scrubber,
  counts,
}: Omit<DoctorProbesOptions, 'clock'> & { readonly counts: boolean }): Waiter {
  const clock = Date.now;
  const refusals = refusalNotesOf(config);
  const { client, nomad } = connectNomad({
    config: config.nomad,
    version,
    scrubber,
    clock,
    random: Math.random,
    refusals,
  });
  const { pollSchedule, timeZone, stuckAfter } = config;
  const next = (time: number) => nextTime(pollSchedule, timeZone, time);
  const parts = { clock, random: Math.random, pause };
  return {
    run: (options) =>
      waitFor({
        ...options,
        ...parts,
        look: createLook({ nomad, deployment: config.nomad.url, stuckAfter, clock, counts }),
        stored: async (ids) => ((await isWatched(config)) ? sightOf(config, ids) : null),
        nextLook: (lookedAt) => next(next(lookedAt)) + GRACE,
      }),
    find: (options) => findNew({ ...options, ...parts, nomad }),
    named: (options) =>
      findNamed({
        ...options,
        ...parts,
        nomad,
        stored: async (ids) => ((await isWatched(config)) ? storedUploads(config, ids) : null),
      }),
    close: () => {
      client.close();
    },
  };
}

async function storedUploads(config: Config, ids: readonly string[] | 'all') {
  const known = ids === 'all' ? await rememberedByLast(config) : await sightOf(config, ids);
  return known === null ? null : [...known.uploads.values()].map(({ upload }) => upload);
}

/** Of the account that this login was last seen to be. */
async function rememberedByLast(config: Config) {
  const identity = await lastIdentityOf(config);
  return identity === null ? null : rememberedOf(config, identity.userId);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(milliseconds, true, { signal }).catch(() => false);
}

// What a life is: what is played, what is true of it, and so what must and must not be told.
import { ALL_VERSIONS, type Version, isTemporal } from '../places.ts';
import type { Stage } from '../stage.ts';

export interface Life {
  /** Also how its uploads are named, up to a colon. */
  readonly name: string;
  readonly truth: string;
  /** All when not given. */
  readonly versions?: readonly Version[];
  /** It holds the worker for long, ends it or needs it idle: nothing else is played beside it. */
  readonly isAlone?: boolean;
  /** The test server of Temporal does not do: it holds no limit of time and does not notice that a worker was lost. */
  readonly needsTemporal?: boolean;
  /** What is told of NOMAD itself meanwhile, kinds without `nomad.`; the monitors then have the STUCK_AFTER that they come with. */
  readonly ofNomad?: string;
  /** Kinds without `upload.`, one word each time; with `?` it may be left out (`started` where it lasts a few seconds: on a busy machine a poll each second takes longer). What is not named is not so. */
  readonly told: string | ((version: Version) => string);
  /** What who polls each minute must have told in the end; more may be, of what is in `told`. */
  readonly last: string | ((version: Version) => string);
  /** What mails about it must say. */
  readonly mails?: readonly string[];
  readonly play: (stage: Stage) => Promise<void>;
}

export const TEMPORAL = ALL_VERSIONS.filter(isTemporal);
/** An upload can be handed over to somebody who accepts. */
export const WITH_TRANSFERS: readonly Version[] = ['2.0.0', '1.4.3'];
/** Files can be added without being processed. */
export const WITH_PLAIN_PUT: readonly Version[] = ['2.0.0', '1.4.3', '1.4.2'];
/** A file put with `wait_for_processing=true` is a process of its own. */
export const WITH_LOCAL_PROCESS: readonly Version[] = ['1.4.0', '1.3.17'];
/** Importing a bundle ends in a failure. */
export const WITHOUT_IMPORT: readonly Version[] = ['1.4.3', '1.4.2'];
